"""Days and times of day: which dates a word of the model means, and how they are said."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ..core.catalogue.days import WEEKDAYS
from ..replies import Replies

_AHEAD = {"today": 0, "tomorrow": 1, "day_after_tomorrow": 2}
_SATURDAY = 5


def dates(day: str, today: date) -> list[date]:
    """The dates that one of `catalogue.days.DAYS` means, said on `today`; in order.

    A weekday is the next one, today included; of the weekend, what is left of it; a week begins
    today.
    """
    if day == "week":
        return [today + timedelta(days=ahead) for ahead in range(7)]
    if day == "weekend":
        saturday = today + timedelta(days=max(0, _SATURDAY - today.weekday()))
        return [saturday + timedelta(days=ahead) for ahead in range(7 - saturday.weekday())]
    ahead = _AHEAD.get(day)
    if ahead is None:
        ahead = (WEEKDAYS.index(day) - today.weekday()) % 7
    return [today + timedelta(days=ahead)]


def day_words(replies: Replies, day: date, today: date) -> str:
    """`today`, `Friday`, `Friday, 4 December`: as near as the day is, and no nearer."""
    ahead = (day - today).days
    for word, days in _AHEAD.items():
        if ahead == days:
            return replies.own[word]
    weekday = replies.own["weekdays"].split()[day.weekday()]
    if 0 < ahead < 7:
        return weekday
    month = replies.own["months"].split()[day.month - 1]
    return replies.say("far_day", weekday=weekday, day=replies.day(day.day), month=month)


def time_words(replies: Replies, moment: datetime) -> str:
    """`3:05 PM`, `15 h 05`: as the language says it, in the moment's own time zone."""
    noon = replies.own["pm"] if moment.hour >= 12 else replies.own["am"]
    return replies.say(
        "time" if moment.minute else "full_hour",
        h=str(moment.hour),
        h0=str(moment.hour % 12),
        h12=str(moment.hour % 12 or 12),
        m=str(moment.minute),
        mm=f"{moment.minute:02d}",
        ampm=noon,
    )


def beginning(text: str) -> str:
    """A sentence as one begins."""
    return text[:1].upper() + text[1:]
