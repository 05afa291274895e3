"""Carries calls out: on exposed entities only, and with an honest reply.

`async_execute` is the one way from a call to Home Assistant. A call is resolved against the `Home`,
which holds nothing that is not exposed; what it resolves to is called as an action with the
conversation's context, so that permissions apply and the logbook names the user.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..const import LOGGER
from ..core.calls import FunctionCall
from ..core.home import Entity
from ..core.resolve import Action, Ambiguous, Failed, resolve
from . import climate, questions, timers, todo
from .turn import Outcome, Turn

__all__ = ["Outcome", "Turn", "async_execute"]

#: Functions that are no action of Home Assistant's.
_LOCAL: dict[str, Callable[[Turn, Action], Awaitable[Outcome]]] = {
    "climate.adjust_temperature": climate.async_adjust,
    "todo.get_items": todo.async_read,
    "state.get": questions.async_get,
    "state.count": questions.async_count,
    "state.list": questions.async_list,
}

#: More candidates than this are not read out.
_MOST_NAMED = 5


async def async_execute(turn: Turn, call: FunctionCall) -> Outcome:
    """Carry out one call; failures come back as an Outcome, they are not raised."""
    resolved = resolve(turn.home, call, turn.where)
    if not isinstance(resolved, Action):
        return _refusal(turn, resolved)
    try:
        if resolved.function.name.startswith("timer."):
            return await timers.async_timer(turn, resolved)
        if (handler := _LOCAL.get(resolved.function.name)) is not None:
            return await handler(turn, resolved)
        return await _async_act(turn, resolved)
    except HomeAssistantError as err:
        LOGGER.warning("%s failed: %s", resolved.service, err)
        return Outcome(turn.replies.say("failed", names=str(err)), error=_ERROR)


_ERROR = IntentResponseErrorCode.FAILED_TO_HANDLE


def _refusal(turn: Turn, resolved: Ambiguous | Failed) -> Outcome:
    """A question, or why it cannot be done."""
    if isinstance(resolved, Ambiguous):
        names = [turn.spoken(entity, resolved.candidates) for entity in resolved.candidates]
        listed = turn.replies.names(names[:_MOST_NAMED])
        return Outcome(turn.replies.say("which_one", names=listed), question=True)
    if resolved.reason == "not_supported":
        text = turn.replies.say("not_supported", value=resolved.value)
    elif resolved.reason == "no_target":
        text = turn.replies.say("no_target", value=resolved.value)
    else:
        text = turn.replies.say("nothing")
    return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)


async def _async_act(turn: Turn, action: Action) -> Outcome:
    """Call the action for each entity; one that fails does not keep the others from acting."""
    domain, _, service = action.service.partition(".")

    async def act(entity: Entity) -> Entity | None:
        try:
            await turn.hass.services.async_call(
                domain,
                service,
                {**action.data, ATTR_ENTITY_ID: entity.entity_id},
                blocking=True,
                context=turn.context,
            )
        except HomeAssistantError as err:
            LOGGER.warning("%s of %s failed: %s", action.service, entity.entity_id, err)
            return entity
        return None

    if len(action.entities) == 1:
        failed = [e for e in [await act(action.entities[0])] if e]
    else:
        failed = [e for e in await asyncio.gather(*map(act, action.entities)) if e]
    done = tuple(e for e in action.entities if e not in failed)
    names = turn.replies.names([entity.name for entity in failed])
    if failed and not done:
        return Outcome(turn.replies.say("failed", names=names), failed=tuple(failed), error=_ERROR)
    if failed:
        return Outcome(turn.replies.say("partly", names=names), done, tuple(failed))
    return Outcome(reply(turn, action), done)


def reply(turn: Turn, action: Action) -> str:
    """What is said after an action that worked."""
    states = [s for e in action.entities if (s := turn.hass.states.get(e.entity_id))]
    slots: dict[str, Any] = dict(action.call.arguments)
    if len(action.entities) == 1:
        slots["name"] = action.entities[0].name
    given = [p.intent for p in action.function.parameters if p.name in action.call.arguments]
    candidates = [pair for pair in [*given, *_intents(action, states)] if pair]
    spoken = turn.replies.respond(turn.hass, candidates, slots, states)
    return spoken or turn.replies.say("done")


def _intents(action: Action, states: list[State]) -> list[tuple[str, str]]:
    """Responses to try: the plural one for several devices, else the general one."""
    if action.function.intent is None:
        return []
    intent, key = action.function.intent
    if len(states) == 1 and key.endswith("_area"):
        return [(intent, "default"), (intent, key)]
    return [(intent, key), (intent, "default")]
