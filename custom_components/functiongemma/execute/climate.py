"""Temperatures: within the limits of each thermostat, absolute and relative."""

from __future__ import annotations

from dataclasses import replace

from homeassistant.const import ATTR_TEMPERATURE
from homeassistant.core import State
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.calls import FunctionCall
from ..core.resolve import Action
from . import speech
from .actions import async_act_each
from .turn import Outcome, Turn

#: Home Assistant's own defaults for a thermostat that names no limits.
_LOWEST, _HIGHEST = 7.0, 35.0


async def async_set(turn: Turn, action: Action) -> Outcome:
    """Set the target temperature; a thermostat that does not take it is named with its range.

    Home Assistant would name the range in the thermostat's own unit, and in English.
    """
    temperature = float(action.data[ATTR_TEMPERATURE])
    states = turn.states(action.entities)
    able = {s.entity_id: action.data for s in states if _limited(s, temperature) == temperature}
    refused = [s for s in states if s.entity_id not in able]
    if refused and not able:
        text = _out_of_range(turn, refused[0])
        return Outcome(text, error=IntentResponseErrorCode.FAILED_TO_HANDLE)
    outcome = await async_act_each(turn, action, able)
    ids = {s.entity_id for s in refused}
    return replace(
        outcome,
        speech=speech.join([outcome.speech, *(_out_of_range(turn, state) for state in refused)]),
        failed=(*outcome.failed, *(e for e in action.entities if e.entity_id in ids)),
    )


def _out_of_range(turn: Turn, state: State) -> str:
    low, high = _limits(state)
    return turn.replies.say("out_of_range", name=state.name, low=f"{low:g}", high=f"{high:g}")


async def async_adjust(turn: Turn, action: Action) -> Outcome:
    """Change the target temperature of each entity by `change` degrees, within its limits."""
    change = float(action.data["change"])
    wanted: dict[str, dict[str, float]] = {}
    for state in turn.states(action.entities):
        now = state.attributes.get(ATTR_TEMPERATURE)
        if now is not None:
            wanted[state.entity_id] = {ATTR_TEMPERATURE: _limited(state, float(now) + change)}
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


def _limits(state: State) -> tuple[float, float]:
    attributes = state.attributes
    return (
        float(attributes.get("min_temp", _LOWEST)),
        float(attributes.get("max_temp", _HIGHEST)),
    )


def _limited(state: State, temperature: float) -> float:
    low, high = _limits(state)
    return min(max(temperature, low), high)
