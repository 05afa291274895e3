"""Needs that one device is there for, and talk that only mentions one."""

from __future__ import annotations

import pytest

from training.dataset.lexicon import LexiconError
from training.dataset.phrases import PhraseGroup, read_group

from .saying import DEVICES, device, everything

COFFEE = device("switch.coffee", "Coffee machine", "Kitchen", "switch.appliance")


def need(call: str, line: str, *called: str) -> PhraseGroup:
    return read_group({"call": call, "called": called, "say": {"need": [line]}})


def test_who_wants_a_coffee_gets_the_coffee_machine_turned_on() -> None:
    found = everything(
        need("switch.turn_on", "I'd love a cappuccino", "Coffee"), devices=[*DEVICES, COFFEE]
    )
    assert {one.source for one in found} == {"need"}
    calls = [{"name": "switch.turn_on", "arguments": {"name": "Coffee machine"}}]
    assert all(one.calls == calls for one in found)


def test_of_two_such_devices_none_is_guessed() -> None:
    another = device("switch.office", "Coffee maker", "Hall", "switch.appliance")
    found = everything(
        need("switch.turn_on", "I'd love a cappuccino", "Coffee"),
        devices=[*DEVICES, COFFEE, another],
    )
    assert found == []


def test_what_a_machine_draws_is_not_what_makes_coffee() -> None:
    power = device("sensor.coffee", "Coffee machine power", "Kitchen", "sensor.power")
    found = everything(
        need("switch.turn_on", "I'd love a cappuccino", "Coffee"), devices=[*DEVICES, COFFEE, power]
    )
    assert {one.source for one in found} == {"need"}


def test_a_home_without_the_device_calls_nothing() -> None:
    found = everything(need("switch.turn_on", "I'd love a cappuccino", "Coffee"))
    assert found and all(one.calls == [] and one.source == "absent" for one in found)


def test_where_there_is_another_lamp_its_absence_is_not_taught() -> None:
    assert everything(need("light.turn_on", "I want to read", "Reading lamp")) == []


def test_a_need_without_a_device_to_look_for_is_an_error_in_the_file() -> None:
    with pytest.raises(LexiconError, match="called"):
        read_group({"call": "switch.turn_on", "say": {"need": ["coffee"]}})
    with pytest.raises(LexiconError, match="called"):
        read_group({"call": "switch.turn_on", "called": ["Coffee"], "say": {"name": ["{name}"]}})


def test_talk_about_a_device_or_a_room_calls_nothing() -> None:
    lines = {"name": ["I like the {name}"], "area": ["we painted the {area}"]}
    found = everything(read_group({"call": "none", "say": lines}))
    assert {one.source for one in found} == {"chat"}
    assert all(one.calls == [] for one in found)
    assert any("painted" in one.text.casefold() for one in found)
    assert any("like" in one.text.casefold() for one in found)
