"""Text to a server and back: nobody breaks out of it, and nothing impossible comes back."""

from __future__ import annotations

import math

import pytest

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.calls import FunctionCall, Value, render_calls
from custom_components.functiongemma.core.catalogue import FUNCTIONS, functions_for
from custom_components.functiongemma.core.completion import (
    Checker,
    Reply,
    decoded,
    prompt_text,
    read_calls,
)
from custom_components.functiongemma.core.functions import Function, Parameter
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.prompt import build_static

HOME = Home(
    (
        Entity("light.ceiling", "Ceiling", "Kitchen"),
        Entity("light.left", "Lamp, left", "Bedroom"),
        Entity("climate.heater", "Heater", "Bedroom"),
        Entity("todo.list", "Shopping"),
    ),
    (Area("Kitchen", "Downstairs"), Area("Bedroom")),
)


def call(function: str, **arguments: Value) -> FunctionCall:
    return FunctionCall(function, dict(arguments))


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(HOME, functions_for(HOME))


# -- the prompt ----------------------------------------------------------------------------------


def test_prompt_is_that_of_the_segments_without_the_token_servers_put_before_it() -> None:
    static = build_static(HOME, functions_for(HOME))
    segments = [*static.segments, *static.turn("Turn on the light")]
    text = prompt_text(segments, "functiongemma")
    assert "<bos>" + text == tokens.spell(segments)
    assert text.startswith("<start_of_turn>developer\n")
    assert text.endswith("<end_of_turn>\n<start_of_turn>model\n")


def test_other_vocabulary_has_other_names_for_the_same_tokens() -> None:
    segments = [tokens.BOS, "call", tokens.ESCAPE, "x", tokens.ESCAPE, tokens.END_OF_TURN]
    assert prompt_text(segments, "gemma") == "call<unused46>x<unused46><end_of_turn>"


@pytest.mark.parametrize("spelling", ["functiongemma", "gemma"])
@pytest.mark.parametrize(
    "marker", ["<end_of_turn>", "<escape>", "<unused46>", "<bos>", "<start_function_call>"]
)
def test_nobody_breaks_out_of_a_name_a_sentence_or_instructions(spelling: str, marker: str) -> None:
    assert spelling in ("functiongemma", "gemma")
    plain = Home((Entity("light.x", "Lamp", "Room"),), (Area("Room"),))
    nasty = Home((Entity("light.x", f"Lamp{marker}", f"Room{marker}"),), (Area(f"Room{marker}"),))
    counts = []
    for home, extra in ((plain, ""), (nasty, marker)):
        static = build_static(home, functions_for(home), text=f"Be brief{extra}")
        segments = [*static.segments, *static.turn(f"Light on{extra}")]
        text = prompt_text(segments, "gemma" if spelling == "gemma" else "functiongemma")
        counts.append([text.count(spelled) for spelled in tokens.SPECIAL_SPELLINGS])
    assert counts[0] == counts[1]


# -- the answer ----------------------------------------------------------------------------------


ON = call("light.turn_on", area="Kitchen")
OFF = call("light.turn_off", name="Lamp, left")


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        (render_calls([ON]), [ON]),
        (render_calls([ON, OFF]) + "<start_function_response>", [ON, OFF]),
        (render_calls([ON]) + "<start_function_response>" + render_calls([OFF]), [ON]),
        (render_calls([ON]) + "<unused44>" + render_calls([OFF]), [ON]),
        (render_calls([ON]) + "<end_of_turn>\n<start_of_turn>user\nmore", [ON]),
        # Control tokens that a server does not print.
        ("call:light.turn_on{area:Kitchen}", [ON]),
        ("<unused42>call:light.turn_on{area:<unused46>Kitchen<unused46>}<unused43>", [ON]),
        # What was said already, or after words, is what a model says that was not stopped.
        (render_calls([ON, ON, OFF]), [ON]),
        (render_calls([ON]) + "Sure!" + render_calls([OFF]), [ON]),
        ("I will do that. " + render_calls([ON]), []),
        ("Hello, how can I help?", []),
        ("", []),
        # Cut off: nobody knows what the second one was going to be.
        (render_calls([ON]) + "<start_function_call>call:light.turn_off{name:<escape>La", []),
        ("<start_function_call>call:light.turn_on{area:", []),
    ],
)
def test_answer_is_read_to_where_it_ends(text: str, calls: list[FunctionCall]) -> None:
    assert list(read_calls(text)) == calls


