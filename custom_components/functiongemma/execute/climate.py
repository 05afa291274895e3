"""Warmer and cooler: relative temperatures, for which Home Assistant has no action."""

from __future__ import annotations

from homeassistant.const import ATTR_ENTITY_ID, ATTR_TEMPERATURE
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.home import Entity
from ..core.resolve import Action
from .turn import Outcome, Turn


async def async_adjust(turn: Turn, action: Action) -> Outcome:
    """Change the target temperature of each entity by `change` degrees, within its limits."""
    change = float(action.data["change"])
    done: list[Entity] = []
    reached = 0.0
    for entity in action.entities:
        state = turn.hass.states.get(entity.entity_id)
        if state is None or (now := state.attributes.get(ATTR_TEMPERATURE)) is None:
            continue
        low, high = state.attributes.get("min_temp", 7), state.attributes.get("max_temp", 35)
        reached = min(max(float(now) + change, float(low)), float(high))
        await turn.hass.services.async_call(
            "climate",
            "set_temperature",
            {ATTR_ENTITY_ID: entity.entity_id, ATTR_TEMPERATURE: reached},
            blocking=True,
            context=turn.context,
        )
        done.append(entity)
    if not done:
        names = turn.replies.names([entity.name for entity in action.entities])
        text = turn.replies.say("no_temperature", value=names)
        return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)
    states = [s for e in done if (s := turn.hass.states.get(e.entity_id))]
    slots = {"temperature": f"{reached:g}"}
    intent = action.function.intent
    spoken = turn.replies.respond(turn.hass, [intent] if intent else [], slots, states)
    return Outcome(spoken or turn.replies.say("done"), tuple(done))
