"""Buttons, toggles, numbers and choices: one at a time, of devices as of helpers."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.home import Entity

from .calls import asks_which, needs, parameter, service

ONE = [
    ("button.press", "button", {}),
    ("button.press", "input_button", {}),
    ("input_boolean.turn_on", "input_boolean", {}),
    ("input_boolean.turn_off", "input_boolean", {}),
    ("input_boolean.toggle", "input_boolean", {}),
    ("number.set_value", "number", {"value": 12.5}),
    ("number.set_value", "input_number", {"value": -3}),
    ("select.select_option", "select", {"option": "Cotton"}),
    ("select.select_option", "input_select", {"option": "Guests"}),
]


@pytest.mark.parametrize(("name", "domain", "data"), ONE)
def test_a_call_is_for_one_of_them(name: str, domain: str, data: dict[str, str | float]) -> None:
    assert service(name, domain, **data) == (name, data)
    assert asks_which(name, domain, **data)
    assert needs(name, None)


def test_switches_are_not_toggles() -> None:
    """ "Turn off all the switches" must not end the holiday mode."""
    assert not asks_which("switch.turn_off")
    assert asks_which("input_boolean.turn_off")


def test_numbers_go_below_zero_and_beyond_a_thousand() -> None:
    found = parameter("number.set_value", "value")
    assert found.minimum < 0
    assert found.maximum > 10_000
    assert found.step < 1


def test_options_are_those_of_the_entity() -> None:
    washer = Entity("select.a", "A", options={"options": ("Cotton", "Wool")})
    assert parameter("select.select_option", "option").choices((washer,)) == ("Cotton", "Wool")
    assert parameter("select.select_option", "option").choices(()) == ()
