"""Warmer and cooler: relative temperatures, for which Home Assistant has no action."""

from __future__ import annotations

from dataclasses import replace

from homeassistant.const import ATTR_TEMPERATURE
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.calls import FunctionCall
from ..core.resolve import Action
from .actions import async_act_each
from .turn import Outcome, Turn

#: Home Assistant's own defaults for a thermostat that names no limits.
_LOWEST, _HIGHEST = 7.0, 35.0


async def async_adjust(turn: Turn, action: Action) -> Outcome:
    """Change the target temperature of each entity by `change` degrees, within its limits."""
    change = float(action.data["change"])
    wanted: dict[str, dict[str, float]] = {}
    for state in turn.states(action.entities):
        now = state.attributes.get(ATTR_TEMPERATURE)
        if now is not None:
            low = float(state.attributes.get("min_temp", _LOWEST))
            high = float(state.attributes.get("max_temp", _HIGHEST))
            wanted[state.entity_id] = {ATTR_TEMPERATURE: min(max(float(now) + change, low), high)}
    if not wanted:
        names = turn.replies.names([entity.name for entity in action.entities], "and")
        text = turn.replies.say("no_temperature", value=names)
        return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)
    reached = {data[ATTR_TEMPERATURE] for data in wanted.values()}
    arguments = {**action.call.arguments}
    if len(reached) == 1:
        arguments["temperature"] = reached.pop()
    else:
        # Several rooms, several temperatures: none of them is the one to read out.
        action = replace(action, function=replace(action.function, intent=None))
    action = replace(action, call=FunctionCall(action.call.name, arguments))
    return await async_act_each(turn, action, wanted, "climate.set_temperature")
