"""One call: the entities it is for, and the action it becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..calls import FunctionCall, Value
from ..catalogue import BY_NAME
from ..functions import ALL, Function, Parameter
from ..home import Entity, Home
from ..mention import mentioned
from ..players import of_said_class
from ..said import as_written
from .covering import TARGETS, covered
from .outcome import Action, Ambiguous, Failed, Resolved
from .spared import spared

#: Targets that say which entity it is, not where it is.
_NAMING = frozenset(("name", "entity_id"))

#: Seconds within which two changes say nothing about which came last.
_AT_ONCE = 10.0


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
    function = functions.get(call.name)
    if function is None:
        return Failed(call, "unknown_function", call.name)
    rest = _as_written(function, call.arguments, where.said if where else "")
    if any(p.required and p.name not in rest for p in function.parameters):
        return Failed(call, "bad_arguments", call.name)
    try:
        service, data = function.service_for(rest)
    except TypeError:
        return Failed(call, "bad_arguments", call.name)
    if not function.has_target:
        return Action(call, function, (), service, data)
    where = where or Where()
    where = replace(where, said=said_besides(function, rest, where.said))
    meant = _meant(home, call, function, rest, where)
    return Action(call, function, meant, service, data) if isinstance(meant, tuple) else meant


def said_besides(function: Function, arguments: Mapping[str, Value], said: str) -> str:
    """A sentence without the texts that a call takes from it: they are about anything."""
    free = {p.name for p in function.parameters if _is_free(p)}
    texts = [text for name, text in arguments.items() if name in free and isinstance(text, str)]
    for text in filter(None, texts):
        said = re.sub(rf"(?<!\w){re.escape(text)}", " ", said, count=1, flags=re.IGNORECASE)
    return said


def _is_free(parameter: Parameter) -> bool:
    """Whether any text may be given for it."""
    return parameter.type == "STRING" and not parameter.values and not parameter.option


def _as_written(function: Function, arguments: Mapping[str, Value], said: str) -> dict[str, Value]:
    """The arguments a function has, its free texts with the sentence's own capitals."""
    known = {parameter.name: parameter for parameter in function.parameters}

    def value(name: str, given: Value) -> Value:
        free = _is_free(known[name])
        return as_written(given, said) if free and isinstance(given, str) else given

    return {name: value(name, given) for name, given in arguments.items() if name in known}


def _meant(
    home: Home,
    call: FunctionCall,
    function: Function,
    rest: Mapping[str, Value],
    where: Where,
) -> tuple[Entity, ...] | Ambiguous | Failed:
    """The entities a call is for; `rest`: its arguments apart from the target."""
    target = {k: v for k, v in call.arguments.items() if k in TARGETS}
    found = covered(home, function, target, where.area)
    if isinstance(found, str):
        return Failed(call, "no_target", found)
    entities, vague = found
    if not _NAMING & target.keys():
        entities = of_said_class(entities, where.said)
        left_out = spared(home, where.said)
        entities = [e for e in entities if e.entity_id not in left_out] or entities
    wanted = rest.get("domain")
    able = tuple(e for e in entities if _supports(function, e, rest) and wanted in (None, e.domain))
    if not able:
        return Failed(call, "not_supported", entities[0].name if entities else "")
    able = tuple(e for e in able if e.domain not in function.secondary) or able
    able = _accepting(function, able, call.arguments)
    if not _NAMING & target.keys():
        unnamed = tuple(e for e in able if e.device_class not in function.only_named)
        if unnamed and len(unnamed) < len(able):
            if target.get("area", ALL) != ALL:
                one = mentioned(able, where.said)
                return (one,) if one else Ambiguous(call, function, able)
            able = unnamed
    if not (function.exactly_one or vague):
        return able
    one = _one(entities, able, function, where)
    if one is None:
        return Ambiguous(call, function, able)
    return (one,) if one in able else Failed(call, "not_supported", one.name)


def _supports(function: Function, entity: Entity, arguments: Mapping[str, Value]) -> bool:
    """Whether an entity can do what is asked, parameters included."""
    needed = [p.feature for p in function.parameters if p.name in arguments]
    return all(entity.supports(feature) for feature in [function.feature, *needed])


def _accepting(
    function: Function, entities: tuple[Entity, ...], arguments: Mapping[str, Value]
) -> tuple[Entity, ...]:
    """Those that list the values given, where some do: only the TV has an HDMI 1."""
    for parameter in function.parameters:
        if parameter.option and (value := arguments.get(parameter.name)) is not None:
            listing = tuple(e for e in entities if value in e.options.get(parameter.option, ()))
            entities = listing or entities
    return entities


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
