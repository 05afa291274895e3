"""Whatever the model answers, what was right in it is found and what was wrong is said."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.calls import FunctionCall, Value, render_calls
from custom_components.functiongemma.core.errors import FormatError
from custom_components.functiongemma.core.parser import (
    MAX_DEPTH,
    ParseResult,
    Text,
    parse,
    parse_strict,
)

START, END, ESC = "<start_function_call>", "<end_function_call>", "<escape>"


def one(body: str) -> ParseResult:
    """Parse one call to `f` with the arguments `body`."""
    return parse(f"{START}call:f{body}{END}")


def typed(value: Any) -> Any:
    """A value in which True differs from 1 and from 1.0."""
    if isinstance(value, dict):
        return {key: typed(element) for key, element in value.items()}
    if isinstance(value, list):
        return [typed(element) for element in value]
    return type(value).__name__, value


STRINGS = st.text().filter(lambda text: tokens.defuse(text) == text)
NAMES = st.text(
    st.characters(exclude_characters="{}[],:<>", exclude_categories=("C", "Z")), min_size=1
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.one_of(
        STRINGS,
        st.booleans(),
        st.none(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(STRINGS, inner, max_size=4)
    ),
    max_leaves=12,
)
CALLS = st.builds(FunctionCall, NAMES, st.dictionaries(STRINGS, VALUES, max_size=5))
GARBAGE = st.lists(
    st.one_of(
        st.sampled_from(
            [*tokens.SPECIAL_SPELLINGS, *"{}[],: \n\"'-.0159e<>", "call:", "true", "x"]
        ),
        st.text(max_size=4),
    ),
    max_size=60,
).map("".join)


@given(st.lists(CALLS, max_size=4))
def test_what_is_written_is_read_back(calls: list[FunctionCall]) -> None:
    result = parse(render_calls(calls))
    assert result.errors == []
    assert result.texts == []
    assert result.calls == calls
    assert typed([call.arguments for call in result.calls]) == typed([c.arguments for c in calls])


@given(st.lists(CALLS, min_size=1, max_size=3), GARBAGE)
def test_what_follows_does_not_cost_a_call_that_was_fine(
    calls: list[FunctionCall], garbage: str
) -> None:
    result = parse(render_calls(calls) + garbage)
    assert result.calls[: len(calls)] == calls
    assert result.sound_calls[: len(calls)] == calls


@given(GARBAGE)
def test_garbage_never_raises(text: str) -> None:
    result = parse(text)
    for error in result.errors:
        assert 0 <= error.position <= len(text)
        assert error.damages is None or error.damages < len(result.calls)
    for words in result.texts:
        assert text.startswith(words.text, words.position)


@given(CALLS, st.data())
def test_a_call_that_is_cut_off_is_not_sound(call: FunctionCall, data: st.DataObject) -> None:
    whole = render_calls([call])
    cut = whole[: data.draw(st.integers(len(START), len(whole) - len(END) - 1))]
    result = parse(cut)
    assert result.sound_calls == []
    assert result.errors
    # Nothing is made up: a top-level string, number or word that was kept is the one written.
    for read in result.calls:
        for key, value in read.arguments.items():
            if not isinstance(value, dict | list):
                assert typed(call.arguments[key]) == typed(value)


@pytest.mark.parametrize(
    ("body", "arguments"),
    [
        ("", {}),
        ("{}", {}),
        ("{n:40}", {"n": 40}),
        ("{n:-2.5,m:1e3,o:-0.5E-2}", {"n": -2.5, "m": 1e3, "o": -0.005}),
        ("{n:+2,m:.5,o:0}", {"n": 2, "m": 0.5, "o": 0}),
        ("{a:true,b:false,c:null,d:None}", {"a": True, "b": False, "c": None, "d": None}),
        (f"{{s:{ESC}a, }} {{b}}: [c] \"d\"\ne{ESC}}}", {"s": 'a, } {b}: [c] "d"\ne'}),
        (f"{{s:{ESC} x {ESC}}}", {"s": " x "}),
        (f"{{s:{ESC}{ESC}}}", {"s": ""}),
        (f"{{l:[1,{ESC}a{ESC},[],{{}}]}}", {"l": [1, "a", [], {}]}),
        ("{o:{a:{b:[{c:1}]}}}", {"o": {"a": {"b": [{"c": 1}]}}}),
        ("{a/b-c.d:1,ключ:2,x y:3}", {"a/b-c.d": 1, "ключ": 2, "x y": 3}),
        (f"{{{ESC}a:b{ESC}:1}}", {"a:b": 1}),
        (f" {{ a : 1 ,\n b : [ 1 , 2 ] , c : {ESC}x{ESC} }} ", {"a": 1, "b": [1, 2], "c": "x"}),
        ("{n:" + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}", None),
    ],
)  # fmt: skip
def test_every_value_of_the_format_is_read(body: str, arguments: dict[str, Value] | None) -> None:
    result = one(body)
    assert result.errors == []
    (call,) = result.calls
    assert call.name == "f"
    if arguments is not None:
        assert typed(call.arguments) == typed(arguments)


@pytest.mark.parametrize("name", ["light.turn_on", "a-b_c.d9", "x", "éclairage.allumer", "거실"])
def test_names_have_dots_dashes_and_letters(name: str) -> None:
    assert parse(f"{START}call:{name}{{}}{END}").calls == [FunctionCall(name)]
    assert parse(f"{START}call:{name}{END}").calls == [FunctionCall(name)]
    assert parse(f"{START} call : {name} {{ }} {END}").calls == [FunctionCall(name)]


def test_text_around_calls_is_kept_with_its_place() -> None:
    text = f"Sure. {START}call:a{END} and {START}call:b{END}Done.<end_of_turn>\n"
    result = parse(text)
    assert result.calls == [FunctionCall("a"), FunctionCall("b")]
    assert result.texts == [
        Text(0, "Sure. "),
        Text(text.index(" and "), " and "),
        Text(text.index("Done."), "Done."),
    ]
    assert result.text == "Sure. and Done."
    assert result.errors == []


def test_an_answer_in_words_has_no_calls() -> None:
    result = parse("I can't do that.<end_of_turn>\n")
    assert (result.calls, result.errors, result.text) == ([], [], "I can't do that.")
    assert parse("") == ParseResult()


def test_base_gemma_spellings_are_read() -> None:
    text = "<unused42>call:f{s:<unused46>x<unused46>}<unused43><unused44>"
    result = parse(text)
    assert result.calls == [FunctionCall("f", {"s": "x"})]
    assert result.errors == []


def test_calls_whose_special_tokens_were_not_printed_are_found() -> None:
    result = parse("OK call:light.turn_on{area:Living room,brightness_pct:40}call:b{} bye")
    assert result.calls == [
        FunctionCall("light.turn_on", {"area": "Living room", "brightness_pct": 40}),
        FunctionCall("b"),
    ]
    assert result.sound_calls == result.calls
    assert [error.position for error in result.errors] == [3, 27, 57]
    assert result.text == "OK bye"


@pytest.mark.parametrize("words", ["Shall I call: mom?", "recall:x{", "call:", "call:a [b]"])
def test_words_that_look_like_a_call_are_words(words: str) -> None:
    assert parse(words) == ParseResult(texts=[Text(0, words)])


@pytest.mark.parametrize(
    ("body", "arguments", "position", "message"),
    [
        (f"{{a:1,s:{ESC}Kit}}", {"a": 1}, 7, "the string is not closed"),
        ("{a:1,l:[1,2}", {"a": 1, "l": [1, 2]}, 7, "the list is not closed"),
        ("{a:1,o:{b:2}", {"a": 1, "o": {"b": 2}}, 0, "the object is not closed"),
        ("{a:1", {"a": 1}, 0, "the object is not closed"),
        ("{a:1,a:2}", {"a": 1}, 5, "'a' is given twice"),
        ("{a:1,b}", {"a": 1}, 6, "expected \":\" after 'b'"),
        ("{a:1,b:}", {"a": 1}, 7, "expected a value"),
        ("{a:1,:2,c:3}", {"a": 1, "c": 3}, 5, "expected a name"),
        ("{a:1]}", {"a": 1}, 4, 'unexpected "]"'),
        ("{a:1}}", {"a": 1}, 5, "unexpected text after the call"),
        ("{a:1} x", {"a": 1}, 6, "unexpected text after the call"),
        (f"{{a:1}}{ESC}", {"a": 1}, 5, "unexpected text after the call"),
        (f"{{a:1 {ESC}x{ESC},b:2}}", {"a": 1, "b": 2}, 5, "expected a comma"),
        ("{a:Kit b:2,c:3}", {"c": 3}, 3, "a string without <escape> that could be several"),
        ("{a:1,n:1e999}", {"a": 1}, 7, "the number is out of range"),
        ("{a:1,n:" + "9" * 5000 + ",b:2}", {"a": 1, "b": 2}, 7, "the number is out of range"),
        ("{a:1,l:" + "[" * 99 + "]" * 99 + ",b:2}", None, 38, "nested more than 32 deep"),
    ],
)  # fmt: skip
def test_damage_is_reported_where_it_is_and_costs_nothing_else(
    body: str, arguments: dict[str, Value] | None, position: int, message: str
) -> None:
    before, after = f"{START}call:before{{x:1}}{END}", f"{START}call:after{{y:2}}{END}"
    result = parse(f"{before}{START}call:f{body}{END}{after}")
    place = len(before) + len(f"{START}call:f") + position
    assert (place, message, 1) in [(e.position, e.message, e.damages) for e in result.errors]
    assert [call.name for call in result.calls] == ["before", "f", "after"]
    if arguments is not None:
        assert typed(result.calls[1].arguments) == typed(arguments)
    assert [call.name for call in result.sound_calls] == ["before", "after"]


@pytest.mark.parametrize(
    ("body", "arguments", "position", "message"),
    [
        ("{a:1,}", {"a": 1}, 4, "a comma before the end"),
        ("{l:[1,2,]}", {"l": [1, 2]}, 7, "a comma before the end"),
        ("{a:1,,b:2}", {"a": 1, "b": 2}, 5, 'unexpected ","'),
        ("{a:Living room,b:2}", {"a": "Living room", "b": 2}, 3, "a string without <escape>"),
        ("{l:[Lamp,Fan]}", {"l": ["Lamp", "Fan"]}, 4, "a string without <escape>"),
        ("{t:07:30}", {"t": "07:30"}, 3, "a string without <escape>"),
        ("{code:007}", {"code": "007"}, 6, "a string without <escape>"),
        ('{a:"x, y"}', {"a": "x, y"}, 3, "a string in quotes instead of <escape>"),
        ("{'a':1}", {"a": 1}, 1, "a name in quotes"),
        ("{a:1 b:2}", {"a": 1, "b": 2}, 5, "expected a comma"),
        (f"{{l:[{ESC}a{ESC}{ESC}b{ESC}]}}", {"l": ["a", "b"]}, 21, "expected a comma"),
    ],
)
def test_harmless_slips_are_reported_and_read(
    body: str, arguments: dict[str, Value], position: int, message: str
) -> None:
    result = one(body)
    place = len(f"{START}call:f") + position
    assert (place, message, None) in [(e.position, e.message, e.damages) for e in result.errors]
    assert result.sound_calls == [FunctionCall("f", arguments)]
    assert typed(result.calls[0].arguments) == typed(arguments)


def test_a_call_without_its_end_does_not_take_the_next_one_with_it() -> None:
    result = parse(f"{START}call:a{{x:1}}{START}call:b{{y:2}}{END}")
    assert result.sound_calls == [FunctionCall("a", {"x": 1}), FunctionCall("b", {"y": 2})]
    assert [(e.position, e.message) for e in result.errors] == [(0, "the call is not closed")]


@pytest.mark.parametrize(
    "cut", ["call:light.turn_of", "call:light.turn_off{ar", "call:f{n:4", "call:"]
)
def test_an_answer_that_stops_midway_calls_nothing(cut: str) -> None:
    result = parse(START + cut)
    assert result.sound_calls == []
    assert "the call is not closed" in [e.message for e in result.errors] or not result.calls
    assert result.errors


def test_a_call_without_call_is_read_and_reported() -> None:
    result = parse(f"{START}light.toggle{{a:1}}{END}")
    assert result.calls == [FunctionCall("light.toggle", {"a": 1})]
    assert [(e.position, e.message) for e in result.errors] == [(len(START), 'expected "call:"')]


def test_words_in_place_of_a_call_are_text() -> None:
    result = parse(f"{START}sorry{END}{START}call:b{END}")
    assert result.calls == [FunctionCall("b")]
    assert result.text == "sorry"
    assert len(result.errors) == 2


def test_a_response_the_model_made_up_is_not_its_reply() -> None:
    text = (
        f"{START}call:a{END}<start_function_response>response:a{{s:{ESC}on{ESC}}}"
        f"<end_function_response>It is on.{START}call:b{END}"
    )
    result = parse(text)
    assert result.calls == [FunctionCall("a"), FunctionCall("b")]
    assert result.text == "It is on."
    assert [e.message for e in result.errors] == ["a function response in the model's answer"]


@pytest.mark.parametrize(
    "unit",
    ["<", "{", "[", "{a:[", "{a:1,", "call:", "call:a{", 'x"', "'a ", " ", "a b:", "1 ", "9", ESC,
     f"{ESC}a{ESC},", START, f"{START}call:a{{", f"{START}call:a{{b:{ESC}", "}", "],", "<escape"],
)  # fmt: skip
def test_ten_thousand_characters_of_garbage_are_survived(unit: str) -> None:
    for prefix in ("", f"{START}call:f{{a:", f"{START}call:f{{a:["):
        text = (prefix + unit * 10_000)[:10_000]
        result = parse(text)
        assert all(0 <= error.position <= len(text) for error in result.errors)
        assert all(
            math.isfinite(value)
            for c in result.calls
            for value in c.arguments.values()
            if isinstance(value, int | float)
        )


def test_strict_reading_names_the_first_error() -> None:
    assert parse_strict(f"{START}call:a{{x:1}}{END}") == [FunctionCall("a", {"x": 1})]
    with pytest.raises(FormatError, match="given twice") as caught:
        parse_strict(f"{START}call:a{{x:1,x:2}}{END}")
    assert caught.value.position == len(START) + 11
