"""From calls to what they would do here: entities, action, data; or a question, or why not.

Nothing outside the `Home` can be reached: whatever a model says, names, areas, floors and entity
ids are looked up among the exposed entities only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .calls import FunctionCall, Value
from .catalogue import BY_NAME
from .functions import ALL, HERE, TARGET_PARAMETERS, Function
from .home import Entity, Home
from .mention import mentioned, spoken_of

_TARGETS = (*TARGET_PARAMETERS, "entity_id")
#: Targets that say which entity it is, not where it is.
_NAMING = frozenset(("name", "entity_id"))


#: Seconds within which two changes say nothing about which came last.
_AT_ONCE = 10.0


@dataclass(frozen=True)
class Action:
    """A call that can be carried out."""

    call: FunctionCall
    function: Function
    entities: tuple[Entity, ...]
    """Empty for functions without a target."""
    service: str
    """`domain.service`; for local functions the function's own name."""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ambiguous:
    """A call that could mean several things: ask which."""

    call: FunctionCall
    function: Function
    candidates: tuple[Entity, ...]


@dataclass(frozen=True)
class Failed:
    """A call that cannot be carried out here."""

    call: FunctionCall
    reason: str
    """`unknown_function`, `bad_arguments` (missing, or of the wrong type), `no_target` (nothing of
    that name or there) or `not_supported`."""
    value: str = ""
    """The name, area or floor that was not found, the entity that cannot, or the function."""


Resolved = Action | Ambiguous | Failed


@dataclass(frozen=True)
class Where:
    """What is known about the moment of speaking."""

    area: str | None = None
    """Name of the speaker's area."""

    states: Mapping[str, str] = field(default_factory=dict)
    """State by entity id; used only to tell the player that plays from one that does not."""

    changed: Mapping[str, float] = field(default_factory=dict)
    """When it came into its state, by entity id, in seconds of any clock; unknown is long ago."""

    said: str = ""
    """The sentence; it settles what would otherwise be asked."""


def resolve(
    home: Home,
    call: FunctionCall,
    where: Where | None = None,
    functions: Mapping[str, Function] = BY_NAME,
) -> Resolved:
    """What `call` does in `home`.

    Arguments that the function does not have are ignored: an action would take targets that are
    not resolved here (`area_id`, `label_id`) and reach what is not exposed.
    """
    where = where or Where()
    function = functions.get(call.name)
    if function is None:
        return Failed(call, "unknown_function", call.name)
    known = {parameter.name for parameter in function.parameters}
    rest = {k: v for k, v in call.arguments.items() if k in known}
    if any(p.required and p.name not in rest for p in function.parameters):
        return Failed(call, "bad_arguments", call.name)
    try:
        service, data = function.service_for(rest)
    except TypeError:
        return Failed(call, "bad_arguments", call.name)
    if not function.has_target:
        return Action(call, function, (), service, data)
    target = {k: v for k, v in call.arguments.items() if k in _TARGETS}
    covered = _covered(home, function, target, where)
    if isinstance(covered, str):
        return Failed(call, "no_target", covered)
    found, vague = covered
    wanted = rest.get("domain")
    able = tuple(e for e in found if _supports(function, e, rest) and wanted in (None, e.domain))
    if not able:
        return Failed(call, "not_supported", found[0].name if found else "")
    able = tuple(e for e in able if e.domain not in function.secondary) or able
    if not _NAMING & target.keys():
        unnamed = tuple(e for e in able if e.device_class not in function.only_named)
        if unnamed and len(unnamed) < len(able):
            if target.get("area", ALL) != ALL:
                return Ambiguous(call, function, able)
            able = unnamed
    if function.exactly_one or vague:
        one = _one(found, able, function, where)
        if one is None:
            return Ambiguous(call, function, able)
        if one not in able:
            return Failed(call, "not_supported", one.name)
        able = (one,)
    return Action(call, function, able, service, data)


