"""One command for several things, with a call for each that is meant and for no other."""

from __future__ import annotations

from typing import Any

import pytest

from custom_components.functiongemma.core.constraint.states import MAX_CALLS
from tests.training.dataset.saying import DEVICES, LEXICON, device, everything, group
from training.dataset.homes import Device
from training.dataset.lexicon import Lexicon
from training.dataset.phrases import PhraseGroup

pytestmark = pytest.mark.usefixtures("clearly")

_MORE = {
    "except": {"after": ["except {name}"], "before": ["sparing {name}:"]},
    "both": {"light": ["both lights"], "cover.blind": ["both blinds"]},
    "items": ["milk", "eggs", "bread", "salt"],
}
_WORDY = Lexicon("en", {**LEXICON.data, **_MORE})
_LAMPS = [
    device("light.a", "Spots", "Kitchen", "light"),
    device("light.b", "Ceiling", "Kitchen", "light"),
    device("light.c", "Sconce", "Hall", "light"),
]


def of(
    source: str, *groups: PhraseGroup, devices: list[Device] = DEVICES, lexicon: Lexicon = _WORDY
) -> dict[str, list[dict[str, Any]]]:
    """What is said of one sort, and its calls."""
    found = everything(*groups, devices=devices, lexicon=lexicon)
    return {one.text.lower().strip("."): one.calls for one in found if one.source == source}


def names(calls: list[dict[str, Any]]) -> list[str]:
    return [str(call["arguments"]["name"]).lower() for call in calls]


def test_all_but_one_device_are_called_and_never_that_one() -> None:
    found = of("spared", group("light.turn_off", "all", "all {nouns} off"), devices=_LAMPS)
    assert {"all lights off except spots", "sparing sconce: all lights off"} <= found.keys()
    for text, calls in found.items():
        assert names(calls) == [n for n in ("spots", "ceiling", "sconce") if n not in text]


def test_what_is_spared_leaves_no_more_calls_than_an_answer_may_have() -> None:
    many = [device(f"light.{i}", f"Lamp {chr(97 + i)}", "Hall", "light") for i in range(12)]
    line = group("light.turn_off", "area", "{area} {nouns} off")
    assert not of("spared", line, devices=many)
    few = of("spared", line, devices=many[: MAX_CALLS + 1])
    assert {len(calls) for calls in few.values()} <= {MAX_CALLS - 1, MAX_CALLS}


def test_nothing_is_spared_of_what_does_not_say_a_noun() -> None:
    """ "It's too dark except the lamp" is no sentence."""
    assert not of("spared", group("light.turn_on", "all", "too dark"), devices=_LAMPS)


def test_both_of_a_kind_are_called_where_there_are_two() -> None:
    found = of("pair", group("cover.close_cover", "name", "shut {name}"))
    assert {text: names(calls) for text, calls in found.items()} == {
        "shut both blinds": ["blind", "shade"]
    }


def test_both_is_not_said_of_three() -> None:
    assert not of("pair", group("light.turn_on", "name", "light {name}"), devices=_LAMPS)


def test_each_item_that_is_said_is_put_on_the_list() -> None:
    found = of("items", PUT, devices=[device("todo.x", "Shopping", None, "todo")])
    assert any(len(calls) == 3 for calls in found.values())
    for text, calls in found.items():
        items = [call["arguments"]["item"] for call in calls]
        commas = ", ".join(items[:-1])
        assert text == f"put {commas} and {items[-1]} on shopping"
        assert {call["arguments"]["name"] for call in calls} == {"Shopping"}


PUT = group("todo.add_item", "name", "put {item} on {name}", item="item")


def test_a_colour_and_a_brightness_are_one_call() -> None:
    found = of("coloured", group("light.turn_on", "name", "{name} red", color_name="red"),
               devices=_LAMPS)  # fmt: skip
    assert found
    for text, (call,) in found.items():
        assert text.endswith(f" {call['arguments']['brightness_pct']}")
        assert call["arguments"]["color_name"] == "red"


def test_a_language_without_these_words_says_everything_else() -> None:
    spare = Lexicon("en", {k: v for k, v in LEXICON.data.items() if k not in _MORE})
    said = everything(group("light.turn_on", "all", "{nouns} on"), devices=_LAMPS, lexicon=spare)
    assert {one.source for one in said}.isdisjoint({"spared", "pair"})
    assert said
