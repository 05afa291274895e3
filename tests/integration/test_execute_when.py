"""Days as people name them: the right dates, and the words for them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from custom_components.functiongemma.core.catalogue.days import DAYS
from custom_components.functiongemma.execute.when import dates, day_words, time_words
from custom_components.functiongemma.replies import load

FRIDAY, SATURDAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "said_on", "first", "count"),
    [
        ("today", SATURDAY, SATURDAY, 1),
        ("tomorrow", SATURDAY, SUNDAY, 1),
        ("day_after_tomorrow", FRIDAY, SUNDAY, 1),
        ("saturday", SATURDAY, SATURDAY, 1),
        ("friday", SATURDAY, date(2026, 11, 27), 1),
        ("weekend", FRIDAY, SATURDAY, 2),
        ("weekend", SATURDAY, SATURDAY, 2),
        ("weekend", SUNDAY, SUNDAY, 1),
        ("week", FRIDAY, FRIDAY, 7),
    ],
)
def test_a_day_is_the_next_one_of_that_name(
    day: str, said_on: date, first: date, count: int
) -> None:
    found = dates(day, said_on)
    assert (found[0], len(found)) == (first, count)


@pytest.mark.parametrize("day", DAYS)
def test_every_day_that_can_be_asked_about_is_a_date(day: str) -> None:
    assert all(found >= FRIDAY for found in dates(day, FRIDAY))


def test_a_day_is_named_as_near_as_it_is() -> None:
    replies = load("en")
    assert day_words(replies, SATURDAY, FRIDAY) == "tomorrow"
    assert day_words(replies, date(2026, 11, 24), FRIDAY) == "Tuesday"
    assert day_words(replies, date(2026, 12, 4), FRIDAY) == "Friday, 4 December"
    assert day_words(load("de"), date(2026, 12, 4), FRIDAY) == "Freitag, der 4. Dezember"


@pytest.mark.parametrize(
    ("language", "midnight", "noon", "evening"),
    [
        ("en", "12 AM", "12 PM", "8:05 PM"),
        ("de", "0 Uhr", "12 Uhr", "20:05 Uhr"),
        ("fr", "0 h", "12 h", "20 h 05"),
        ("ko", "오전 12시", "오후 12시", "오후 8시 5분"),
        ("ja", "午前12時", "午後12時", "午後8時5分"),
    ],
)
def test_a_time_is_said_as_the_language_says_it(
    language: str, midnight: str, noon: str, evening: str
) -> None:
    replies = load(language)
    assert time_words(replies, datetime(2026, 11, 20)) == midnight
    assert time_words(replies, datetime(2026, 11, 20, 12)) == noon
    assert time_words(replies, datetime(2026, 11, 20, 20, 5)) == evening
