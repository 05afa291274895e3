"""Switches: on, off, toggle."""

from __future__ import annotations

import pytest

from .calls import asks_which, needs, service

names = pytest.mark.parametrize("name", ["switch.turn_on", "switch.turn_off", "switch.toggle"])


@names
def test_it_is_the_action_of_its_name(name: str) -> None:
    assert service(name) == (name, {})


@names
def test_any_switches_are_a_target(name: str) -> None:
    assert not asks_which(name)
    assert needs(name, None)
