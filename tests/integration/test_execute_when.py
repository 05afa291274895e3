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
    ("language", "said"),
    [
        ("en", "Tuesday, 1 December"),
        ("fr", "mardi 1er décembre"),
        ("it", "martedì 1º dicembre"),
        ("es", "martes, 1 de diciembre"),
        ("pt-BR", "terça-feira, 1º de dezembro"),
        ("pl", "wtorek, 1 grudnia"),
        ("ru", "вторник, 1 декабря"),
        ("zh-Hans", "12月1日星期二"),
    ],
)
def test_a_date_is_said_as_the_language_says_it(language: str, said: str) -> None:
    assert day_words(load(language), date(2026, 12, 1), FRIDAY) == said


@pytest.mark.parametrize(
    ("language", "midnight", "noon", "evening"),
    [
        ("en", "12 AM", "12 PM", "8:05 PM"),
        ("de", "0 Uhr", "12 Uhr", "20:05 Uhr"),
        ("fr", "0 h", "12 h", "20 h 05"),
        ("ko", "오전 12시", "오후 12시", "오후 8시 5분"),
        ("ja", "午前0時", "午後0時", "午後8時5分"),
        ("es", "0:00", "12:00", "20:05"),
        ("nl", "0 uur", "12 uur", "20:05 uur"),
        ("pl", "0:00", "12:00", "20:05"),
        ("pt-BR", "0h", "12h", "20h05"),
        ("ru", "0:00", "12:00", "20:05"),
        ("zh-Hans", "0点", "12点", "20点05分"),
    ],
)
def test_a_time_is_said_as_the_language_says_it(
    language: str, midnight: str, noon: str, evening: str
) -> None:
    replies = load(language)
    assert time_words(replies, datetime(2026, 11, 20)) == midnight
    assert time_words(replies, datetime(2026, 11, 20, 12)) == noon
    assert time_words(replies, datetime(2026, 11, 20, 20, 5)) == evening
