"""Which of the answers that were decoded is the one to act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..calls import FunctionCall
from ..catalogue import BY_NAME
from ..functions import ALL, TARGET_PARAMETERS, Function
from ..home import Home
from ..mention import room_said, speaks_of, spoken_of, tells
from ..said import Said, outermost
from .call import Where, resolve, said_besides
from .covering import TARGETS, covered, named
from .outcome import Action, Ambiguous, Failed, Resolved, effect
from .pair import both
from .rest import all_but
from .spared import spared


@dataclass(frozen=True)
class Choice:
    """The answer that was chosen among the decoded ones."""

    resolved: tuple[Resolved, ...]
    """One for each call; empty: nothing to call."""
    confidence: float
    """0 to 1: share of the probability of all answers that come to the same; for several calls
    its geometric mean for one of them."""


#: Stands for entities that are not known.
_NOBODY = frozenset({""})
#: Targets besides a name.
_PLACES = frozenset(TARGETS) - {"name"}
#: What an answer's probability counts for, by what becomes of it.
_WORTH = {Action: 1.0, Ambiguous: 0.6, Failed: 0.1}
#: Share of all answers from which having nothing to call is chosen. Below one half, as who did
#: nothing is sooner told again than what was done is undone: `training/LOG.md`, 2026-11-22.
_NOTHING = 0.4


def choose(
    home: Home,
    answers: Sequence[tuple[Sequence[FunctionCall], float]],
    where: Where | None = None,
    functions: Mapping[str, Function] = BY_NAME,
    *,
    mass: float = 1.0,
) -> Choice:
    """The most probable effect among decoded answers.

    `answers`: calls and probability, as parts of `mass` (`Decoded.mass`). Answers that come to the
    same thing ("the light in the kitchen" by name or by area) count together. One that cannot be
    carried out, or leaves a question, counts less beside one that can be (`_WORTH`). Having nothing
    to call stands against all calls together, not against each: it is chosen from a share of
    _NOTHING.
    """
    # What was never completed speaks against the answers that were.
    total = max(mass, sum(probability for _, probability in answers)) or 1.0
    nothing = sum(probability for calls, probability in answers if not calls)
    if any(calls for calls, _ in answers) and nothing >= _NOTHING * total:
        return Choice((), min(1.0, nothing / total))
    shares: dict[tuple[Any, ...], float] = {}
    best: dict[tuple[Any, ...], tuple[Resolved, ...]] = {}
    for calls, probability in answers:
        if not calls:
            continue
        meant: Sequence[FunctionCall] = calls
        for mended in (both, all_but, _as_spoken, _besides):
            meant = mended(home, meant, where, functions)
        if not meant:
            nothing += probability
            continue
        placed = (_in_room(home, call, where, functions, alone=len(meant) == 1) for call in meant)
        resolved = tuple(resolve(home, call, where, functions) for call in placed)
        key = tuple(effect(item) for item in resolved)
        shares[key] = shares.get(key, 0.0) + probability
        best.setdefault(key, resolved)
    if not shares:
        return Choice((), min(1.0, nothing / total))

    def weight(key: tuple[Any, ...]) -> float:
        return shares[key] * min((_WORTH[type(item)] for item in best[key]), default=1.0)

    chosen = max(shares, key=weight)
    # Two calls are twice as many decisions; the threshold is about one.
    confidence = min(1.0, shares[chosen] / total) ** (1 / max(1, len(best[chosen])))
    return Choice(best[chosen], confidence)


def _besides(
    home: Home,
    calls: Sequence[FunctionCall],
    where: Where | None,
    functions: Mapping[str, Function],
) -> Sequence[FunctionCall]:
    """The calls without those for nothing but what is left out.

    Where there are several functions, only those that do to a place what another call does to
    another one: what was left out of one command may be what the next one is about.
    """
    left_out = spared(home, where.said) if where is not None else frozenset()
    if where is None or not left_out:
        return calls
    empty = [
        left_out >= _placed(home, call, functions.get(call.name), where.area) for call in calls
    ]
    if len({call.name for call in calls}) > 1:
        done = {_doing(call) for call, gone in zip(calls, empty, strict=True) if not gone}
        return [
            call
            for call, gone in zip(calls, empty, strict=True)
            if not (gone and _doing(call) in done)
        ]
    names = {n for e in home.entities if e.entity_id in left_out for n in e.names}
    return [
        call
        for call, gone in zip(calls, empty, strict=True)
        if not gone and call.arguments.get("name") not in names
    ]


def _doing(call: FunctionCall) -> str:
    """What a call does, to whatever kind of device."""
    return call.name.partition(".")[2]


def _placed(
    home: Home, call: FunctionCall, function: Function | None, here: str | None
) -> frozenset[str]:
    """Ids of what a call is for by its place; where that is not how it says it: of nobody."""
    target = {key: call.arguments[key] for key in TARGETS if key in call.arguments}
    if function is None or not function.has_target or "name" in target:
        return _NOBODY
    found = covered(home, function, target, here)
    return _NOBODY if isinstance(found, str) else frozenset(e.entity_id for e in found[0])


def _in_room(
    home: Home,
    call: FunctionCall,
    where: Where | None,
    functions: Mapping[str, Function],
    *,
    alone: bool,
) -> FunctionCall:
    """A call by a name that several rooms have, with the room that was said: "the kitchen's spot".

    Beside the one in the speaker's own room only where all of the room's name was said, and for
    nothing else; never where the wrong one would be unlocked.
    """
    function, name = functions.get(call.name), call.arguments.get("name")
    if where is None or function is None or function.exactly_one or not isinstance(name, str):
        return call
    if _PLACES & call.arguments.keys():
        return call
    entities = named(function.candidates(home), name)
    room = room_said(home, entities, said_besides(function, call.arguments, where.said))
    here = (where.area or "").casefold()
    near = any(here and (e.area or "").casefold() == here for e in entities)
    if room is None or (near and not (alone and room[1])):
        return call
    return FunctionCall(call.name, {**call.arguments, "area": room[0]})


def _is_spoken_of(home: Home, area: str | None, said: str) -> bool:
    """Whether a sentence has a word of an area's name, in whatever form."""
    rooms = (room for room in home.areas if room.name == area)
    return any(speaks_of(said, name) for room in rooms for name in room.names)


