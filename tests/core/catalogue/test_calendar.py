"""Calendars: a day or what is next, of all of them together."""

from __future__ import annotations

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.catalogue.calendar import NEXT
from custom_components.functiongemma.core.catalogue.days import DAYS

from .calls import asks_which, parameter, service


def test_a_day_or_what_is_next_is_asked_about() -> None:
    assert service("calendar.get_events", day="friday")[1] == {"day": "friday"}
    assert parameter("calendar.get_events", "day").required
    assert parameter("calendar.get_events", "day").values == (NEXT, *DAYS)
    assert BY_NAME["calendar.get_events"].local


def test_the_day_is_that_of_all_calendars() -> None:
    assert not asks_which("calendar.get_events", day="today")
