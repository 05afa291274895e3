"""Fans: speed in per cent, faster, slower, oscillation as true or false."""

from __future__ import annotations

import pytest

from .calls import asks_which, needs, parameter, service


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("fan.turn_on", None),
        ("fan.turn_off", None),
        ("fan.toggle", None),
        ("fan.increase_speed", "speed"),
        ("fan.decrease_speed", "speed"),
    ],
)
def test_it_is_the_action_of_its_name(name: str, feature: str | None) -> None:
    assert service(name) == (name, {})
    assert needs(name, feature)
    assert not asks_which(name)


def test_speed_is_in_per_cent() -> None:
    assert service("fan.set_percentage", percentage=30) == (
        "fan.set_percentage",
        {"percentage": 30},
    )
    assert parameter("fan.set_percentage", "percentage").required
    assert needs("fan.set_percentage", "speed")


@pytest.mark.parametrize(("said", "sent"), [("on", True), ("off", False)])
def test_oscillation_becomes_true_or_false(said: str, sent: bool) -> None:
    assert service("fan.oscillate", oscillating=said) == ("fan.oscillate", {"oscillating": sent})
    assert needs("fan.oscillate", "oscillate")


def test_direction_is_one_of_two() -> None:
    assert parameter("fan.set_direction", "direction").values == ("forward", "reverse")
    assert service("fan.set_direction", direction="reverse") == (
        "fan.set_direction",
        {"direction": "reverse"},
    )
    assert needs("fan.set_direction", "direction")
