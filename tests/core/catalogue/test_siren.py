"""Sirens: one is sounded, all are silenced."""

from __future__ import annotations

import pytest

from .calls import asks_which, needs, service


@pytest.mark.parametrize("short", ["turn_on", "turn_off"])
def test_it_is_the_action_of_its_name(short: str) -> None:
    name = f"siren.{short}"
    assert service(name) == (name, {})
    assert needs(name, short)


def test_all_are_silenced_but_not_sounded_at_once() -> None:
    assert asks_which("siren.turn_on")
    assert not asks_which("siren.turn_off")
