"""Temperatures: within the limits of each thermostat, absolute and relative."""

from __future__ import annotations

from dataclasses import replace

from homeassistant.components.climate import ATTR_TARGET_TEMP_HIGH, ATTR_TARGET_TEMP_LOW
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
    able = {
        s.entity_id: _aim(s, temperature) for s in states if _limited(s, temperature) == temperature
    }
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
    number = turn.replies.number
    return turn.replies.say("out_of_range", name=state.name, low=number(low), high=number(high))


async def async_adjust(turn: Turn, action: Action) -> Outcome:
    """Change the target temperature of each entity by `change` degrees, within its limits."""
    change = float(action.data["change"])
    wanted: dict[str, dict[str, float]] = {}
    aims: dict[str, float] = {}
    for state in turn.states(action.entities):
        now = _target(state)
        if now is not None:
            aims[state.entity_id] = aim = _limited(state, now + change)
            wanted[state.entity_id] = _aim(state, aim)
    if not wanted:
        names = turn.replies.names([entity.name for entity in action.entities], "and")
        text = turn.replies.say("no_temperature", value=names)
        return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)
    reached = set(aims.values())
    arguments = {**action.call.arguments}
    if len(reached) == 1:
        arguments["temperature"] = reached.pop()
    else:
        # Several rooms, several temperatures: none of them is the one to read out.
        action = replace(action, function=replace(action.function, intent=None))
    action = replace(action, call=FunctionCall(action.call.name, arguments))
    return await async_act_each(turn, action, wanted, "climate.set_temperature")


def _band(state: State) -> tuple[float, float] | None:
    """Lowest and highest temperature of a thermostat that keeps between two instead of at one."""
    attributes = state.attributes
    low, high = attributes.get(ATTR_TARGET_TEMP_LOW), attributes.get(ATTR_TARGET_TEMP_HIGH)
    if attributes.get(ATTR_TEMPERATURE) is not None or low is None or high is None:
        return None
    return float(low), float(high)


def _target(state: State) -> float | None:
    """The temperature a thermostat keeps: for two, the middle."""
    if band := _band(state):
        return sum(band) / 2
    value = state.attributes.get(ATTR_TEMPERATURE)
    return None if value is None else float(value)


def _aim(state: State, temperature: float) -> dict[str, float]:
    """What makes a thermostat keep `temperature`: two keep their distance around it."""
    if band := _band(state):
        half = (band[1] - band[0]) / 2
        return {
            ATTR_TARGET_TEMP_LOW: _limited(state, temperature - half),
            ATTR_TARGET_TEMP_HIGH: _limited(state, temperature + half),
        }
    return {ATTR_TEMPERATURE: temperature}


def _limits(state: State) -> tuple[float, float]:
    attributes = state.attributes
    return (
        float(attributes.get("min_temp", _LOWEST)),
        float(attributes.get("max_temp", _HIGHEST)),
    )


def _limited(state: State, temperature: float) -> float:
    low, high = _limits(state)
    return min(max(temperature, low), high)
