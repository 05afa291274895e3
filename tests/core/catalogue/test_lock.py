"""Locks: all may be locked at once, only one unlocked."""

from __future__ import annotations

import pytest

from .calls import asks_which, needs, service


@pytest.mark.parametrize("name", ["lock.lock", "lock.unlock", "lock.open"])
def test_it_is_the_action_of_its_name(name: str) -> None:
    assert service(name) == (name, {})


def test_locking_everything_is_safe_opening_everything_is_not() -> None:
    assert not asks_which("lock.lock")
    assert asks_which("lock.unlock")
    assert asks_which("lock.open")


def test_only_some_locks_unlatch() -> None:
    assert needs("lock.open", "open")
    assert needs("lock.unlock", None)
