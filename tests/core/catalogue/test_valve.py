"""Valves: open, close, stop, position."""

from __future__ import annotations

import pytest

from .calls import asks_which, needs, parameter, service


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("valve.open_valve", "open"),
        ("valve.close_valve", "close"),
        ("valve.stop_valve", "stop"),
    ],
)
def test_it_is_the_action_of_its_name(name: str, feature: str) -> None:
    assert service(name) == (name, {})
    assert needs(name, feature)
    assert not asks_which(name)


def test_position_is_in_per_cent() -> None:
    name = "valve.set_valve_position"
    assert service(name, position=25) == (name, {"position": 25})
    assert parameter(name, "position").required
    assert needs(name, "position")