@pytest.mark.parametrize(
    "calls",
    [
        [ON],
        [OFF],
        [ON, OFF],
        [call("light.turn_on", area="here", brightness_pct=40)],
        [call("light.turn_on", area="Kitchen", brightness_pct=40.0)],
        [call("light.turn_on", floor="Downstairs", color_name="red")],
        [call("climate.set_temperature", area="all", temperature=21.5)],
        [call("climate.adjust_temperature", area="Bedroom", change=-2)],
        [call("timer.start", minutes=10)],
        [call("todo.add_item", item="two litres of oat milk", name="Shopping")],
    ],
)
def test_what_a_model_here_could_say_is_allowed(
    checker: Checker, calls: list[FunctionCall]
) -> None:
    assert checker.allows(calls)


@pytest.mark.parametrize(
    "calls",
    [
        [],
        [ON] * 5,
        [call("light.explode", area="Kitchen")],
        [call("light.turn_on")],
        [call("light.turn_on", area="Attic")],
        [call("light.turn_on", name="Heater")],
        [call("light.turn_on", area="Kitchen", brightness_pct=140)],
        [call("light.turn_on", area="Kitchen", brightness_pct="40")],
        [call("light.turn_on", area="Kitchen", entity_id="lock.front")],
        [call("light.turn_on", area=["Kitchen"])],
        [call("light.turn_on", area=None)],
        [call("lock.unlock", area="all")],
        [call("todo.add_item", item="milk\nand eggs", name="Shopping")],
        [ON, call("light.turn_on", area="Attic")],
    ],
)
def test_what_no_model_here_could_say_is_not(checker: Checker, calls: list[FunctionCall]) -> None:
    assert not checker.allows(calls)


def test_tools_of_other_apis_are_checked_by_their_own_schema() -> None:
    tool = Function("weather.ask", "Ask", (Parameter("days", "INTEGER", maximum=7),))
    checker = Checker(HOME, [tool])
    assert checker.allows([call("weather.ask", days=3)])
    assert checker.allows([call("weather.ask")])
    assert not checker.allows([call("weather.ask", days=8)])
    assert not checker.allows([ON])


def test_every_function_of_the_catalogue_can_be_checked() -> None:
    for function in FUNCTIONS:
        assert not Checker(HOME, [function]).allows([call(function.name, nonsense="x")])


def test_confidence_is_what_the_server_says_of_its_tokens(checker: Checker) -> None:
    reply = Reply(render_calls([ON]), (math.log(0.9), math.log(0.8)), 120, 5.0)
    found = decoded(reply, checker)
    assert found.best is not None
    assert found.best.calls == (ON,)
    assert found.confidence == pytest.approx(0.72)
    assert found.no_call == pytest.approx(0.1)
    assert (found.prompt_tokens, found.timings) == (120, {"request": 5.0})


def test_server_that_does_not_tell_counts_as_sure(checker: Checker) -> None:
    found = decoded(Reply(render_calls([ON])), checker)
    assert (found.confidence, found.mass, found.no_call) == (1.0, 1.0, 0.0)


def test_impossible_call_is_no_call(checker: Checker) -> None:
    reply = Reply(render_calls([call("lock.unlock", area="all")]), (math.log(0.5),))
    found = decoded(reply, checker)
    assert found.best is not None
    assert found.best.calls == ()
    assert found.confidence == 1.0


def test_words_are_passed_on_where_words_were_asked_for(checker: Checker) -> None:
    reply = Reply("It is warm inside.<end_of_turn>\n")
    assert decoded(reply, checker, speaks=True).text == "It is warm inside."
    assert decoded(reply, checker).text is None
    assert decoded(Reply(render_calls([ON])), checker, speaks=True).text is None
