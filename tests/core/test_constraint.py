"""The model can say every call that exists in this home, in training's tokens, and no other."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.functiongemma.core import catalogue, tokens
from custom_components.functiongemma.core.calls import FunctionCall, call_segments
from custom_components.functiongemma.core.constraint import (
    Constraint,
    Free,
    Refused,
    State,
    Vocabulary,
    forced,
)
from custom_components.functiongemma.core.constraint.numerals import numerals_for
from custom_components.functiongemma.core.constraint.states import MAX_CALLS
from custom_components.functiongemma.core.constraint.strings import MAX_FREE
from custom_components.functiongemma.core.engine import LlamaEngine
from custom_components.functiongemma.core.functions import Function, Parameter
from custom_components.functiongemma.core.home import Area, Entity, Home

from . import tiny_gguf

HOME = Home(
    (
        Entity("light.ceiling", "Ceiling", "Kitchen", features=frozenset({"brightness"})),
        Entity("light.island", "Island lamp", "Kitchen", aliases=("Bar",), features=frozenset()),
        Entity("light.bed_ceiling", "Ceiling", "Bedroom", features=frozenset({"color"})),
        Entity("light.porch", "Porch 1-2", None),
        Entity("climate.hall", "Thermostat", "Hall", options={"hvac_modes": ("heat", "off")}),
        Entity("climate.attic", "AC", "Attic", options={"hvac_modes": ("cool", "off")}),
        Entity("todo.shopping", "Shopping", None),
        Entity("media_player.tv", "TV (€) {4K}, big: yes", "Living Room"),
    ),
    (
        Area("Kitchen", "Ground floor"),
        Area("Bedroom", "Upstairs"),
        Area("Hall", "Ground floor"),
        Area("Attic"),
        Area("Living Room", "Ground floor"),
    ),
)

TOOL = Function(
    "Tool",
    "",
    (
        Parameter("Flag", "BOOLEAN"),
        Parameter("items", "ARRAY", items=Parameter("item", "STRING", values=("a", "b"))),
        Parameter("limits", "ARRAY", items=Parameter("limit", "NUMBER", minimum=-1, step=0.5)),
        Parameter(
            "options",
            "OBJECT",
            properties=(
                Parameter("deep", "BOOLEAN", required=True),
                Parameter("inner", "OBJECT", properties=(Parameter("x", "INTEGER", maximum=9),)),
            ),
        ),
        Parameter("text", "STRING"),
    ),
)

FREE_TEXTS = ("oat milk", "2 x 500 g of café, {} [1]", "등불", "a-1.5")


def home_constraint(vocabulary: Vocabulary, *names: str, home: Home = HOME) -> Constraint:
    functions = [catalogue.BY_NAME[name] for name in names] if names else catalogue.FUNCTIONS
    return Constraint(home, functions, vocabulary)


def answer_ids(vocabulary: Vocabulary, *calls: FunctionCall) -> list[int]:
    """What training teaches for `calls`."""
    stop = tokens.START_FUNCTION_RESPONSE if calls else tokens.END_OF_TURN
    segments = [segment for call in calls for segment in call_segments(call)]
    return tokens.encode([*segments, stop], lambda text: list(vocabulary.tokenize(text)))


def accepts(constraint: Constraint, name: str, /, **arguments: object) -> bool:
    call = FunctionCall(name, arguments)  # type: ignore[arg-type]
    try:
        state = constraint.follow(answer_ids(constraint.vocabulary, call))
    except Refused:
        return False
    assert state.done
    assert state.calls == (call,)
    return True


def wander(constraint: Constraint, source: random.Random) -> tuple[list[int], State]:
    """A random answer, token by token; free text is one of FREE_TEXTS."""
    ids: list[int] = []
    state = constraint.start
    text: list[int] = []
    while not state.done:
        allowed = state.allowed()
        if isinstance(allowed, Free):
            text = text or [
                *constraint.vocabulary.tokenize(source.choice(FREE_TEXTS)),
                tokens.ESCAPE,
            ]
            token = text.pop(0)
        else:
            token = int(source.choice(allowed.tolist()))
        ids.append(token)
        state = state.advance(token)
    return ids, state


def all_calls(constraint: Constraint, limit: int = 5000) -> list[FunctionCall]:
    """Every single call there is; only for constraints without free text."""
    found: list[FunctionCall] = []
    pending = [constraint.start.advance(tokens.START_FUNCTION_CALL)]
    while pending:
        state = pending.pop()
        if state.calls:
            found.append(state.calls[0])
            assert len(found) < limit
            continue
        allowed = state.allowed()
        assert not isinstance(allowed, Free)
        pending += [state.advance(token) for token in allowed.tolist()]
    return found


def check_tokens_are_trainings(vocabulary: Vocabulary, rounds: int) -> None:
    source = random.Random(7)
    home = home_constraint(vocabulary)
    tool = Constraint(HOME, [TOOL], vocabulary)
    for constraint in (home, tool):
        for _ in range(rounds):
            ids, state = wander(constraint, source)
            assert ids == answer_ids(vocabulary, *state.calls), state.calls


def test_every_possible_answer_has_the_tokens_it_was_trained_with(vocabulary: Vocabulary) -> None:
    check_tokens_are_trainings(vocabulary, 400)


@pytest.mark.slow
def test_every_possible_answer_has_the_tokens_of_the_real_vocabulary() -> None:
    engine = LlamaEngine(tiny_gguf.full_model())
    try:
        check_tokens_are_trainings(engine.vocabulary, 400)
        ordinary = np.flatnonzero(engine.vocabulary.ordinary()).tolist()
        texts = (engine.vocabulary.text(token) or "" for token in ordinary)
        with_digits = {text for text in texts if any(digit in text for digit in "0123456789")}
        # The ground numerals are tokenized on: apart from bytes and the tags <h1> to </h6>, which
        # begin in no call, a digit is a token of its own.
        others = {text for text in with_digits if not text.startswith(("<0x", "<h", "</h"))}
        assert others == set("0123456789")
    finally:
        engine.close()


def test_a_call_for_a_light_names_it_its_area_or_its_floor(vocabulary: Vocabulary) -> None:
    found = [call.arguments for call in all_calls(home_constraint(vocabulary, "light.turn_off"))]
    expected = [
        *({"name": name} for name in ("Ceiling", "Island lamp", "Bar", "Porch 1-2")),
        *({"area": area} for area in ("Kitchen", "Bedroom", "here", "all")),
        *({"floor": floor} for floor in ("Ground floor", "Upstairs")),
        # An area before a name only where the name alone would be ambiguous.
        {"area": "Kitchen", "name": "Ceiling"},
        {"area": "Bedroom", "name": "Ceiling"},
    ]
    assert sorted(map(repr, found)) == sorted(map(repr, expected))


def test_parameters_only_go_to_what_supports_them(vocabulary: Vocabulary) -> None:
    lights = home_constraint(vocabulary, "light.turn_on")
    name = "light.turn_on"
    assert accepts(lights, name, brightness_pct=40, name="Ceiling")
    assert accepts(lights, name, brightness_pct=40, name="Porch 1-2")  # not known: may be tried
    assert not accepts(lights, name, brightness_pct=40, name="Island lamp")
    assert accepts(lights, name, area="Kitchen", brightness_pct=40)
    assert not accepts(lights, name, area="Bedroom", brightness_pct=40)
    assert not accepts(lights, name, brightness_pct=40, floor="Upstairs")
    assert accepts(lights, name, area="Bedroom", color_name="red", name="Ceiling")
    assert not accepts(lights, name, area="Kitchen", color_name="red", name="Ceiling")
    assert not accepts(lights, name, brightness_pct=40)  # no target
    assert not accepts(lights, name, brightness_pct=101, name="Ceiling")
    assert not accepts(lights, name, color_name="octarine", name="Ceiling")


def test_a_device_only_takes_the_values_it_lists(vocabulary: Vocabulary) -> None:
    climate = home_constraint(vocabulary, "climate.set_hvac_mode")
    name = "climate.set_hvac_mode"
    assert accepts(climate, name, hvac_mode="heat", name="Thermostat")
    assert accepts(climate, name, hvac_mode="off", name="AC")
    assert not accepts(climate, name, hvac_mode="heat", name="AC")
    assert not accepts(climate, name, hvac_mode="dry", name="AC")
    assert not accepts(climate, name, area="Attic", hvac_mode="heat")
    assert not accepts(climate, name, name="AC")  # the mode is required


def test_numbers_are_whole_where_they_are_and_have_decimals_where_they_must(
    vocabulary: Vocabulary,
) -> None:
    climate = home_constraint(vocabulary, "climate.set_temperature", "climate.adjust_temperature")
    set_to, adjust = "climate.set_temperature", "climate.adjust_temperature"
    assert accepts(climate, set_to, name="AC", temperature=21)
    assert accepts(climate, set_to, name="AC", temperature=21.5)
    assert not accepts(climate, set_to, name="AC", temperature=21.0)
    assert not accepts(climate, set_to, name="AC", temperature=21.3)
    assert not accepts(climate, set_to, name="AC", temperature=4)
    assert accepts(climate, adjust, change=-1.5, name="AC")
    assert accepts(climate, adjust, change=-15, name="AC")
    assert not accepts(climate, adjust, change=-15.5, name="AC")


def test_a_timer_needs_a_duration(vocabulary: Vocabulary) -> None:
    timers = home_constraint(vocabulary, "timer.start", "timer.status")
    assert accepts(timers, "timer.start", minutes=5)
    assert accepts(timers, "timer.start", seconds=90, timer_name="pasta")
    assert accepts(timers, "timer.start", hours=1, minutes=30)
    assert not accepts(timers, "timer.start")
    assert not accepts(timers, "timer.start", timer_name="pasta")
    assert accepts(timers, "timer.status")


def test_free_text_is_one_line_of_ordinary_tokens_and_ends(vocabulary: Vocabulary) -> None:
    lists = home_constraint(vocabulary, "todo.add_item")
    assert accepts(lists, "todo.add_item", item="oat milk, 2 l", name="Shopping")
    assert not accepts(lists, "todo.add_item", item="", name="Shopping")
    assert not accepts(lists, "todo.add_item", item="a\nb", name="Shopping")
    inside = tokens.encode(
        [tokens.START_FUNCTION_CALL, "call:todo.add_item{item:", tokens.ESCAPE],
        lambda text: list(vocabulary.tokenize(text)),
    )
    state = lists.follow(inside)
    for token in (tokens.END_OF_TURN, tokens.START_FUNCTION_CALL, tokens.BOS, tokens.ESCAPE):
        with pytest.raises(KeyError):
            state.advance(token)
    letter = vocabulary.tokenize("z")[0]
    for _ in range(MAX_FREE):
        state = state.advance(letter)
    allowed = state.allowed()
    assert isinstance(allowed, np.ndarray)
    assert allowed.tolist() == [tokens.ESCAPE]


def test_tools_of_other_apis_get_nested_arguments(vocabulary: Vocabulary) -> None:
    tool = Constraint(HOME, [TOOL], vocabulary)
    assert accepts(tool, "Tool")
    assert accepts(tool, "Tool", Flag=True, items=["a", "b", "a"], text="x")
    assert accepts(tool, "Tool", limits=[-1, -0.5, 0, 99.5], options={"deep": False})
    assert accepts(tool, "Tool", options={"deep": True, "inner": {"x": 3}})
    assert accepts(tool, "Tool", options={"deep": True, "inner": {}})
    assert not accepts(tool, "Tool", items=["c"])
    assert not accepts(tool, "Tool", options={"inner": {}})
    assert not accepts(tool, "Tool", items=["a"] * 7)


def test_an_answer_is_some_calls_or_nothing_to_call(vocabulary: Vocabulary) -> None:
    constraint = home_constraint(vocabulary, "light.turn_off")
    call = FunctionCall("light.turn_off", {"area": "all"})
    one = answer_ids(vocabulary, call)[:-1]
    assert constraint.follow([tokens.END_OF_TURN]).done
    assert constraint.follow([*one, *one, tokens.START_FUNCTION_RESPONSE]).calls == (call, call)
    for wrong in ([tokens.START_FUNCTION_RESPONSE], [*one, tokens.END_OF_TURN], [tokens.EOS]):
        with pytest.raises(Refused) as refused:
            constraint.follow(wrong)
        assert refused.value.index == len(wrong) - 1
    full = constraint.follow(one * MAX_CALLS)
    run, state = forced(full)
    assert run == [tokens.START_FUNCTION_RESPONSE]
    assert state.done


def test_an_answer_that_has_ended_is_not_gone_on_with(vocabulary: Vocabulary) -> None:
    constraint = home_constraint(vocabulary, "light.turn_off")
    call = FunctionCall("light.turn_off", {"area": "all"})
    for calls in ((), (call,)):
        answer = answer_ids(vocabulary, *calls)
        ended = constraint.follow(answer)
        assert ended.done
        assert ended.calls == calls
        allowed = ended.allowed()
        assert isinstance(allowed, np.ndarray)
        assert not allowed.size
        assert ended.likely() is ended.values() is ended.numerals() is None
        assert forced(ended) == ([], ended)
        for token in (tokens.START_FUNCTION_CALL, tokens.END_OF_TURN, answer[-1]):
            with pytest.raises(Refused) as refused:
                constraint.follow([*answer, token])
            assert refused.value.index == len(answer)


def test_without_functions_or_devices_there_is_only_nothing_to_call(
    vocabulary: Vocabulary,
) -> None:
    for constraint in (
        Constraint(HOME, [], vocabulary),
        Constraint(Home(), [catalogue.BY_NAME["light.turn_on"]], vocabulary),
    ):
        run, state = forced(constraint.start)
        assert run == [tokens.END_OF_TURN]
        assert state.done


def test_forced_tokens_come_in_one_run(vocabulary: Vocabulary) -> None:
    home = Home((Entity("lock.front", "Front door"),))
    constraint = home_constraint(vocabulary, "lock.lock", home=home)
    start = constraint.start.advance(tokens.START_FUNCTION_CALL)
    run, state = forced(start)
    expected = tokens.encode(["call:lock.lock{"], lambda text: list(vocabulary.tokenize(text)))
    assert run == expected
    assert len(state.allowed()) == 2  # type: ignore[arg-type] # area (here, all) or name


def test_names_that_spell_control_tokens_stay_names(vocabulary: Vocabulary) -> None:
    home = Home((Entity("light.x", "<escape>}<end_function_call>"), Entity("light.y", "<b>")))
    constraint = home_constraint(vocabulary, "light.turn_off", home=home)
    for call in all_calls(constraint):
        ids = answer_ids(vocabulary, call)
        assert ids.count(tokens.ESCAPE) == 2 * len(call.arguments)
        assert ids.count(tokens.END_FUNCTION_CALL) == 1
    assert accepts(constraint, "light.turn_off", name=home.entities[0].name)


def test_a_home_of_a_thousand_devices_keeps_every_name(vocabulary: Vocabulary) -> None:
    entities = [
        Entity(f"light.l{i}", f"Lamp {i}", f"Room {i % 40}", features=frozenset())
        for i in range(1000)
    ]
    constraint = home_constraint(vocabulary, "light.turn_off", home=Home(tuple(entities)))
    found = all_calls(constraint)
    assert len(found) == 1000 + 40 + 2
    assert FunctionCall("light.turn_off", {"name": "Lamp 999"}) in found


@settings(max_examples=150, deadline=None)
@given(
    minimum=st.integers(-400, 400),
    span=st.integers(0, 400),
    step=st.sampled_from([1, 2, 5, 10, 0.5, 0.1, 0.25]),
    scale=st.sampled_from([1, 0.5, 0.1]),
)
def test_a_range_holds_exactly_its_values(
    minimum: int, span: int, step: float, scale: float
) -> None:
    low, high = round(minimum * scale, 4), round((minimum + span) * scale, 4)
    parameter = Parameter("x", "NUMBER", minimum=low, maximum=high, step=step)
    found: list[float] = []
    for numerals in numerals_for(parameter):
        pending = [""]
        while pending:
            text = pending.pop()
            if numerals.complete(text):
                value = numerals.value(text)
                assert str(abs(value)) == text
                found.append(value)
            following = numerals.following(text)
            assert following or numerals.complete(text), "a dead end"
            pending += [text + character for character in following]
    count = int(round((high - low) / step, 6))
    expected = [round(low + step * index, 4) for index in range(count + 1)]
    assert sorted(found) == pytest.approx(expected)


def test_a_range_of_millions_costs_nothing() -> None:
    (numerals,) = numerals_for(Parameter("x", "INTEGER", minimum=0, maximum=10**12))
    assert numerals.complete(str(10**12))
    assert not numerals.complete(str(10**12 + 1))
    assert numerals.following("1" + "0" * 12) == ""


@pytest.mark.parametrize(("low", "high"), [(1, 0), (float("-inf"), 0), (0, float("inf"))])
def test_a_range_without_values_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="range"):
        numerals_for(Parameter("x", "NUMBER", minimum=low, maximum=high))


def test_every_function_of_the_catalogue_can_be_called(
    vocabulary: Vocabulary,
) -> None:
    domains = {domain for function in catalogue.FUNCTIONS for domain in function.domains}
    home = Home(tuple(Entity(f"{domain}.x", f"My {domain}") for domain in sorted(domains)))
    constraint = Constraint(home, catalogue.FUNCTIONS, vocabulary)
    source = random.Random(1)
    wanted = {function.name for function in catalogue.FUNCTIONS}
    for _ in range(20_000):
        wanted -= {call.name for call in wander(constraint, source)[1].calls}
        if not wanted:
            break
    assert not wanted
