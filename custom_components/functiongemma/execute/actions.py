"""Calls actions of Home Assistant, one entity at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..const import DOMAIN, LOGGER
from ..core.home import Entity
from ..core.resolve import Action
from . import speech
from .turn import Outcome, Turn

#: Seconds that an action may take before the reply is given; it goes on in the background then.
_PATIENCE: Final = 3.0

#: What to do about a device that does not do what it is told: in logs.
TRY_IT: Final = "Try the action under Developer tools: if it fails there too, look at the device"
REPORT_IT: Final = "Please report this to the integration that the device is of"


async def async_act(turn: Turn, action: Action) -> Outcome:
    """Call the action for each entity; one that fails does not keep the others from acting."""
    return await async_act_each(turn, action, {e.entity_id: action.data for e in action.entities})


async def async_act_each(
    turn: Turn, action: Action, data: Mapping[str, Mapping[str, Any]], service: str | None = None
) -> Outcome:
    """Call `service` (or the action's) with each entity's own data."""
    entities = [entity for entity in action.entities if entity.entity_id in data]
    if not entities:
        return _failure(turn, action.entities)
    name = service or action.service
    errors = await asyncio.gather(
        *(_async_call(turn, name, entity, data[entity.entity_id]) for entity in entities)
    )
    failed = [e for e, error in zip(entities, errors, strict=True) if error is not None]
    done = [e for e, error in zip(entities, errors, strict=True) if error is None]
    if not failed:
        return Outcome(speech.done(turn, action, done), tuple(done))
    if done:
        names = turn.replies.names(speech.spoken_names(failed), "and")
        return Outcome(turn.replies.say("partly", names=names), tuple(done), tuple(failed))
    return _failure(turn, failed)


def _failure(turn: Turn, failed: Sequence[Entity]) -> Outcome:
    names = turn.replies.names(speech.spoken_names(failed), "and")
    return Outcome(
        turn.replies.say("failed", names=names),
        failed=tuple(failed),
        error=IntentResponseErrorCode.FAILED_TO_HANDLE,
    )


async def async_call_one(
    turn: Turn, service: str, entity: Entity, data: Mapping[str, Any]
) -> Outcome | None:
    """Call `service` for one entity; an Outcome if it fails, None if it works."""
    error = await _async_call(turn, service, entity, data)
    return _failure(turn, [entity]) if error is not None else None


async def _async_call(
    turn: Turn, service: str, entity: Entity, data: Mapping[str, Any]
) -> Exception | None:
    """Call an action; the error if it fails, None if it worked or is still at it."""
    work = partial(
        turn.hass.services.async_call,
        # An entity's actions are its own domain's: `button.press` is `input_button.press` too.
        entity.domain,
        service.partition(".")[2],
        {**data, ATTR_ENTITY_ID: entity.entity_id},
        blocking=True,
        context=turn.context,
    )
    return await async_patiently(turn, service, entity, work)


async def async_patiently(
    turn: Turn, service: str, entity: Entity, work: Callable[[], Coroutine[Any, Any, Any]]
) -> Exception | None:
    """Do something with one entity; the error if it fails, None if it worked or is still at it.

    Home Assistant passes over entities that are unavailable or gone, without an error. `service`
    is what the log calls it.
    """
    if turn.dry_run:
        # `async_execute` comes no further with it; whatever else leads here must not act either.
        return None
    state = turn.hass.states.get(entity.entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        return HomeAssistantError(f"{entity.entity_id} is unavailable")
    task = turn.hass.async_create_task(work(), f"{DOMAIN} {service} {entity.entity_id}")
    try:
        async with asyncio.timeout(_PATIENCE):
            await asyncio.shield(task)
    except TimeoutError:
        if not task.done():
            task.add_done_callback(lambda task: _log(service, entity, task))
            return None
        return TimeoutError()
    except asyncio.CancelledError:
        if not task.cancelled():
            raise
        # The device's own work was called off: its integration was reloaded, for instance.
        return HomeAssistantError(f"{service} of {entity.entity_id} was cancelled")
    except HomeAssistantError as err:
        LOGGER.warning("%s of %s failed: %s. %s", service, entity.entity_id, err, TRY_IT)
        return err
    except Exception as err:
        # Actions are other people's code, and it raises everything there is.
        LOGGER.exception("%s of %s failed. %s", service, entity.entity_id, REPORT_IT)
        return err
    return None


def _log(service: str, entity: Entity, task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        LOGGER.warning("%s of %s failed: %s. %s", service, entity.entity_id, error, TRY_IT)
