"""Tools of any LLM API as functions: from JSON schema to the types the constraint knows.

Names, areas and floors that a tool leaves as free text are narrowed to those of the home: a tool
call with a device that does not exist helps nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .functions import Function, Parameter, ParameterType
from .home import Home
from .schemas import Names, safe_schema

_TYPES: dict[str, ParameterType] = {
    "string": "STRING",
    "integer": "INTEGER",
    "number": "NUMBER",
    "boolean": "BOOLEAN",
    "array": "ARRAY",
    "object": "OBJECT",
}

#: Parameters by which a tool for timers is known.
_TIMER = frozenset(("seconds", "start_seconds"))

#: Range of a number whose schema gives none: enough for what people say to a house.
_LOW, _HIGH = 0.0, 1000.0


def function_from_tool(
    name: str, description: str, schema: Mapping[str, Any], home: Home
) -> tuple[Function, Names]:
    """A tool as a function, and how its parameters were renamed; see `schemas.restore_names`.

    `schema`: JSON schema of the tool's arguments. A parameter named `type`, `description` and so
    on would vanish from the official template's declaration, so `safe_schema` renames it.
    """
    tool, renamed = safe_schema(
        {
            "type": "function",
            "function": {
                "name": name,
                "description": description,
                "parameters": {"type": "object", **schema},
            },
        }
    )
    parameters = tool["function"].get("parameters") or {}
    required = set(parameters.get("required") or ())
    properties = parameters.get("properties") or {}
    known = _names(home)
    if not _TIMER.isdisjoint(properties):
        del known["name"]  # the timer's own, not a device's
    converted = tuple(
        _parameter(key, value, key in required, known.get(key, ()))
        for key, value in properties.items()
        # Nothing to choose from: a floor in a home without floors could only be invented.
        if known.get(key) != () or key in required or value.get("enum")
    )
    return Function(name, " ".join(description.split()), converted), renamed


def _names(home: Home) -> dict[str, tuple[str, ...]]:
    """Values for parameters that mean something of the home."""
    return {
        "name": tuple(dict.fromkeys(n for e in home.entities for n in e.names)),
        "area": tuple(dict.fromkeys(a.name for a in home.areas)),
        "floor": tuple(dict.fromkeys(a.floor for a in home.areas if a.floor)),
    }


def _parameter(
    name: str, schema: Mapping[str, Any], required: bool, values: tuple[str, ...] = ()
) -> Parameter:
    kind = _TYPES.get(str(schema.get("type", "string")).lower(), "STRING")
    choices = schema.get("enum") or ()
    enum = tuple(str(item) for item in choices)
    items = schema.get("items")
    properties = schema.get("properties") or {}
    inner = set(schema.get("required") or ())
    minimum, maximum = _range(schema, choices)
    return Parameter(
        name,
        kind,
        str(schema.get("description") or ""),
        values=enum or (values if kind == "STRING" else ()),
        minimum=minimum,
        maximum=maximum,
        step=0.5 if kind == "NUMBER" else 1,
        required=required,
        items=_parameter("item", items, False) if isinstance(items, Mapping) else None,
        properties=tuple(_parameter(key, value, key in inner) for key, value in properties.items()),
    )


def _range(schema: Mapping[str, Any], choices: Sequence[Any]) -> tuple[float, float]:
    """Lowest and highest number a schema allows; never an empty range."""
    numbers = [float(c) for c in choices if isinstance(c, (int, float))]
    if numbers:
        return min(numbers), max(numbers)
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None:
        low = _LOW if high is None else min(_LOW, high)
    if high is None:
        high = max(_HIGH, low)
    return float(low), max(float(low), float(high))
