"""What is said to the house and asks nothing of it."""

from __future__ import annotations

from ..functions import Function

FUNCTIONS = (
    Function(
        "home.never_mind", "Do nothing: what was said is taken back", local=True,
        intent=("HassNevermind", "default"),
    ),
)  # fmt: skip
