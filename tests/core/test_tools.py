"""Tools of any LLM API become functions whose every call the tool accepts."""

from __future__ import annotations

from typing import Any

import pytest

from custom_components.functiongemma.core.constraint.grammar import CallGrammar
from custom_components.functiongemma.core.functions import Function, Parameter
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.schemas import restore_names
from custom_components.functiongemma.core.tools import function_from_tool

HOME = Home(
    (
        Entity("light.a", "Lamp", "Kitchen", aliases=("Moon",)),
        Entity("light.b", "Lamp", "Hall"),
    ),
    (Area("Kitchen", "Ground floor"), Area("Hall", "Ground floor"), Area("Attic")),
)


def convert(
    properties: dict[str, Any], required: tuple[str, ...] = (), home: Home = HOME
) -> Function:
    schema = {"properties": properties, "required": list(required)}
    return function_from_tool("intent__Tool", "Does\n  it", schema, home)[0]


def parameter(schema: dict[str, Any], name: str = "x") -> Parameter:
    return convert({name: schema}).parameters[0]


def test_a_tool_keeps_its_name_and_says_what_it_does() -> None:
    function = convert({})
    assert (function.name, function.description) == ("intent__Tool", "Does it")
    assert function.parameters == ()
    assert not function.has_target


def test_names_areas_and_floors_are_those_of_the_home() -> None:
    text = {"type": "string"}
    function = convert({"name": text, "area": text, "floor": text, "item": text})
    assert {p.name: p.values for p in function.parameters} == {
        "name": ("Lamp", "Moon"),
        "area": ("Kitchen", "Hall", "Attic"),
        "floor": ("Ground floor",),
        "item": (),
    }


def test_what_the_home_does_not_have_cannot_be_invented() -> None:
    text = {"type": "string"}
    bare = Home((Entity("light.a", "Lamp"),))
    function = convert({"name": text, "area": text, "floor": text}, home=bare)
    assert [p.name for p in function.parameters] == ["name"]
    needed = convert({"area": text}, required=("area",), home=bare)
    assert [(p.name, p.required) for p in needed.parameters] == [("area", True)]


@pytest.mark.parametrize("other", ["seconds", "start_seconds"])
def test_a_timer_has_a_name_of_its_own(other: str) -> None:
    function = convert({"name": {"type": "string"}, other: {"type": "integer"}})
    assert function.parameters[0].values == ()


def test_an_enum_is_all_there_is() -> None:
    assert parameter({"type": "string", "enum": ["up", "down"]}).values == ("up", "down")
    assert parameter({"type": "string", "enum": ["x"]}, "area").values == ("x",)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 5}, (1, 5)),
        ({"type": "integer"}, (0, 1000)),
        ({"type": "integer", "minimum": 2000}, (2000, 2000)),
        ({"type": "number", "maximum": -5}, (-5, -5)),
        ({"type": "number", "minimum": -10}, (-10, 1000)),
        ({"type": "number", "minimum": None, "maximum": None}, (0, 1000)),
        ({"type": "integer", "enum": [3, 1, 2]}, (1, 3)),
        ({"type": "integer", "minimum": 9, "maximum": 1}, (9, 9)),
    ],
)
def test_a_number_has_a_range_that_can_be_spoken(
    schema: dict[str, Any], expected: tuple[float, float]
) -> None:
    found = parameter(schema)
    assert (found.minimum, found.maximum) == expected
    assert list(CallGrammar(HOME, Function("t", "", (found,))).runs())


def test_types_are_those_of_the_schema() -> None:
    kinds = ("string", "integer", "number", "boolean", "array", "object")
    assert [parameter({"type": kind}).type for kind in kinds] == [k.upper() for k in kinds]
    assert parameter({"anyOf": [{"type": "string"}, {"type": "null"}]}).type == "STRING"
    assert parameter({"type": ["integer", "null"]}).type == "INTEGER"
    assert parameter({"type": "something else"}).type == "STRING"


def test_arrays_and_objects_keep_what_is_in_them() -> None:
    found = parameter(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"a": {"type": "boolean"}, "area": {"type": "string"}},
                "required": ["a"],
            },
        }
    )
    assert found.items is not None
    first, second = found.items.properties
    assert (first.name, first.type, first.required) == ("a", "BOOLEAN", True)
    assert (second.name, second.values, second.required) == ("area", (), False)


def test_a_parameter_that_would_vanish_is_renamed_and_comes_back() -> None:
    schema = {"properties": {"type": {"type": "string"}}, "required": ["type"]}
    function, names = function_from_tool("t", "", schema, HOME)
    (found,) = function.parameters
    assert found.name != "type"
    assert found.required
    assert restore_names({found.name: "x"}, names) == {"type": "x"}
