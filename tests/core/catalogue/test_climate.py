"""Climate: target temperature, some degrees more or less, modes the device has."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.home import Entity

from .calls import asks_which, needs, parameter, service


@pytest.mark.parametrize("name", ["climate.turn_on", "climate.turn_off"])
def test_it_is_the_action_of_its_name(name: str) -> None:
    assert service(name) == (name, {})
    assert needs(name, name.partition(".")[2])
    assert not asks_which(name)


def test_temperature_comes_in_halves_of_any_unit() -> None:
    name = "climate.set_temperature"
    assert service(name, temperature=21.5) == (name, {"temperature": 21.5})
    found = parameter(name, "temperature")
    assert found.step == 0.5
    assert found.minimum <= 5
    assert found.maximum >= 90  # Fahrenheit
    assert needs(name, "temperature")


def test_some_degrees_more_is_the_agents_own() -> None:
    """Home Assistant has no action for it, so none must be called by that name."""
    name = "climate.adjust_temperature"
    assert BY_NAME[name].local
    assert service(name, change=-2) == (name, {"change": -2})
    found = parameter(name, "change")
    assert found.minimum == -found.maximum
    assert needs(name, "temperature")


@pytest.mark.parametrize(
    ("name", "value", "option", "feature"),
    [
        ("climate.set_hvac_mode", "hvac_mode", "hvac_modes", None),
        ("climate.set_fan_mode", "fan_mode", "fan_modes", "fan_mode"),
        ("climate.set_preset_mode", "preset_mode", "preset_modes", "preset_mode"),
    ],
)
def test_modes_are_those_of_the_device(
    name: str, value: str, option: str, feature: str | None
) -> None:
    assert service(name, **{value: "x"}) == (name, {value: "x"})
    found = parameter(name, value)
    assert found.required
    device = Entity("climate.a", "A", options={option: ("silent", "turbo")})
    assert found.choices((device,)) == ("silent", "turbo")
    assert len(found.choices(())) > 3
    assert needs(name, feature)
