"""Sentences that go on from the last one: "and the bedroom", "turn it off again", "a bit more".

The model understands every sentence by itself, so these are understood here, by a few patterns, and
only where it is certain what they mean: the whole sentence is the pattern, the name in it is in the
home, and the last sentence did one kind of thing. Everything else is a sentence for the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .core.calls import FunctionCall, Value
from .core.catalogue import FUNCTIONS
from .core.functions import TARGET_PARAMETERS, Function
from .core.home import Entity
from .core.resolve import Action, Failed, resolve
from .execute import Turn
from .history import Sentence
from .phrases import NAME, Phrases
from .phrases.words import fitting, is_unspaced, made_of, squeezed, trimmed

#: Functions that mean more of the same when they are called again.
_STEPS: Final = frozenset(
    """
    climate.adjust_temperature fan.increase_speed fan.decrease_speed media_player.volume_up
    media_player.volume_down
    """.split()
)
#: Meaning of a phrase to the ends of the names of functions that do it.
_VERBS: Final = {
    "on": (".turn_on",),
    "off": (".turn_off",),
    "open": (".open_cover", ".open_valve"),
    "close": (".close_cover", ".close_valve"),
    "lock": (".lock",),
}


def follow(
    turn: Turn, text: str, phrases: Phrases, last: Sentence, fillers: Sequence[str]
) -> tuple[FunctionCall, ...]:
    """The calls that `text` means after `last`; empty when it is a sentence of its own."""
    if made_of(text, phrases.more, phrases.polite):
        return _more(last)
    for verb, rows in phrases.it.items():
        if made_of(text, rows, phrases.polite) and (calls := _it(turn, _VERBS[verb], last)):
            return calls
    around = (*phrases.fillers, *phrases.polite, *fillers)
    plain = trimmed(text, phrases.polite)
    for pattern in phrases.too:
        for said in dict.fromkeys((squeezed(text), plain)):
            name = _named(said, pattern)
            if name is not None and (call := _too(turn, name, around, last)) is not None:
                return (call,)
    return ()


def _more(last: Sentence) -> tuple[FunctionCall, ...]:
    """The same step again, for the same devices."""
    steps = all(
        a.function.name in _STEPS or "brightness_step_pct" in a.call.arguments for a in last.done
    )
    return tuple(_for(a.function, _rest(a), a.entities) for a in last.done) if steps else ()


def _it(turn: Turn, ends: Sequence[str], last: Sentence) -> tuple[FunctionCall, ...]:
    """Another function, for the same devices; empty unless all of them have it."""
    about = last.changes or last.done
    entities = {e.entity_id: e for action in about for e in action.entities}
    if not entities or (not last.changes and len(entities) > 1):
        return ()  # "is any window open?" was about many, and "it" is none of them
    calls = []
    for domain in dict.fromkeys(e.domain for e in entities.values()):
        same = tuple(e for e in entities.values() if e.domain == domain)
        found = next(
            (f for f in FUNCTIONS if domain in f.domains and f.name.endswith(tuple(ends))), None
        )
        if found is None:
            return ()
        each = [(e,) for e in same] if found.exactly_one else [same]
        calls += [_for(found, {}, some) for some in each]
    if not all(isinstance(resolve(turn.home, call, turn.where), Action) for call in calls):
        return ()
    return tuple(calls)


def _named(said: str, pattern: str) -> str | None:
    """What stands for `NAME` in a sentence, `squeezed`; None when it is not of this pattern."""
    before, after = fitting(said, pattern.split(NAME))
    if not (said.startswith(before) and said.endswith(after)):
        return None
    name = said[len(before) : len(said) - len(after)]
    if not is_unspaced(said) and (
        (before and not name.startswith(" ")) or (after and not name.endswith(" "))
    ):
        return None
    return name.strip() or None


def _too(turn: Turn, name: str, around: Sequence[str], last: Sentence) -> FunctionCall | None:
    """The last function, for the area, floor or device that `name` is, and nothing else."""
    first = last.done[0]
    function, rest = first.function, _rest(first)
    if any(a.function is not function or _rest(a) != rest for a in last.done):
        return None  # two kinds of thing were done
    if not function.has_target or "room" in rest:
        return None
    target = _target(turn, name, around, first)
    if target is None:
        return None
    call = FunctionCall(function.name, {**rest, **target})
    return None if isinstance(resolve(turn.home, call, turn.where), Failed) else call


def _target(turn: Turn, name: str, around: Sequence[str], first: Action) -> dict[str, Value] | None:
    """The arguments that say where; None when nothing has this name, or more than one thing."""
    home, takes = turn.home, first.function.targets
    areas = [a.name for a in home.areas if made_of(name, a.names, around)]
    floors = {a.floor for a in home.areas if a.floor and made_of(name, [a.floor], around)}
    entities = [
        e
        for e in first.function.candidates(home)
        if made_of(name, e.names, [*around, *([e.area] if e.area else [])])
    ]
    # A bedroom with a lamp of that name: what was last spoken of decides.
    if areas and entities and "area" in first.call.arguments:
        entities = []
    elif areas and entities and "name" in first.call.arguments:
        areas = []
    found: list[dict[str, Value]] = [{"area": area} for area in areas if "area" in takes]
    found += [{"floor": floor} for floor in floors if "floor" in takes]
    found += [{"entity_id": [e.entity_id]} for e in entities]
    return found[0] if len(found) == 1 else None


def _rest(action: Action) -> dict[str, Value]:
    """A call's arguments without its target."""
    targets = (*TARGET_PARAMETERS, "entity_id")
    return {k: v for k, v in action.call.arguments.items() if k not in targets}


def _for(
    function: Function, arguments: dict[str, Value], entities: Sequence[Entity]
) -> FunctionCall:
    return FunctionCall(function.name, {**arguments, "entity_id": [e.entity_id for e in entities]})