def _one(
    found: Sequence[Entity], able: Sequence[Entity], function: Function, where: Where
) -> Entity | None:
    """The one entity that is meant: the only one, the one the sentence names, or the obvious one.

    What is named is meant even where only others are able: to be told so is better than those.
    """
    if len({entity.entity_id for entity in found}) == 1:
        return able[0]
    if named := mentioned(found, where.said):
        return named
    if len({entity.entity_id for entity in able}) == 1:
        return able[0]
    return _obvious(able, function, where)


def _obvious(able: Sequence[Entity], function: Function, where: Where) -> Entity | None:
    """The one that is meant without saying so: in the state the function is for, and latest.

    Asking which player "pause" is for would be right and a nuisance; the wrong one is soon undone.
    Changes at about the same time (a restart) tell nothing; then its device class does.
    """

    def state(entity: Entity) -> int:
        return function.prefers.index(where.states[entity.entity_id])

    def changed(entity: Entity) -> float:
        return where.changed.get(entity.entity_id, 0.0)

    active = [e for e in able if where.states.get(e.entity_id) in function.prefers]
    if not active:
        return None
    best = min(map(state, active))
    active = [entity for entity in active if state(entity) == best]
    latest = max(map(changed, active))
    active = [entity for entity in active if changed(entity) > latest - _AT_ONCE]
    return min(active, key=lambda entity: entity.device_class != function.likeliest)


def _as_spoken(
    home: Home,
    calls: Sequence[FunctionCall],
    where: Where | None,
    functions: Mapping[str, Function],
) -> Sequence[FunctionCall]:
    """One call to a device that is not spoken of, where another one is: to that one.

    Only in homes without areas, where nothing but its name tells where a device is, and people say
    the name in other words than it is listed in. Of several calls nobody knows which words are for
    which.
    """
    function = functions.get(calls[0].name) if len(calls) == 1 else None
    if home.areas or where is None or not where.said or function is None:
        return calls
    arguments = calls[0].arguments
    name = arguments.get("name")
    by_place = not isinstance(name, str)
    if not function.has_target or "entity_id" in arguments:
        return calls
    if by_place and (function.everywhere or arguments.get("area") == ALL):
        return calls
    candidates = function.candidates(home)
    chosen = _named(candidates, name) if isinstance(name, str) else []
    if len(chosen) > 1:
        return calls
    found = spoken_of(candidates, where.said, chosen[0].entity_id if chosen else None)
    if found is None or found in chosen or len(_named(candidates, found.name)) != 1:
        return calls
    rest = {k: v for k, v in arguments.items() if k not in TARGET_PARAMETERS}
    return (FunctionCall(calls[0].name, {**rest, "name": found.name}),)


def _covered(
    home: Home, function: Function, target: Mapping[str, Value], where: Where
) -> tuple[list[Entity], bool] | str:
    """Entities the target covers, and whether only one of them can be meant; or what covers none.

    "Here" is the speaker's area, if one is known and has anything for the function; otherwise it is
    whatever there is only one of.
    """
    found = _targets(home, function, target, where)
    if isinstance(found, str):
        return found
    vague = "name" in target
    if function.everywhere:
        return found, vague
    if target.get("area") == HERE:
        near = [e for e in found if where.area and _same(e.area, where.area)]
        near = [e for e in near if e.supports(function.feature)]
        return (near, vague) if near else (found, True)
    return found, vague or not target


