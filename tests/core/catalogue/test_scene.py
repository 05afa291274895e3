"""Scenes and scripts: one is run, never all of them."""

from __future__ import annotations

import pytest

from .calls import asks_which, needs, service


@pytest.mark.parametrize("name", ["scene.turn_on", "script.turn_on"])
def test_one_is_run_at_a_time(name: str) -> None:
    assert service(name) == (name, {})
    assert needs(name, None)
    assert asks_which(name)
