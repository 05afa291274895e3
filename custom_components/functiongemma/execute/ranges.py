"""Numbers and humidities: within what each device takes, and in its steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from homeassistant.core import State
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.resolve import Action
from . import speech
from .actions import async_act_each
from .turn import Outcome, Turn

#: By function: the parameter, and the attributes with the lowest and the highest value.
_ATTRIBUTES: Final = {
    "humidifier.set_humidity": ("humidity", "min_humidity", "max_humidity"),
    "number.set_value": ("value", "min", "max"),
}


async def async_set(turn: Turn, action: Action) -> Outcome:
    """Set a number; a device that does not take it is named with its range.

    Between two steps of the device it is the nearer one, and the reply tells which.
    """
    parameter, low, high = _ATTRIBUTES[action.function.name]
    wanted = float(action.data[parameter])
    able: dict[str, dict[str, Any]] = {}
    refused: list[State] = []
    rounded: list[str] = []
    for state in turn.states(action.entities):
        if not _number(state, low, wanted) <= wanted <= _number(state, high, wanted):
            refused.append(state)
            continue
        value = _stepped(state, wanted, _number(state, low, 0.0))
        able[state.entity_id] = {parameter: action.data[parameter] if value == wanted else value}
        if value != wanted:
            number = turn.replies.number(value)
            rounded.append(turn.replies.say("state", name=state.name, value=number))
    spoken = [_out_of_range(turn, state, low, high) for state in refused]
    if refused and not able:
        return Outcome(speech.join(spoken), error=IntentResponseErrorCode.FAILED_TO_HANDLE)
    outcome = await async_act_each(turn, action, able)
    done = rounded if rounded and not outcome.failed else [outcome.speech]
    ids = {state.entity_id for state in refused}
    return replace(
        outcome,
        speech=speech.join([*done, *spoken]),
        failed=(*outcome.failed, *(e for e in action.entities if e.entity_id in ids)),
    )


def _out_of_range(turn: Turn, state: State, low: str, high: str) -> str:
    return turn.replies.say(
        "not_in_range",
        name=state.name,
        low=turn.replies.number(_number(state, low, 0)),
        high=turn.replies.number(_number(state, high, 100)),
    )


def _stepped(state: State, wanted: float, lowest: float) -> float:
    """The value of the device that is nearest to the one wanted; steps begin at its lowest."""
    step = _number(state, "step", 0.0)
    if step <= 0:
        return wanted
    # Ten steps of 0.1 are not 1 to a computer.
    return round(lowest + round((wanted - lowest) / step) * step, 6)


def _number(state: State, attribute: str, default: float) -> float:
    value = state.attributes.get(attribute)
    return float(value) if isinstance(value, (int, float)) else default
