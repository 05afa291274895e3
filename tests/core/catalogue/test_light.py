"""Lights: brightness in per cent, steps, colours and whites reach `light.turn_on`."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.calls import Value
from custom_components.functiongemma.core.catalogue.light import COLORS

from .calls import asks_which, needs, parameter, service


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"brightness_pct": 40},
        {"brightness_step_pct": -20},
        {"color_name": "turquoise"},
        {"color_temp_kelvin": 2700},
    ],
)
def test_turning_on_takes_what_home_assistant_takes(data: dict[str, Value]) -> None:
    assert service("light.turn_on", **data) == ("light.turn_on", data)


def test_off_and_toggle() -> None:
    assert service("light.turn_off") == ("light.turn_off", {})
    assert service("light.toggle") == ("light.toggle", {})


def test_all_lights_are_a_target() -> None:
    for name in ("light.turn_on", "light.turn_off", "light.toggle"):
        assert not asks_which(name)
        assert needs(name, None)


def test_ranges_are_home_assistants() -> None:
    percent = parameter("light.turn_on", "brightness_pct")
    assert (percent.minimum, percent.maximum) == (0, 100)
    step = parameter("light.turn_on", "brightness_step_pct")
    assert (step.minimum, step.maximum) == (-100, 100)
    kelvin = parameter("light.turn_on", "color_temp_kelvin")
    assert (kelvin.minimum, kelvin.maximum, kelvin.step) == (2000, 6500, 100)


def test_what_a_bulb_may_lack() -> None:
    features = {p: parameter("light.turn_on", p).feature for p in (
        "brightness_pct", "brightness_step_pct", "color_name", "color_temp_kelvin"
    )}  # fmt: skip
    assert features == {
        "brightness_pct": "brightness",
        "brightness_step_pct": "brightness",
        "color_name": "color",
        "color_temp_kelvin": "color_temp",
    }


def test_colours_are_those_home_assistant_knows() -> None:
    assert len(set(COLORS)) == len(COLORS)
    color = pytest.importorskip("homeassistant.util.color", reason="needs Home Assistant")
    for name in COLORS:
        color.color_name_to_rgb(name)
