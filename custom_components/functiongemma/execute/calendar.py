"""What calendars hold, read out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..core.catalogue.calendar import NEXT
from ..core.home import Entity
from ..core.resolve import Action
from . import speech
from .turn import Outcome, Turn
from .when import beginning, dates, day_words, time_words

#: How far ahead the next event is looked for.
_FAR: Final = timedelta(days=60)
#: More events of one day than this are not read out.
_MOST_READ: Final = 6


@dataclass(frozen=True, order=True)
class _Event:
    start: datetime
    """In Home Assistant's time zone; of a whole day its midnight."""
    end: datetime
    summary: str
    all_day: bool


async def async_read(turn: Turn, action: Action) -> Outcome:
    """The events of the days asked for, or the next one."""
    now = dt_util.now()
    if action.data["day"] == NEXT:
        found = await _async_events(turn, action.entities, now, now + _FAR)
        coming = [event for event in found if event.start > now]
        text = _next(turn, coming[0], now.date()) if coming else turn.replies.say("no_next")
        return Outcome(text, action.entities, answer=True)
    days = dates(str(action.data["day"]), now.date())
    # What is over is no news: of today, only what is left.
    start = max(_midnight(days[0]), now)
    found = await _async_events(turn, action.entities, start, _midnight(days[-1], 1))
    spoken = [_day(turn, day, days, found, now.date()) for day in days]
    text = speech.join([text for text in spoken if text])
    if not text:
        named = f"this_{action.data['day']}"
        day = turn.replies.own.get(named) or day_words(turn.replies, days[0], now.date())
        text = beginning(turn.replies.say("no_events", day=day))
    return Outcome(text, action.entities, answer=True)


def _next(turn: Turn, event: _Event, today: date) -> str:
    """An event, and when it is."""
    day = day_words(turn.replies, event.start.date(), today)
    if event.all_day:
        text = turn.replies.say("next_all_day", event=event.summary, day=day)
    else:
        at = time_words(turn.replies, event.start)
        text = turn.replies.say("next_event", event=event.summary, day=day, time=at)
    return beginning(text)


def _day(
    turn: Turn, day: date, days: Sequence[date], found: Sequence[_Event], today: date
) -> str | None:
    """The events that begin on `day`, and on the first day those that have begun before."""
    first = day == days[0]
    events = [e for e in found if e.start.date() == day or (first and e.start.date() < day)]
    if not events:
        return None
    spoken = [_event(turn, event, day) for event in events]
    if (more := len(spoken) - _MOST_READ) > 0:
        spoken = [*spoken[:_MOST_READ], turn.replies.say("more_events", count=str(more))]
    text = turn.replies.say(
        "events_on",
        day=day_words(turn.replies, day, today),
        events=turn.replies.names(spoken, "and"),
    )
    return beginning(text)


def _event(turn: Turn, event: _Event, day: date) -> str:
    if event.all_day or event.start.date() != day:
        return event.summary
    return turn.replies.say(
        "event_at", event=event.summary, time=time_words(turn.replies, event.start)
    )


def _midnight(day: date, later: int = 0) -> datetime:
    """The beginning of a day in Home Assistant's time zone, or of one `later` days after."""
    zone = dt_util.get_default_time_zone()
    return datetime.combine(day + timedelta(days=later), time(), tzinfo=zone)


async def _async_events(
    turn: Turn, entities: Sequence[Entity], start: datetime, end: datetime
) -> list[_Event]:
    """Events of all these calendars between two moments, in order.

    Raises HomeAssistantError where no calendar can be read.
    """
    able = [s.entity_id for s in turn.states(entities) if s.state != STATE_UNAVAILABLE]
    if not able:
        raise HomeAssistantError("no calendar is available")
    response = await turn.hass.services.async_call(
        "calendar",
        "get_events",
        {
            ATTR_ENTITY_ID: able,
            "start_date_time": start.isoformat(),
            "end_date_time": end.isoformat(),
        },
        blocking=True,
        context=turn.context,
        return_response=True,
    )
    rows: list[Any] = []
    for calendar in (response or {}).values():
        events = calendar.get("events") if isinstance(calendar, dict) else None
        rows.extend(events if isinstance(events, list) else ())
    return sorted({event for row in rows if (event := _parsed(row)) is not None})


def _parsed(row: Any) -> _Event | None:
    """An event of Home Assistant's; None for one without times."""
    start, end = str(row.get("start", "")), str(row.get("end", ""))
    summary = str(row.get("summary") or "")
    if (day := dt_util.parse_date(start)) and len(start) <= 10:
        last = dt_util.parse_date(end) or day + timedelta(days=1)
        return _Event(_midnight(day), _midnight(last), summary, True)
    begins, ends = dt_util.parse_datetime(start), dt_util.parse_datetime(end)
    if begins is None:
        return None
    local = dt_util.as_local(begins)
    return _Event(local, dt_util.as_local(ends) if ends else local, summary, False)
