"""Timers: Assist's own, on the satellite that was spoken to, or the home's timer helpers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.components.intent import async_device_supports_timers
from homeassistant.core import State
from homeassistant.helpers import intent
from homeassistant.helpers.intent import IntentHandleError, IntentResponseErrorCode
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..core.home import Entity
from ..core.resolve import Action, Ambiguous
from . import speech
from .actions import async_call_one
from .spoken_timers import async_say_when_done
from .turn import Outcome, Turn

_UNITS: Final = {"hours": 3600, "minutes": 60, "seconds": 1}
#: Function to action of the timer helpers.
_HELPER: Final = {
    "timer.start": "timer.start",
    "timer.resume": "timer.start",
    "timer.cancel": "timer.cancel",
    "timer.pause": "timer.pause",
    "timer.add_time": "timer.change",
    "timer.remove_time": "timer.change",
}
#: What a timer helper must be doing; Home Assistant ignores the rest, or starts a timer instead.
_STATES: Final = {
    "timer.cancel": ("active", "paused"),
    "timer.pause": ("active",),
    "timer.resume": ("paused",),
    "timer.add_time": ("active",),
    "timer.remove_time": ("active",),
    "timer.status": ("active", "paused"),
}
_TIMED: Final = frozenset(("timer.start", "timer.add_time", "timer.remove_time"))


async def async_timer(turn: Turn, action: Action) -> Outcome:
    """Start, change or tell a timer."""
    if action.function.name in _TIMED and not _seconds(action.data):
        text = turn.replies.say("no_duration")
        return Outcome(text, error=IntentResponseErrorCode.FAILED_TO_HANDLE)
    if turn.device_id and async_device_supports_timers(turn.hass, turn.device_id):
        return await _async_assist(turn, action)
    helpers = _helpers(turn, str(action.data.get("timer_name", "")))
    if states := _STATES.get(action.function.name):
        there = bool(helpers)
        running = {s.entity_id for s in turn.states(helpers) if s.state in states}
        helpers = tuple(e for e in helpers if e.entity_id in running)
        if there and not helpers:
            text = turn.replies.error(turn.hass, "timer_not_found") or turn.replies.say("no_timer")
            return Outcome(text, error=IntentResponseErrorCode.FAILED_TO_HANDLE)
    if len(helpers) == 1:
        return await _async_helper(turn, action, helpers[0])
    if helpers:
        return speech.question(turn, Ambiguous(action.call, action.function, helpers))
    text = turn.replies.error(turn.hass, "no_timer_support") or turn.replies.say("no_timers")
    return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)


async def _async_assist(turn: Turn, action: Action) -> Outcome:
    """Through Home Assistant's intents, which know the satellite's timers."""
    assert action.function.intent is not None
    kind, key = action.function.intent
    given = {("name" if k == "timer_name" else k): value for k, value in action.data.items()}
    try:
        response = await intent.async_handle(
            turn.hass,
            DOMAIN,
            kind,
            {slot: {"value": value} for slot, value in given.items()},
            context=turn.context,
            language=turn.replies.language,
            assistant=CONVERSATION_DOMAIN,
            device_id=turn.device_id,
        )
    except IntentHandleError as err:
        # "I couldn't find that timer", in the words of Home Assistant's own agent.
        text = turn.replies.error(turn.hass, err.response_key) or turn.replies.say("no_timer")
        return Outcome(text, error=IntentResponseErrorCode.FAILED_TO_HANDLE)
    values = given | dict(response.speech_slots)
    spoken = turn.replies.respond(turn.hass, [(kind, key)], values)
    status = action.function.name == "timer.status"
    if spoken is None and status:
        spoken = _left(turn, response.speech_slots)
    return Outcome(spoken or turn.replies.say("done"), answer=status)


def _left(turn: Turn, slots: Mapping[str, Any]) -> str:
    """What is left of the timers, in a language without a template for it."""
    left = [str(timedelta(seconds=t["total_seconds_left"])) for t in slots.get("timers", ())]
    return turn.replies.names(left, "and") or turn.replies.say("no_timer")


def _helpers(turn: Turn, name: str) -> tuple[Entity, ...]:
    """The exposed timer helpers of that name; all there are where none was said."""
    timers = turn.home.in_domains(("timer",))
    if not name:
        return timers
    return tuple(e for e in timers if any(n.casefold() == name.casefold() for n in e.names))


def _seconds(data: Mapping[str, Any]) -> int:
    return sum(int(data.get(unit, 0)) * size for unit, size in _UNITS.items())


async def _async_helper(turn: Turn, action: Action, helper: Entity) -> Outcome:
    name = action.function.name
    if name == "timer.status":
        states = turn.states([helper])
        left = _remaining(states[0]) if states else None
        if left is None:
            text = turn.replies.error(turn.hass, "timer_not_found") or turn.replies.say("no_timer")
        else:
            text = turn.replies.say("state", name=helper.name, value=left)
        return Outcome(text, (helper,), answer=True)
    data: dict[str, Any] = {}
    if seconds := _seconds(action.data):
        data["duration"] = -seconds if name == "timer.remove_time" else seconds
    outcome = await async_call_one(turn, _HELPER[name], helper, data)
    if outcome is not None:
        return outcome
    if _HELPER[name] == "timer.start":
        async_say_when_done(turn, helper)
    slots = {k: v for k, v in action.data.items() if k != "timer_name"}
    spoken = turn.replies.respond(
        turn.hass, action.function.intents, {**slots, "name": helper.name}
    )
    return Outcome(spoken or turn.replies.say("done"), (helper,))


def _remaining(state: State) -> str | None:
    """Hours, minutes and seconds a timer helper has left; None when it does not run."""
    if state.state == "idle":
        return None
    if finishes := dt_util.parse_datetime(str(state.attributes.get("finishes_at", ""))):
        left = max(finishes - dt_util.utcnow(), timedelta())
        return str(timedelta(seconds=round(left.total_seconds())))
    return str(state.attributes.get("remaining") or "") or None
