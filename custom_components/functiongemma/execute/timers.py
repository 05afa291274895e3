"""Timers: Assist's own, on the satellite that was spoken to, or the home's timer helpers."""

from __future__ import annotations

from typing import Any

from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.components.intent import async_device_supports_timers
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.helpers import intent
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..const import DOMAIN
from ..core.home import Entity
from ..core.resolve import Action
from .turn import Outcome, Turn

_UNITS = {"hours": 3600, "minutes": 60, "seconds": 1}
#: Function to action of the timer helpers, and the data for it.
_HELPER = {
    "timer.start": "start",
    "timer.resume": "start",
    "timer.cancel": "cancel",
    "timer.pause": "pause",
    "timer.add_time": "change",
    "timer.remove_time": "change",
}


async def async_timer(turn: Turn, action: Action) -> Outcome:
    """Start, change or tell a timer."""
    if turn.device_id and async_device_supports_timers(turn.hass, turn.device_id):
        return await _async_assist(turn, action)
    name = str(action.data.get("timer_name", ""))
    if (helper := _helper(turn, name)) is not None:
        return await _async_helper(turn, action, helper)
    text = turn.replies.say("timers_unsupported")
    return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)


async def _async_assist(turn: Turn, action: Action) -> Outcome:
    """Through Home Assistant's intents, which know the satellite's timers."""
    assert action.function.intent is not None
    kind, key = action.function.intent
    slots = {
        ("name" if slot == "timer_name" else slot): {"value": value}
        for slot, value in action.data.items()
    }
    response = await intent.async_handle(
        turn.hass,
        DOMAIN,
        kind,
        slots,
        context=turn.context,
        language=turn.replies.language,
        assistant=CONVERSATION_DOMAIN,
        device_id=turn.device_id,
    )
    values = {slot: item["value"] for slot, item in slots.items()} | response.speech_slots
    spoken = turn.replies.respond(turn.hass, [(kind, key)], values)
    return Outcome(spoken or turn.replies.say("done"))


def _helper(turn: Turn, name: str) -> Entity | None:
    """The exposed timer helper of that name, or the only one there is."""
    timers = turn.home.in_domains(("timer",))
    named = [e for e in timers if name and any(n.casefold() == name.casefold() for n in e.names)]
    if named:
        return named[0]
    return timers[0] if len(timers) == 1 else None


async def _async_helper(turn: Turn, action: Action, helper: Entity) -> Outcome:
    state = turn.hass.states.get(helper.entity_id)
    if action.function.name == "timer.status":
        value = str(state.attributes.get("finishes_at") or state.state) if state else "?"
        return Outcome(turn.replies.say("state", name=helper.name, value=value), (helper,))
    data: dict[str, Any] = {ATTR_ENTITY_ID: helper.entity_id}
    if seconds := sum(int(action.data.get(u, 0)) * size for u, size in _UNITS.items()):
        sign = -1 if action.function.name == "timer.remove_time" else 1
        data["duration"] = sign * seconds
    await turn.hass.services.async_call(
        "timer", _HELPER[action.function.name], data, blocking=True, context=turn.context
    )
    intents = [action.function.intent] if action.function.intent else []
    spoken = turn.replies.respond(turn.hass, intents, dict(action.data))
    return Outcome(spoken or turn.replies.say("done"), (helper,))
