"""Locks."""

from __future__ import annotations

from ..functions import Function

FUNCTIONS = (
    Function("lock.lock", "Lock", domains=("lock",), intent=("HassTurnOn", "lock")),
    Function(
        "lock.unlock", "Unlock", domains=("lock",), exactly_one=True,
        intent=("HassTurnOff", "lock"),
    ),
    Function("lock.open", "Unlatch", domains=("lock",), feature="open", exactly_one=True),
)  # fmt: skip
