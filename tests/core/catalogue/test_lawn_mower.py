"""Lawn mowers: out, wait, home."""

from __future__ import annotations

import pytest

from .calls import asks_which, needs, service


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("lawn_mower.start_mowing", "start"),
        ("lawn_mower.pause", "pause"),
        ("lawn_mower.dock", "dock"),
    ],
)
def test_it_is_the_action_of_its_name(name: str, feature: str) -> None:
    assert service(name) == (name, {})
    assert needs(name, feature)
    assert not asks_which(name)
