"""The grammar that servers decode under: what it lets through is what the home allows, and more
only where that is checked afterwards. Read by llama.cpp's own parser where it is installed."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import FUNCTIONS, functions_for
from custom_components.functiongemma.core.functions import Function, Parameter
from custom_components.functiongemma.core.gbnf import grammar
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.tools import function_from_tool

HOME = Home(
    (
        Entity("light.ceiling", 'The "big" one', "Kitchen"),
        Entity("climate.heater", "Heater\\2", "Bedroom", options={"hvac_modes": ("heat", "off")}),
        Entity("todo.list", "Einkäufe 灯"),
    ),
    (Area("Kitchen", "Downstairs"), Area("Bedroom")),
)


def parsed(text: str) -> None:
    """Let llama.cpp read a grammar, where there is one to ask."""
    llama_cpp = pytest.importorskip("llama_cpp", reason="reads grammars")
    rules = llama_cpp.LlamaGrammar.from_string(text, verbose=False)
    assert rules is not None


def test_home_is_in_it_and_nothing_else() -> None:
    text = grammar(HOME, functions_for(HOME), "functiongemma")
    assert '"The \\"big\\" one"' in text
    assert '"Heater\\\\2"' in text
    assert "light.turn_on" in text
    assert "lock.unlock" not in text
    assert "<start_function_call>" in text
    assert "<unused42>" in grammar(HOME, functions_for(HOME), "gemma")
    parsed(text)


def test_nothing_to_call_leaves_nothing_to_say() -> None:
    assert grammar(Home(), [], "gemma") == 'root ::= ""\n'


def test_every_function_of_the_catalogue_has_one_that_can_be_read() -> None:
    domains = sorted({domain for function in FUNCTIONS for domain in function.domains})
    home = Home(tuple(Entity(f"{d}.x", f"My {d}", "Room") for d in domains), (Area("Room"),))
    text = grammar(home, FUNCTIONS, "gemma")
    assert all(f'"call:{function.name}{{"' in text for function in FUNCTIONS)
    parsed(text)


def test_equal_parts_are_written_once_so_that_a_large_home_stays_small() -> None:
    entities = tuple(Entity(f"light.l{i}", f"Lamp {i}", f"Room {i % 20}") for i in range(200))
    home = Home(entities, tuple(Area(f"Room {i}") for i in range(20)))
    text = grammar(home, functions_for(home), "gemma")
    assert text.count('"Lamp 7"') <= 2
    assert len(text) < 40_000


def test_tools_of_other_apis_with_lists_and_objects() -> None:
    schema = {
        "properties": {
            "names": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
            "where": {"type": "object", "properties": {"x": {"type": "number", "minimum": -5}}},
            "loud": {"type": "boolean"},
            "any": {"type": "array"},
        },
        "required": ["names"],
    }
    function, _ = function_from_tool("do.it", "", schema, HOME)
    text = grammar(
        HOME, [function, Function("x", "", (Parameter("n", "NUMBER", step=0.5),))], "gemma"
    )
    assert '"names:"' in text
    assert '"-"?' in text
    parsed(text)
