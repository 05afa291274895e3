"""Tools of any LLM API as functions: from JSON schema to the types the constraint knows.

Names, areas and floors that a tool leaves as free text are narrowed to those of the home: a tool
call with a device that does not exist helps nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .functions import Function, Parameter, ParameterType
from .home import Home
from .template import Names, safe_schema

_TYPES: dict[str, ParameterType] = {
    "string": "STRING",
    "integer": "INTEGER",
    "number": "NUMBER",
    "boolean": "BOOLEAN",
    "array": "ARRAY",
    "object": "OBJECT",
}

#: Range of a number whose schema gives none: enough for what people say to a house.
_LOW, _HIGH = 0.0, 1000.0


def function_from_tool(
    name: str, description: str, schema: Mapping[str, Any], home: Home
) -> tuple[Function, Names]:
    """A tool as a function, and how its parameters were renamed; see `template.restore_names`.

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
    converted = tuple(
        _parameter(key, value, key in required, known.get(key, ()))
        for key, value in properties.items()
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
    enum = tuple(str(item) for item in schema.get("enum") or ())
    items = schema.get("items")
    properties = schema.get("properties") or {}
    inner = set(schema.get("required") or ())
    return Parameter(
        name,
        kind,
        str(schema.get("description") or ""),
        values=enum or (values if kind == "STRING" else ()),
        minimum=float(schema.get("minimum", _LOW)),
        maximum=float(schema.get("maximum", _HIGH)),
        step=0.5 if kind == "NUMBER" else 1,
        required=required,
        items=_parameter("item", items, False) if isinstance(items, Mapping) else None,
        properties=tuple(
            _parameter(key, value, key in inner) for key, value in properties.items()
        ),
    )
