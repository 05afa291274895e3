"""Carries calls out: on exposed entities only, and with an honest reply.

`async_execute` is the one way from a call to Home Assistant. A call is resolved against the `Home`,
which holds nothing that is not exposed; what it resolves to is called as an action with the
conversation's context, so that permissions apply and the logbook names the user.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..const import LOGGER
from ..core.calls import FunctionCall
from ..core.resolve import Action, resolve
from . import (
    alarm,
    calendar,
    climate,
    clock,
    measures,
    media,
    messages,
    questions,
    ranges,
    timers,
    todo,
    vacuum,
    weather,
)
from .actions import REPORT_IT, TRY_IT, async_act
from .speech import refusal
from .turn import Outcome, Turn

__all__ = ["Outcome", "Turn", "async_execute"]

#: Functions that one action of Home Assistant's does not do.
_LOCAL: dict[str, Callable[[Turn, Action], Awaitable[Outcome]]] = {
    "climate.adjust_temperature": climate.async_adjust,
    "climate.set_temperature": climate.async_set,
    "water_heater.set_temperature": climate.async_set,
    "humidifier.set_humidity": ranges.async_set,
    "number.set_value": ranges.async_set,
    "alarm_control_panel.alarm_arm_home": alarm.async_change,
    "alarm_control_panel.alarm_arm_away": alarm.async_change,
    "alarm_control_panel.alarm_arm_night": alarm.async_change,
    "alarm_control_panel.alarm_disarm": alarm.async_change,
    "media_player.media_stop": media.async_stop,
    "media_player.search_and_play": media.async_search_and_play,
    "vacuum.clean_area": vacuum.async_clean_area,
    "todo.complete_item": todo.async_change,
    "todo.remove_item": todo.async_change,
    "todo.get_items": todo.async_read,
    "state.get": questions.async_get,
    "state.count": questions.async_count,
    "state.list": questions.async_list,
    "state.all": questions.async_all,
    "sensor.temperature": measures.async_get,
    "sensor.humidity": measures.async_get,
    "sensor.power": measures.async_get,
    "sensor.battery": measures.async_get,
    "weather.get_forecasts": weather.async_tell,
    "calendar.get_events": calendar.async_read,
    "clock.time": clock.async_time,
    "clock.date": clock.async_date,
    "assist_satellite.announce": messages.async_announce,
    "notify.send_message": messages.async_send,
    "home.never_mind": messages.async_never_mind,
}


async def async_execute(turn: Turn, call: FunctionCall) -> Outcome:
    """Carry out one call; failures come back as an Outcome, they are not raised."""
    resolved = resolve(turn.home, call, turn.where)
    if not isinstance(resolved, Action):
        return refusal(turn, resolved)
    if turn.dry_run:
        return Outcome("")
    try:
        if resolved.function.name.startswith("timer."):
            return await timers.async_timer(turn, resolved)
        if (handler := _LOCAL.get(resolved.function.name)) is not None:
            return await handler(turn, resolved)
        return await async_act(turn, resolved)
    except HomeAssistantError as err:
        LOGGER.warning("%s failed: %s. %s", resolved.service, err, TRY_IT)
    except Exception:
        # Whatever an integration raises must not take the other calls of the sentence with it.
        LOGGER.exception("%s failed. %s", resolved.service, REPORT_IT)
    names = [entity.name for entity in resolved.entities]
    text = turn.replies.say("failed", names=turn.replies.names(names, "and"))
    return Outcome(
        text if names else turn.replies.say("error"),
        failed=resolved.entities,
        error=IntentResponseErrorCode.FAILED_TO_HANDLE,
    )
