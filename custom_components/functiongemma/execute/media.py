"""Players: stopping what plays, and finding what is to be played."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.calls import FunctionCall
from ..core.catalogue import BY_NAME
from ..core.home import Entity
from ..core.resolve import Action
from .actions import async_act, async_act_each
from .turn import Outcome, Turn


async def async_stop(turn: Turn, action: Action) -> Outcome:
    """Pause the player, so that it can go on later; stop the one that can do nothing else."""
    if all(entity.supports("pause") for entity in action.entities):
        return await async_act(turn, replace(action, function=BY_NAME["media_player.media_pause"]))
    return await async_act(turn, replace(action, service="media_player.media_stop"))


async def async_search_and_play(turn: Turn, action: Action) -> Outcome:
    """Play the first thing the player finds; raises HomeAssistantError when it cannot search."""
    entity = action.entities[0]
    query = str(action.data["query"])
    found = await _async_search(turn, entity, query)
    if found is None:
        text = turn.replies.say("no_media", value=query)
        return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)
    # What the reply templates of Home Assistant call them.
    spoken = {**action.call.arguments, "search_query": query, "media": str(found.title)}
    action = replace(action, call=FunctionCall(action.call.name, spoken))
    data = {
        "media_content_id": found.media_content_id,
        "media_content_type": found.media_content_type,
    }
    return await async_act_each(turn, action, {entity.entity_id: data}, "media_player.play_media")


async def _async_search(turn: Turn, entity: Entity, query: str) -> Any:
    """The first result, a `BrowseMedia`; None when there is none."""
    response = await turn.hass.services.async_call(
        "media_player",
        "search_media",
        {ATTR_ENTITY_ID: entity.entity_id, "search_query": query},
        blocking=True,
        context=turn.context,
        return_response=True,
    )
    found = (response or {}).get(entity.entity_id)
    results = getattr(found, "result", None)
    return results[0] if results else None
