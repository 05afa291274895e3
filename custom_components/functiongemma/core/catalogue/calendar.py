"""What the calendars hold: on a day, or next."""

from __future__ import annotations

from ..functions import Function, Parameter
from .days import DAYS

#: The first event that has not begun yet, among the days.
NEXT = "next"

FUNCTIONS = (
    Function(
        "calendar.get_events", "Tell what is in the calendar on a day, or what is next",
        (Parameter("day", "STRING", values=(NEXT, *DAYS), required=True),),
        domains=("calendar",), everywhere=True, local=True,
    ),
)  # fmt: skip
