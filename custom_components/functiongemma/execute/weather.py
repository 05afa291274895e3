"""The weather: as it is, and as it is forecast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from homeassistant.components.weather import WeatherEntityFeature
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES
from homeassistant.core import State
from homeassistant.helpers.intent import IntentResponseErrorCode
from homeassistant.util import dt as dt_util

from ..core.catalogue.weather import NOW
from ..core.mention import mentioned
from ..core.resolve import Action
from . import speech
from .questions import NOWHERE, async_translated
from .turn import Outcome, Turn
from .when import beginning, dates, day_words

#: Kinds of forecast, the best first, for what a day is like.
_KINDS: Final = {
    "daily": WeatherEntityFeature.FORECAST_DAILY,
    "hourly": WeatherEntityFeature.FORECAST_HOURLY,
    "twice_daily": WeatherEntityFeature.FORECAST_TWICE_DAILY,
}
#: From this probability on rain is worth a word, in percent.
_WORTH_SAYING: Final = 10
#: Hours whose weather is that of a day.
_DAYTIME: Final = range(7, 21)

Row = Mapping[str, Any]


async def async_tell(turn: Turn, action: Action) -> Outcome:
    """The weather now, or on the days asked for."""
    entity = mentioned(action.entities, turn.where.said) or action.entities[0]
    state = turn.hass.states.get(entity.entity_id)
    if state is None or state.state in NOWHERE:
        text = turn.replies.say("failed", names=entity.name)
        return Outcome(text, error=IntentResponseErrorCode.FAILED_TO_HANDLE)
    today = dt_util.now().date()
    if action.data["day"] == NOW:
        return Outcome(await _async_now(turn, state), (entity,), answer=True)
    wanted = dates(str(action.data["day"]), today)
    rows = await _async_rows(turn, state)
    spoken = []
    for day in wanted:
        if found := [row for row in rows if _day(row) == day]:
            text = await _async_day(turn, state, found, day_words(turn.replies, day, today))
            spoken.append(beginning(text))
    if not spoken and wanted == [today]:
        # In the evening many forecasts begin with tomorrow.
        spoken = [await _async_now(turn, state)]
    if not spoken:
        text = turn.replies.say("no_forecast", day=day_words(turn.replies, wanted[0], today))
        return Outcome(text, error=IntentResponseErrorCode.FAILED_TO_HANDLE)
    return Outcome(speech.join(spoken), (entity,), answer=True)


async def _async_now(turn: Turn, state: State) -> str:
    """What the weather is like at this moment."""
    if not turn.replies.fluent:
        intents = [("HassGetWeather", "default")]
        if spoken := turn.replies.respond(turn.hass, intents, {}, [state]):
            return spoken
    condition = await async_translated(turn, "weather", state.state)
    temperature = _degrees(turn, state, state.attributes.get("temperature"))
    if temperature is None:
        return beginning(condition)
    text = turn.replies.say("weather_now", temperature=temperature, condition=condition)
    return beginning(text)


async def _async_rows(turn: Turn, state: State) -> list[Row]:
    """The forecast; empty where there is none. Raises HomeAssistantError."""
    bits = int(state.attributes.get(ATTR_SUPPORTED_FEATURES) or 0)
    kind = next((kind for kind, bit in _KINDS.items() if bits & bit), None)
    if kind is None:
        return []
    data = {ATTR_ENTITY_ID: state.entity_id, "type": kind}
    response = await turn.hass.services.async_call(
        "weather", "get_forecasts", data, blocking=True, context=turn.context, return_response=True
    )
    found = (response or {}).get(state.entity_id)
    rows = found.get("forecast") if isinstance(found, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _day(row: Row) -> date | None:
    """The day a row of the forecast is for."""
    moment = dt_util.parse_datetime(str(row.get("datetime")))
    return dt_util.as_local(moment).date() if moment else None


async def _async_day(turn: Turn, state: State, rows: list[Row], day: str) -> str:
    """One day in words: condition, lowest and highest temperature, and whether it may rain."""
    key = _condition(rows)
    condition = await async_translated(turn, "weather", key) if key else ""
    warm = list(_numbers(rows, "temperature"))
    cold = list(_numbers(rows, "templow")) or (warm if len(warm) > 1 else [])
    values = {
        "day": day,
        "condition": condition,
        "low": _degrees(turn, state, min(cold, default=None)) or "",
        "high": _degrees(turn, state, max(warm, default=None)) or "",
    }
    said = "weather_day" if cold and warm else "weather_high" if warm else "weather_bare"
    text = turn.replies.say(said, **values)
    rain = max(_numbers(rows, "precipitation_probability"), default=0)
    if rain >= _WORTH_SAYING:
        text = turn.replies.say("rain", weather=text, percent=f"{rain:.0f}")
    return text


def _condition(rows: list[Row]) -> str | None:
    """The condition of most rows; of hours, of those by day."""
    by_day = [row for row in rows if _hour(row) in _DAYTIME] if len(rows) > 2 else rows
    found = Counter(str(row["condition"]) for row in by_day or rows if row.get("condition"))
    return next((condition for condition, _ in found.most_common(1)), None)


def _hour(row: Row) -> int | None:
    moment = dt_util.parse_datetime(str(row.get("datetime")))
    return dt_util.as_local(moment).hour if moment else None


def _numbers(rows: Iterable[Row], key: str) -> Iterable[float]:
    return (float(row[key]) for row in rows if isinstance(row.get(key), (int, float)))


def _degrees(turn: Turn, state: State, value: float | None) -> str | None:
    """A temperature with the entity's unit, as it is read out."""
    if not isinstance(value, (int, float)):
        return None
    unit = state.attributes.get("temperature_unit", "")
    return f"{turn.replies.number(value)} {unit}".strip()
