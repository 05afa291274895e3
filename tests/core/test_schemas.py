"""Tools of other LLM APIs keep every parameter, whatever their schemas look like."""

from __future__ import annotations

from typing import Any

import pytest

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.schemas import restore_names, safe_schema
from custom_components.functiongemma.core.template import declaration_segments

from .test_template import VECTORS, tool


@pytest.mark.parametrize("name", ["description", "type", "properties", "required", "nullable"])
def test_a_parameter_that_would_vanish_is_renamed_and_named_back(name: str) -> None:
    original = tool({name: {"type": "string"}, "area": {"type": "string"}}, required=[name])
    assert f"{name}:{{description" not in tokens.spell(declaration_segments(original))
    safe, names = safe_schema(original)
    declaration = tokens.spell(declaration_segments(safe))
    assert f"{name}_:{{description" in declaration
    assert f"required:[<escape>{name}_<escape>]" in declaration
    assert restore_names({f"{name}_": "x", "area": "y"}, names) == {name: "x", "area": "y"}


def test_renaming_avoids_names_that_exist_and_reaches_nested_ones() -> None:
    original = tool(
        {
            "type": {"type": "string"},
            "type_": {"type": "string"},
            "steps": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"required": {"type": "boolean"}, "type_": {"type": "string"}},
                },
            },
            "properties": {"type": "object", "properties": {"nullable": {"type": "integer"}}},
        }
    )
    safe, names = safe_schema(original)
    properties = safe["function"]["parameters"]["properties"]
    assert list(properties) == ["type__", "type_", "steps", "properties_"]
    called = {
        "type__": "a",
        "type_": "b",
        "steps": [{"required_": True, "type_": "c"}, 1],
        "properties_": {"nullable_": 1},
    }
    assert restore_names(called, names) == {
        "type": "a",
        "type_": "b",
        "steps": [{"required": True, "type_": "c"}, 1],
        "properties": {"nullable": 1},
    }


@pytest.mark.parametrize(
    ("schema", "flat"),
    [
        ({"type": ["integer", "null"]}, {"type": "integer"}),
        ({"type": ["integer", "number"]}, {"type": "number"}),
        ({"type": ["array", "string"]}, {"type": "string"}),
        ({"type": "string", "nullable": True}, {"type": "string"}),
        ({"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 1}], "description": "d"},
         {"type": "integer", "minimum": 1, "description": "d"}),
        ({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
         {"type": "string"}),
        ({"anyOf": [{"const": "a"}, {"enum": ["b", "a"]}]}, {"type": "string", "enum": ["a", "b"]}),
        ({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "string"}]}, {"type": "string"}),
        ({"anyOf": [{"type": "object", "properties": {"type": {}}}, {"type": "null"}]},
         {"type": "object", "properties": {"type_": {"type": "string"}}}),
        ({"enum": ["a", None]}, {"type": "string", "enum": ["a"]}),
        ({"enum": [1, 2]}, {"type": "integer", "enum": [1, 2]}),
        ({"enum": [1.5]}, {"type": "number", "enum": [1.5]}),
        ({"const": True}, {"type": "boolean", "enum": [True]}),
        ({"anyOf": [{"const": None}, {"type": "number"}]}, {"type": "number"}),
        ({"items": [{"type": "integer"}]}, {"type": "array", "items": {"type": "integer"}}),
        ({}, {"type": "string"}),
        ({"allOf": [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"b": {}}}]},
         {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
          "required": ["a"]}),
    ],
)  # fmt: skip
def test_unions_become_one_type(schema: dict[str, Any], flat: dict[str, Any]) -> None:
    safe, _ = safe_schema(tool({"p": schema}))
    assert safe["function"]["parameters"]["properties"]["p"] == flat
    # Every flattened schema can be declared.
    assert f"type:<escape>{flat['type'].upper()}<escape>" in tokens.spell(
        declaration_segments(safe)
    )


def test_a_union_of_requirements_leaves_the_parameters_alone() -> None:
    original = tool(
        {"a": {"type": "string"}, "b": {"type": "string"}},
        anyOf=[{"required": ["a"]}, {"required": ["b"]}],
    )
    safe, names = safe_schema(original)
    assert names == {}
    assert safe["function"]["parameters"] == {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
    }


def test_a_tool_of_the_vectors_is_safe_as_it_is() -> None:
    for vector in VECTORS:
        for original in vector["tools"] or ():
            safe, names = safe_schema(original)
            assert names == {}
            assert declaration_segments(safe) == declaration_segments(original)
