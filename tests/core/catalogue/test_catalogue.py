"""Every home function is complete, and one entry is all it takes to add one."""

from __future__ import annotations

import json

import pytest

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.catalogue import BY_NAME, FUNCTIONS, functions_for
from custom_components.functiongemma.core.constraint.grammar import CallGrammar
from custom_components.functiongemma.core.functions import TARGET_PARAMETERS, Function, Parameter
from custom_components.functiongemma.core.home import Entity, Home
from custom_components.functiongemma.core.prompt import build_static
from custom_components.functiongemma.core.resolve import Action, resolve

#: Lists of the home's own words; where nothing lists them, the model may say any.
FREE = ("source_list", "options", "area_list")

every = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)


def test_no_name_is_taken_twice() -> None:
    assert len(BY_NAME) == len(FUNCTIONS)


@every
def test_a_function_is_whole(function: Function) -> None:
    assert "." in function.name
    assert function.description
    assert set(function.targets) <= set(TARGET_PARAMETERS)
    names = [parameter.name for parameter in function.parameters]
    assert len(set(names)) == len(names)
    # Target parameters, and names the official template loses.
    assert not {*names} & {
        *TARGET_PARAMETERS, "entity_id", "type", "description", "properties", "required", "nullable"
    }  # fmt: skip
    if function.exactly_one or function.prefers or function.everywhere:
        assert function.has_target


@every
def test_numbers_have_values(function: Function) -> None:
    for parameter in function.parameters:
        assert parameter.minimum < parameter.maximum
        assert parameter.step > 0
        if parameter.option:
            assert parameter.values or parameter.option in FREE


@every
def test_a_home_with_such_a_device_offers_it(function: Function) -> None:
    domain = function.domains[0] if function.has_target else "light"
    home = Home((Entity(f"{domain}.x", "X"),))
    assert function in functions_for(home)
    assert CallGrammar(home, function).possible


@every
def test_a_home_without_such_a_device_does_not(function: Function) -> None:
    home = Home((Entity("camera.x", "X"),))
    assert (function in functions_for(home)) == (not function.has_target)


@every
def test_the_reply_exists_in_home_assistants_texts(function: Function) -> None:
    """Intent and response key are those of home-assistant-intents."""
    intents = pytest.importorskip("home_assistant_intents")
    responses = intents.get_intents("en")["responses"]["intents"]
    for intent in (function.intent, *(p.intent for p in function.parameters)):
        if intent is not None:
            assert intent[1] in responses[intent[0]], intent


def test_functions_come_in_one_order() -> None:
    """The order is part of the prompt: it must not hang on the home's."""
    entities = (Entity("cover.a", "A"), Entity("light.b", "B"), Entity("todo.c", "C"))
    forward = [f.name for f in functions_for(Home(entities))]
    assert forward == [f.name for f in functions_for(Home(entities[::-1]))]
    assert forward == [f.name for f in FUNCTIONS if f.name in forward]


def test_adding_a_function_is_one_entry() -> None:
    """Declaration, constraint and action all follow from the description."""
    function = Function(
        "siren.sound",
        "Sound a siren",
        (Parameter("tone", "STRING", values=("low", "high"), required=True),),
        domains=("siren",),
    )
    home = Home((Entity("siren.attic", "Siren"),))
    assert function.candidates(home) == home.entities
    declared = tokens.spell(build_static(home, [function]).segments)
    assert "declaration:siren.sound{description:<escape>Sound a siren<escape>" in declared
    assert [run.text for run in CallGrammar(home, function).runs()] == [
        "call:siren.sound{area:",
        "call:siren.sound{name:",
    ]
    call = FunctionCall("siren.sound", {"name": "Siren", "tone": "low"})
    resolved = resolve(home, call, functions={"siren.sound": function})
    assert isinstance(resolved, Action)
    assert (resolved.service, resolved.data) == ("siren.sound", {"tone": "low"})


@every
def test_a_calls_data_is_plain(function: Function) -> None:
    """What goes to Home Assistant can be logged, compared and sent over a pipe."""
    arguments = {p.name: p.values[0] if p.values else 1 for p in function.parameters}
    _, data = function.service_for(arguments)
    assert json.loads(json.dumps(data)) == data
