"""The time and the date; asked of the house as of a clock on the wall."""

from __future__ import annotations

from ..functions import Function

FUNCTIONS = (
    Function(
        "clock.time", "Tell the time", local=True, intent=("HassGetCurrentTime", "default")
    ),
    Function(
        "clock.date", "Tell the date and the day of the week", local=True,
        intent=("HassGetCurrentDate", "default"),
    ),
)  # fmt: skip
