"""Stopping what plays: paused where a player can, so that it can go on later."""

from __future__ import annotations

from dataclasses import replace

from ..core.catalogue import BY_NAME
from ..core.resolve import Action
from .actions import async_act
from .turn import Outcome, Turn


async def async_stop(turn: Turn, action: Action) -> Outcome:
    """Pause the player; stop the one that can do nothing else."""
    if all(entity.supports("pause") for entity in action.entities):
        return await async_act(turn, replace(action, function=BY_NAME["media_player.media_pause"]))
    return await async_act(turn, replace(action, service="media_player.media_stop"))
