"""All but what is left out, where a model called just that: "all lamps off but this one".

Small models do, or name one of the others twice. What is done and with what is right nearly always,
and the sentence says where.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from ..calls import FunctionCall
from ..functions import ALL, Function
from ..home import Entity, Home
from ..linking import kept, says_all, says_here
from ..mention import speaks_of
from ..places import places_said, spans
from ..said import Said
from ..wording import is_noun, is_telling, words
from .call import Where
from .covering import covered, done_by_all, named
from .spared import spared

#: What people mean by "all" of: a kind, of which no other is among them. A switch is anything, from
#: a lamp to a fridge, a valve may be the gas; and heating the whole house is not soon noticed.
_OF_A_KIND: Final = frozenset(("light", "fan", "cover", "media_player", "humidifier"))
#: Device classes of covers that one word is said of.
_IN_WINDOWS: Final = frozenset((None, "blind", "curtain", "shade", "shutter"))
_EVERYWHERE: Final = {"area": ALL}


def all_but(
    home: Home,
    calls: Sequence[FunctionCall],
    where: Where | None,
    functions: Mapping[str, Function],
) -> Sequence[FunctionCall]:
    """One call for a place, or for everything, instead of `calls` that went wrong.

    Only where something is left out for certain, one thing is done to all of a kind, and the
    sentence says where, or that it is all. The calls went wrong if they are for what is left out or
    for one thing twice; or for one thing, where all of a place are meant.
    """
    left_out = spared(home, where.said) if where is not None and calls else frozenset()
    function = functions.get(calls[0].name) if calls else None
    if where is None or not left_out or function is None or not _is_of_a_kind(function):
        return calls
    if (rest := done_by_all(calls)) is None:
        return calls
    candidates = function.candidates(home)
    meant = [e for c in calls for e in named(candidates, str(c.arguments.get("name", "")))]
    ids = [entity.entity_id for entity in meant]
    wrong = not left_out.isdisjoint(ids) or len(set(ids)) < len(ids)
    if len(meant) < len(calls) or not (wrong or len(calls) == 1):
        return calls
    gone = [entity for entity in home.entities if entity.entity_id in left_out]
    said = _without(kept(where.said), gone)
    # "It's dark outside, all lights on but the spots": who knows which part is the command.
    if sum(map(_says_something, said.split(","))) > 1:
        return calls
    others = [entity for entity in meant if entity.entity_id not in left_out]
    if _is_said_again(where.said, gone) or any(_is_named(said, entity) for entity in others):
        return calls
    place = _place(home, said, where.area)
    if place is None or not (wrong or (says_all(said) and place != _EVERYWHERE)):
        return calls
    if not _covers(home, function, place, meant, others, left_out):
        return calls
    return (FunctionCall(calls[0].name, {**rest, **place}),)


def _is_of_a_kind(function: Function) -> bool:
    return function.is_for_many and _OF_A_KIND.issuperset(function.domains)


def _says_something(clause: str) -> bool:
    return any(is_telling(word) or is_noun(word) for word in words(clause))


def _is_named(said: str, entity: Entity) -> bool:
    sentence = Said(said)
    return any(spans(sentence, name) for name in entity.names)


def _is_said_again(said: str, entities: Iterable[Entity]) -> bool:
    """Whether a name of one stands there twice: "but the lamp, no, only the lamp"."""
    sentence = Said(said)
    return any(len(spans(sentence, name)) > 1 for e in entities for name in e.names)


def _without(said: str, entities: Iterable[Entity]) -> str:
    """A text without the names of entities: they may have a room's name in them."""
    said = Said(said).plain
    for name in sorted((n for e in entities for n in e.names), key=len, reverse=True):
        for start, end in sorted(spans(Said(said), name), reverse=True):
            said = " ".join(f"{said[:start]} {said[end:]}".split())
    return said


def _place(home: Home, said: str, here: str | None) -> dict[str, str] | None:
    """The place that a text speaks of, or all of them, as a call's target; None: who knows."""
    places = places_said(home, said)
    if places:
        return places[0] if len(places) == 1 else None
    if says_here(said):
        return {"area": here} if here else None
    # "All bedrooms" are neither one place nor all of them.
    partly = any(speaks_of(said, name) for name in home.places)
    return _EVERYWHERE if says_all(said) and not partly else None


def _covers(
    home: Home,
    function: Function,
    place: Mapping[str, str],
    meant: Sequence[Entity],
    others: Sequence[Entity],
    left_out: Collection[str],
) -> bool:
    """Whether what was called is of that place, and of one kind with all that is left of it."""
    found = covered(home, function, place, None)
    if isinstance(found, str):
        return False
    left = [e for e in found[0] if e.entity_id not in left_out]
    left = [e for e in left if e.device_class not in function.only_named]
    classes = {entity.device_class for entity in (*left, *meant)}
    return all(entity in left for entity in others) and (
        "cover" not in function.domains or len(classes) == 1 or classes <= _IN_WINDOWS
    )