def _named_in(home: Home, sentence: str) -> frozenset[str]:
    """The names that are in a sentence, all of them and not as a part of another one.

    Not those of nothing but what any device is called: "the light" is every light.
    """
    said = Said(sentence)
    spans: dict[tuple[int, int], set[str]] = {}
    for name in home.names:
        for span in said.spans(name):
            spans.setdefault(span, set()).add(name)
    found = frozenset(name for span in outermost(spans) for name in spans[span])
    return frozenset(name for name in found if tells(name))


def _as_spoken(
    home: Home,
    calls: Sequence[FunctionCall],
    where: Where | None,
    functions: Mapping[str, Function],
) -> Sequence[FunctionCall]:
    """One call to a device that is not spoken of, where another one is: to that one.

    People say a name in other words than it is listed in; in homes without areas nothing else tells
    where a device is, so there a call for a place is set right too. In the others a device stays
    whose area is spoken of. Of several calls nobody knows which words are for which.
    """
    function = functions.get(calls[0].name) if len(calls) == 1 else None
    if where is None or not where.said or function is None:
        return calls
    arguments = calls[0].arguments
    said = said_besides(function, arguments, where.said)
    name = arguments.get("name")
    by_place = not isinstance(name, str)
    if not function.has_target or "entity_id" in arguments:
        return calls
    if by_place and (home.areas or function.everywhere or arguments.get("area") == ALL):
        return calls
    candidates = function.candidates(home)
    chosen = named(candidates, name) if isinstance(name, str) else []
    if len(chosen) > 1:
        return calls
    spoken = _named_in(home, said) if chosen else frozenset()
    if chosen and not spoken.isdisjoint(chosen[0].names):
        return calls
    found = spoken_of(candidates, said, chosen[0].entity_id if chosen else None, spoken)
    if found is None or found in chosen or len(named(candidates, found.name)) != 1:
        return calls
    if chosen and found.area != chosen[0].area and _is_spoken_of(home, chosen[0].area, said):
        return calls
    rest = {k: v for k, v in arguments.items() if k not in TARGET_PARAMETERS}
    return (FunctionCall(calls[0].name, {**rest, "name": found.name}),)
