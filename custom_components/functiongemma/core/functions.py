"""What the model may call: functions with typed parameters and, mostly, a target.

`Function` is the one description everything else derives from: the declaration in the prompt, the
constraint that decoding runs under, the services a call becomes, and the reply. The home functions
are in `catalogue`; tools of any other LLM API become Functions in `tools`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .calls import Value
from .home import Entity, Home
from .template import Function as Declaration
from .template import Tool

#: Arguments that say which entities a call is for.
TARGET_PARAMETERS = ("area", "floor", "name")
#: Area value for "where the speaker is, or whatever is the obvious one".
HERE = "here"
#: Area value for "everywhere in the home".
ALL = "all"

ParameterType = Literal["STRING", "INTEGER", "NUMBER", "BOOLEAN", "ARRAY", "OBJECT"]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function, apart from the target's."""

    name: str
    type: ParameterType
    description: str = ""

    values: tuple[str, ...] = ()
    """For STRING: the only values there are. Empty: free text (or the home's, see `option`)."""

    option: str | None = None
    """For STRING: the values are those in `Entity.options[option]` of the targets of this home."""

    minimum: float = 0
    maximum: float = 100
    step: float = 1
    """For numbers: the range, both ends included, and the distance between two values."""

    required: bool = False

    feature: str | None = None
    """What an entity must support to be given this parameter."""

    intent: tuple[str, str] | None = None
    """Intent and response key for the reply when this parameter was given."""

    items: Parameter | None = None
    """For ARRAY: one item."""

    properties: tuple[Parameter, ...] = ()
    """For OBJECT: its members."""

    def choices(self, entities: tuple[Entity, ...]) -> tuple[str, ...]:
        """The values there are for a STRING, given the possible targets; empty: free text."""
        if self.option is None:
            return self.values
        found = (v for e in entities for v in e.options.get(self.option, ()))
        return tuple(dict.fromkeys(found)) or self.values


@dataclass(frozen=True)
class ServiceCall:
    """One call of a Home Assistant action."""

    service: str
    """`domain.service`."""

    entity_ids: tuple[str, ...]
    data: Mapping[str, Any]


#: Turns a call's arguments (without the target) into an action's name and data.
ToService = Callable[[Mapping[str, Value]], tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Function:
    """A function the model may call."""

    name: str
    description: str
    parameters: tuple[Parameter, ...] = ()

    domains: tuple[str, ...] = ()
    """Domains its targets are in. Empty: the function has no target."""

    feature: str | None = None
    """What an entity must support to be a target."""

    targets: tuple[str, ...] = TARGET_PARAMETERS
    """Which of the target parameters it takes; a call has at least one of them."""

    exactly_one: bool = False
    """Whether it makes sense for one target only: several are a reason to ask which."""

    only_named: tuple[str, ...] = ()
    """Device classes left out of "all" and of a floor, and asked about in a room with others."""

    everywhere: bool = False
    """Whether no place means the whole home, and not the room of the speaker."""

    secondary: tuple[str, ...] = ()
    """Domains of which an entity is meant only where there is none of the function's others."""

    prefers: tuple[str, ...] = ()
    """States that make an entity the obvious one among several that were not named, the best
    first; of several in the same state it is the one that changed last."""

    likeliest: str | None = None
    """Device class of the obvious one where states and their changes tell nothing."""

    to_service: ToService | None = None
    """Arguments to action; None: the action has the function's name and takes its arguments."""

    local: bool = False
    """Answered by the agent itself (questions, timers): no action of its own name exists."""

    intent: tuple[str, str] | None = None
    """Intent and response key in home-assistant-intents whose texts are the reply."""

    @property
    def intents(self) -> tuple[tuple[str, str], ...]:
        """`intent`, or nothing, as a sequence of reply kinds to try."""
        return (self.intent,) if self.intent else ()

    @property
    def has_target(self) -> bool:
        """Whether `name`, `area` and `floor` belong to its arguments."""
        return bool(self.domains)

    @property
    def is_for_many(self) -> bool:
        """Whether it may be for several things, and the sentence tells which these are."""
        return self.has_target and not self.exactly_one and not self.everywhere

    def candidates(self, home: Home) -> tuple[Entity, ...]:
        """Entities it can be called for."""
        found = home.in_domains(self.domains)
        return tuple(entity for entity in found if entity.supports(self.feature))

    def service_for(self, arguments: Mapping[str, Value]) -> tuple[str, dict[str, Any]]:
        """Name and data of the action a call becomes; the target is added by the caller.

        `arguments` hold every required parameter. Raises TypeError for a value of another type.
        """
        if self.to_service is None:
            return self.name, dict(arguments)
        return self.to_service(arguments)


#: Longest list of values a declaration spells out. The 140 colour names would be half of it, and
#: the constraint knows them anyway.
_LISTED = 40

_TARGET_TEXTS = {"area": "Area, here or all", "floor": "Floor", "name": "Device"}


def tool_schema(function: Function, *, full: bool) -> Tool:
    """A function in the JSON-schema shape the chat template renders.

    `full` writes out everything, for models that were not trained on our home prompt. The home
    model knows the catalogue: its declarations only say which functions there are here, which
    takes a quarter of the tokens.
    """
    if not full:
        return {"type": "function", "function": {"name": function.name, "description": ""}}
    properties: dict[str, Any] = {}
    if function.has_target:
        properties |= {
            target: {"type": "string", "description": _TARGET_TEXTS[target]}
            for target in function.targets
        }
    properties |= {p.name: _property(p) for p in function.parameters}
    schema: Declaration = {"name": function.name, "description": function.description}
    if properties:
        parameters: dict[str, Any] = {"type": "object", "properties": properties}
        if required := [p.name for p in function.parameters if p.required]:
            parameters["required"] = required
        schema["parameters"] = parameters
    return {"type": "function", "function": schema}


def _property(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": parameter.type.lower(),
        "description": parameter.description,
    }
    if 0 < len(parameter.values) <= _LISTED:
        schema["enum"] = list(parameter.values)
    if parameter.items is not None:
        schema["items"] = _property(parameter.items)
    if parameter.properties:
        schema["properties"] = {p.name: _property(p) for p in parameter.properties}
    return schema
