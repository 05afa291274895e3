"""Sending a vacuum to a room."""

from __future__ import annotations

from dataclasses import replace

from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.calls import FunctionCall
from ..core.resolve import Action
from ..exposure import cleaning_areas
from .actions import async_act_each
from .turn import Outcome, Turn


async def async_clean_area(turn: Turn, action: Action) -> Outcome:
    """Clean the room with each of the vacuums that know it."""
    room = str(action.data["room"])
    able = {}
    for entity in action.entities:
        for area in cleaning_areas(turn.hass, entity.entity_id):
            if room.casefold() in {name.casefold() for name in (area.name, *area.aliases)}:
                able[entity.entity_id] = {"cleaning_area_id": [area.id]}
                break
    if not able:
        text = turn.replies.say("no_target", value=room)
        return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)
    arguments = {**action.call.arguments, "area": room}
    call = FunctionCall(action.call.name, arguments)
    entities = tuple(e for e in action.entities if e.entity_id in able)
    return await async_act_each(turn, replace(action, call=call, entities=entities), able)
