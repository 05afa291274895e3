"""Announcements in the home, and messages to somebody."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from homeassistant.helpers import entity_registry as er

from ..core.home import Entity
from ..core.resolve import Action
from .actions import async_act
from .turn import Outcome, Turn

#: Telephones are not for announcements to everybody; they would ring.
_TELEPHONES: Final = frozenset({"voip"})


async def async_announce(turn: Turn, action: Action) -> Outcome:
    """Say it on the satellites; on all of them means on all others."""
    arguments = action.call.arguments
    if not {"name", "entity_id"} & arguments.keys():
        others = tuple(e for e in action.entities if not _is_left_out(turn, e))
        action = replace(action, entities=others or action.entities)
    return await async_act(turn, action)


def _is_left_out(turn: Turn, entity: Entity) -> bool:
    """Whether it is the satellite that was spoken to, or a telephone."""
    entry = er.async_get(turn.hass).async_get(entity.entity_id)
    if entry is None:
        return False
    spoken_to = turn.device_id is not None and entry.device_id == turn.device_id
    return spoken_to or entry.platform in _TELEPHONES


async def async_send(turn: Turn, action: Action) -> Outcome:
    """Send a message through one notify entity."""
    outcome = await async_act(turn, action)
    if not outcome.done:
        return outcome
    return replace(outcome, speech=turn.replies.say("sent", name=outcome.done[0].name))


async def async_never_mind(turn: Turn, action: Action) -> Outcome:
    """Nothing, in kind words."""
    spoken = (
        None
        if turn.replies.fluent
        else turn.replies.respond(turn.hass, action.function.intents, {})
    )
    return Outcome(spoken or turn.replies.say("never_mind"))
