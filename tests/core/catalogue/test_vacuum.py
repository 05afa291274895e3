"""Vacuum cleaners: start, pause, stop, dock, locate."""

from __future__ import annotations

import pytest

from .calls import asks_which, needs, service


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("vacuum.start", "start"),
        ("vacuum.pause", "pause"),
        ("vacuum.stop", "stop"),
        ("vacuum.return_to_base", "return_home"),
        ("vacuum.locate", "locate"),
    ],
)
def test_it_is_the_action_of_its_name(name: str, feature: str) -> None:
    assert service(name) == (name, {})
    assert needs(name, feature)
    assert not asks_which(name)
