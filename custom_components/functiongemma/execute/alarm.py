"""Alarm panels: armed and disarmed where that takes no code.

A spoken code would be in the logs and in everybody's ears, and a model must never guess one. A
panel whose owner gave Home Assistant a default code needs none from us.
"""

from __future__ import annotations

from collections.abc import Sequence

from homeassistant.core import State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.home import Entity
from ..core.resolve import Action
from . import speech
from .actions import async_act_each
from .turn import Outcome, Turn

_DISARM = "alarm_control_panel.alarm_disarm"


async def async_change(turn: Turn, action: Action) -> Outcome:
    """Arm or disarm; nothing is done where any of the panels wants a code."""
    disarm = action.function.name == _DISARM
    if entities := wants_code(turn, action.entities, disarm=disarm):
        names = turn.replies.names(speech.spoken_names(entities), "and")
        return Outcome(
            turn.replies.say("needs_code", name=names),
            failed=entities,
            error=IntentResponseErrorCode.FAILED_TO_HANDLE,
        )
    return await async_act_each(turn, action, {e.entity_id: {} for e in action.entities})


def wants_code(turn: Turn, entities: Sequence[Entity], *, disarm: bool) -> tuple[Entity, ...]:
    """Those panels that Home Assistant would have to be told a code for."""
    locked = {s.entity_id for s in turn.states(entities) if _wants_code(turn, s, disarm)}
    return tuple(entity for entity in entities if entity.entity_id in locked)


def _wants_code(turn: Turn, state: State, disarm: bool) -> bool:
    """Whether Home Assistant would have to be told a code."""
    entry = er.async_get(turn.hass).async_get(state.entity_id)
    options = entry.options.get("alarm_control_panel") if entry else None
    if options and options.get("default_code"):
        return False
    if disarm:
        return state.attributes.get("code_format") is not None
    return bool(state.attributes.get("code_arm_required"))
