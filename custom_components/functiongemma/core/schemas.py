"""JSON schemas of other LLM APIs' tools in the form that FunctionGemma's format can declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .calls import Value
from .template import VANISHING_NAMES, Function, Schema, Tool, type_of

Names = dict[tuple[str, ...], str]
"""Path of a renamed parameter, in declared names from the outermost inwards -> its own name."""

# What can stand for the others where a union allows several types.
_WIDEST_FIRST = ("string", "number", "integer", "boolean", "array", "object")


def safe_schema(tool: Tool) -> tuple[Tool, Names]:
    """Return a tool of another LLM API in the form this format can declare, and the way back.

    Unions (`anyOf`, `oneOf`, type lists, nullable) are flattened to one type, the widest where they
    differ: `["integer", "null"]` -> `integer`, string or array of strings -> `string`. Parameters
    that would vanish get an underscore: `type` -> `type_`. `restore_names` undoes that in a call.
    """
    function = tool["function"]
    names: Names = {}
    safe: Function = {"name": function["name"], "description": function.get("description") or ""}
    if parameters := function.get("parameters"):
        safe["parameters"] = _safe({"type": "object", **parameters}, (), names)
    return {"type": "function", "function": safe}, names


def restore_names(arguments: Mapping[str, Value], names: Names) -> dict[str, Value]:
    """Return a call's arguments with the names that `safe_schema` replaced put back."""
    return {
        names.get((key,), key): _restore(value, (key,), names) for key, value in arguments.items()
    }


def _restore(value: Value, path: tuple[str, ...], names: Names) -> Value:
    if isinstance(value, list):
        return [_restore(element, path, names) for element in value]
    if isinstance(value, dict):
        return {
            names.get((*path, key), key): _restore(element, (*path, key), names)
            for key, element in value.items()
        }
    return value


def _safe(schema: Schema, path: tuple[str, ...], names: Names) -> dict[str, Any]:
    """Return a schema flattened and renamed, and note each new name under its path."""
    safe = _flatten(schema)
    items = safe.pop("items", None)
    if isinstance(items, Sequence):
        items = items[0] if items else None
    if isinstance(items, Mapping):
        safe["items"] = _safe(items, path, names)
    if properties := safe.get("properties"):
        safe["properties"] = {}
        renamed: dict[str, str] = {}
        for name, value in properties.items():
            safe_name = name
            while safe_name in VANISHING_NAMES or (safe_name != name and safe_name in properties):
                safe_name += "_"
            if safe_name != name:
                renamed[name] = safe_name
                names[(*path, safe_name)] = name
            safe["properties"][safe_name] = _safe(value, (*path, safe_name), names)
        if required := safe.get("required"):
            safe["required"] = [renamed.get(name, name) for name in required]
    return safe


def _flatten(schema: Schema) -> dict[str, Any]:
    """Return a schema with one type and without unions, the parts it does not nest left alone."""
    flat = {key: value for key, value in schema.items() if key not in ("nullable", "const")}
    for part in map(_flatten, flat.pop("allOf", ())):
        properties = {**part.get("properties", {}), **flat.get("properties", {})}
        required = dict.fromkeys([*part.get("required", ()), *flat.get("required", ())])
        flat = {**part, **flat}
        if properties:
            flat.update(type="object", properties=properties, required=list(required))
    if "const" in schema:
        flat["enum"] = [schema["const"]]
    if flat.get("enum") == [None]:
        flat["type"] = "null"
    for union in ("anyOf", "oneOf"):
        if variants := flat.pop(union, ()):
            flat = {**_widest([_flatten(variant) for variant in variants]), **flat}
    if "enum" in flat:
        flat["enum"] = [choice for choice in flat["enum"] if choice is not None]
    kind = flat.get("type")
    if isinstance(kind, list | tuple):
        kind = next((one for one in _WIDEST_FIRST if one in kind), "null")
    flat["type"] = kind or type_of(flat)
    return flat


def _widest(variants: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one schema for a union's flattened variants."""
    kinds = {variant["type"] for variant in variants}
    kind = next((one for one in _WIDEST_FIRST if one in kinds), "null")
    same = [variant for variant in variants if variant["type"] == kind]
    if len(same) <= 1:
        return dict(same[0]) if same else {"type": kind}
    # Several of that type: only what all of them say, with the choices of all.
    first, *others = same
    merged = {
        key: value for key, value in first.items() if all(o.get(key) == value for o in others)
    }
    if all("enum" in variant for variant in same):
        merged["enum"] = list(dict.fromkeys(one for each in same for one in each["enum"]))
    return merged
