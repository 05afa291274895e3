"""Water heaters: on, off, temperature, operation modes the device has."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.home import Entity

from .calls import asks_which, needs, parameter, service


@pytest.mark.parametrize("name", ["water_heater.turn_on", "water_heater.turn_off"])
def test_it_is_the_action_of_its_name(name: str) -> None:
    assert service(name) == (name, {})
    assert needs(name, "on_off")
    assert not asks_which(name)


def test_temperature_comes_in_any_unit() -> None:
    name = "water_heater.set_temperature"
    assert service(name, temperature=52.5) == (name, {"temperature": 52.5})
    assert parameter(name, "temperature").maximum >= 150  # Fahrenheit
    assert needs(name, "temperature")


def test_modes_are_those_of_the_device() -> None:
    name = "water_heater.set_operation_mode"
    assert service(name, operation_mode="gas") == (name, {"operation_mode": "gas"})
    device = Entity("water_heater.a", "A", options={"operation_list": ("gas", "off")})
    assert parameter(name, "operation_mode").choices((device,)) == ("gas", "off")
    assert needs(name, "operation_mode")
