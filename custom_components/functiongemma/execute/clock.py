"""The time and the date, in Home Assistant's time zone."""

from __future__ import annotations

from datetime import date

from homeassistant.util import dt as dt_util

from ..core.resolve import Action
from ..replies import Replies
from .turn import Outcome, Turn
from .when import time_words


async def async_time(turn: Turn, action: Action) -> Outcome:
    """The time of day."""
    now = dt_util.now()
    spoken = turn.replies.respond(turn.hass, action.function.intents, {"time": now.time()})
    return Outcome(spoken or time_words(turn.replies, now), answer=True)


async def async_date(turn: Turn, action: Action) -> Outcome:
    """The day of the week and the date.

    In our own words where we have some: who asks what day it is, wants the weekday, which several
    texts of Home Assistant leave out.
    """
    today = dt_util.now().date()
    spoken = None
    if not turn.replies.fluent:
        spoken = turn.replies.respond(turn.hass, action.function.intents, {"date": today})
    return Outcome(spoken or _date(turn.replies, today), answer=True)


def _date(replies: Replies, today: date) -> str:
    return replies.say(
        "date",
        weekday=replies.own["weekdays"].split()[today.weekday()],
        day=replies.day(today.day),
        month=replies.own["months"].split()[today.month - 1],
        year=str(today.year),
    )
