"""One description of a function gives its declaration, its values, its targets and its action."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.functions import Function, Parameter, tool_schema
from custom_components.functiongemma.core.home import Entity, Home
from custom_components.functiongemma.core.template import declaration_segments

HEATER = Function(
    "climate.set_hvac_mode",
    "Set the mode",
    (
        Parameter("hvac_mode", "STRING", "Mode", option="hvac_modes", values=("off", "heat")),
        Parameter("level", "INTEGER", "Level", required=True),
    ),
    domains=("climate",),
    feature="mode",
)


def test_values_are_those_of_the_targets_else_the_usual_ones() -> None:
    mode = HEATER.parameters[0]
    heat = Entity("climate.a", "A", options={"hvac_modes": ("heat", "off")})
    cool = Entity("climate.b", "B", options={"hvac_modes": ("cool", "off")})
    assert mode.choices((heat, cool)) == ("heat", "off", "cool")
    assert mode.choices((cool,)) == ("cool", "off")
    assert mode.choices((Entity("climate.c", "C"),)) == ("off", "heat")
    assert mode.choices(()) == ("off", "heat")
    assert Parameter("item", "STRING").choices((heat,)) == ()


def test_candidates_are_of_its_domains_and_able() -> None:
    able = Entity("climate.a", "A", features=frozenset({"mode"}))
    unable = Entity("climate.b", "B", features=frozenset())
    unknown = Entity("climate.c", "C")
    home = Home((able, Entity("light.d", "D"), unable, unknown))
    assert HEATER.candidates(home) == (able, unknown)


def test_an_action_has_the_functions_name_and_arguments_unless_told() -> None:
    arguments = {"hvac_mode": "heat", "level": 3}
    assert HEATER.service_for(arguments) == ("climate.set_hvac_mode", arguments)
    other = Function("x.y", "", to_service=lambda a: ("a.b", {"n": a["level"]}))
    assert other.service_for(arguments) == ("a.b", {"n": 3})


def test_the_home_model_is_told_names_only() -> None:
    segments = declaration_segments(tool_schema(HEATER, full=False))
    assert tokens.spell(segments) == (
        "<start_function_declaration>declaration:climate.set_hvac_mode"
        "{description:<escape><escape>}<end_function_declaration>"
    )


def test_other_models_are_told_everything() -> None:
    text = tokens.spell(declaration_segments(tool_schema(HEATER, full=True)))
    assert text == (
        "<start_function_declaration>declaration:climate.set_hvac_mode"
        "{description:<escape>Set the mode<escape>,parameters:{properties:{"
        "area:{description:<escape>Area, here or all<escape>,type:<escape>STRING<escape>},"
        "floor:{description:<escape>Floor<escape>,type:<escape>STRING<escape>},"
        "hvac_mode:{description:<escape>Mode<escape>,"
        "enum:[<escape>off<escape>,<escape>heat<escape>],type:<escape>STRING<escape>},"
        "level:{description:<escape>Level<escape>,type:<escape>INTEGER<escape>},"
        "name:{description:<escape>Device<escape>,type:<escape>STRING<escape>}"
        "},required:[<escape>level<escape>],type:<escape>OBJECT<escape>}}"
        "<end_function_declaration>"
    )


def test_only_the_targets_it_takes_are_declared() -> None:
    counts = Function("state.count", "", domains=("light",), targets=("area", "floor"))
    parameters = tool_schema(counts, full=True)["function"]["parameters"]
    assert set(parameters["properties"]) == {"area", "floor"}
    timer = Function("timer.cancel", "")
    assert not timer.has_target
    assert "parameters" not in tool_schema(timer, full=True)["function"]


@pytest.mark.parametrize("full", [True, False])
def test_nested_parameters_are_declared_whole(full: bool) -> None:
    inner = Parameter("point", "OBJECT", properties=(Parameter("x", "NUMBER"),))
    function = Function("t", "", (Parameter("points", "ARRAY", items=inner),))
    schema = tool_schema(function, full=full)["function"]
    if not full:
        assert "parameters" not in schema
        return
    assert schema["parameters"]["properties"]["points"] == {
        "type": "array",
        "description": "",
        "items": {
            "type": "object",
            "description": "",
            "properties": {"x": {"type": "number", "description": ""}},
        },
    }
