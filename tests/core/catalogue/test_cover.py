"""Covers: open, close, stop, position, slats."""

from __future__ import annotations

import pytest

from .calls import asks_which, needs, parameter, service


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("cover.open_cover", "open"),
        ("cover.close_cover", "close"),
        ("cover.stop_cover", "stop"),
        ("cover.toggle", None),
        ("cover.open_cover_tilt", "tilt"),
        ("cover.close_cover_tilt", "tilt"),
    ],
)
def test_it_is_the_action_of_its_name(name: str, feature: str | None) -> None:
    assert service(name) == (name, {})
    assert needs(name, feature)
    assert not asks_which(name)


@pytest.mark.parametrize(
    ("name", "value", "feature"),
    [
        ("cover.set_cover_position", "position", "position"),
        ("cover.set_cover_tilt_position", "tilt_position", "tilt_position"),
    ],
)
def test_positions_are_in_per_cent(name: str, value: str, feature: str) -> None:
    assert service(name, **{value: 70}) == (name, {value: 70})
    found = parameter(name, value)
    assert (found.minimum, found.maximum, found.required) == (0, 100, True)
    assert needs(name, feature)
