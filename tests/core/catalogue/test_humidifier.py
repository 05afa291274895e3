"""Humidifiers: on, off, humidity in per cent, modes the device has."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.home import Entity

from .calls import asks_which, needs, parameter, service


@pytest.mark.parametrize("name", ["humidifier.turn_on", "humidifier.turn_off"])
def test_it_is_the_action_of_its_name(name: str) -> None:
    assert service(name) == (name, {})
    assert needs(name, None)
    assert not asks_which(name)


def test_humidity_is_in_per_cent() -> None:
    name = "humidifier.set_humidity"
    assert service(name, humidity=45) == (name, {"humidity": 45})
    found = parameter(name, "humidity")
    assert (found.minimum, found.maximum, found.step, found.required) == (0, 100, 1, True)
    assert needs(name, None)


def test_modes_are_those_of_the_device() -> None:
    name = "humidifier.set_mode"
    assert service(name, mode="eco") == (name, {"mode": "eco"})
    device = Entity("humidifier.a", "A", options={"available_modes": ("silent", "baby")})
    assert parameter(name, "mode").choices((device,)) == ("silent", "baby")
    assert needs(name, "mode")