def _targets(
    home: Home, function: Function, target: Mapping[str, Value], where: Where
) -> list[Entity] | str:
    """Entities the target covers ("here" covers the home), or the word that covers none."""
    found = list(home.in_domains(function.domains))
    if "entity_id" in target:
        entity_ids = _words(target["entity_id"])
        # An empty list is no entity; it is not all of them.
        found = [e for e in found if e.entity_id in entity_ids]
        return found or next(iter(entity_ids), "")
    if isinstance(name := target.get("name"), str):
        found = _named(found, name)
        if not found:
            return name
    if isinstance(floor := target.get("floor"), str):
        found = [e for e in found if _same(home.floor_of(e.area), floor)]
        if not found:
            return floor
    area = target.get("area")
    if isinstance(area, str) and area not in (ALL, HERE):
        found = [e for e in found if _in_area(home, e, area)]
        if not found:
            return area
    elif name and where.area and len(found) > 1:
        # "the lamp", and there is one in this very room.
        found = [e for e in found if _same(e.area, where.area)] or found
    return found or str(area or name or "")


def _named(entities: Sequence[Entity], name: str) -> list[Entity]:
    exact = [e for e in entities if name in e.names]
    return exact or [e for e in entities if any(_same(n, name) for n in e.names)]


def _in_area(home: Home, entity: Entity, area: str) -> bool:
    if _same(entity.area, area):
        return True
    aliases = next((a.aliases for a in home.areas if a.name == entity.area), ())
    return any(_same(alias, area) for alias in aliases)


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.casefold() == other.casefold()


def _words(value: Value) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _supports(function: Function, entity: Entity, arguments: Mapping[str, Value]) -> bool:
    """Whether an entity can do what is asked, parameters included."""
    needed = [p.feature for p in function.parameters if p.name in arguments]
    return all(entity.supports(feature) for feature in [function.feature, *needed])


def effect(resolved: Resolved) -> tuple[Any, ...]:
    """What it comes to: equal for calls that are worded differently and do the same."""
    if isinstance(resolved, Action):
        ids = frozenset(e.entity_id for e in resolved.entities)
        return ("act", resolved.service, ids, _frozen(resolved.data))
    if isinstance(resolved, Ambiguous):
        ids = frozenset(e.entity_id for e in resolved.candidates)
        rest = {k: v for k, v in resolved.call.arguments.items() if k not in _TARGETS}
        return ("ask", resolved.function.name, ids, _frozen(rest))
    return ("fail", resolved.call.name, resolved.reason, resolved.value)


def _frozen(data: Mapping[str, Any]) -> str:
    # Data can hold lists, which cannot be compared as a part of a key.
    return json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)


@dataclass(frozen=True)
class Choice:
    """The answer that was chosen among the decoded ones."""

    resolved: tuple[Resolved, ...]
    """One for each call; empty: nothing to call."""
    confidence: float
    """0 to 1: share of the probability of all answers that come to the same; for several calls
    its geometric mean for one of them."""


#: What an answer's probability counts for, by what becomes of it.
_WORTH = {Action: 1.0, Ambiguous: 0.6, Failed: 0.1}


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
    to call stands against all calls together, not against each: it is chosen when it is likelier
    than not.
    """
    called = any(calls for calls, _ in answers)
    # What was never completed speaks against the answers that were.
    total = max(mass, sum(probability for _, probability in answers)) or 1.0
    shares: dict[tuple[Any, ...], float] = {}
    best: dict[tuple[Any, ...], tuple[Resolved, ...]] = {}
    for calls, probability in answers:
        if called and not calls and probability < 0.5:
            continue
        meant = _as_spoken(home, calls, where, functions)
        resolved = tuple(resolve(home, call, where, functions) for call in meant)
        key = tuple(effect(item) for item in resolved)
        shares[key] = shares.get(key, 0.0) + probability
        best.setdefault(key, resolved)
    if not shares:
        return Choice((), 0.0)

    def weight(key: tuple[Any, ...]) -> float:
        return shares[key] * min((_WORTH[type(item)] for item in best[key]), default=1.0)

    chosen = max(shares, key=weight)
    # Two calls are twice as many decisions; the threshold is about one.
    confidence = min(1.0, shares[chosen] / total) ** (1 / max(1, len(best[chosen])))
    return Choice(best[chosen], confidence)
