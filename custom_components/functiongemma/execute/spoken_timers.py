"""Timer helpers that were set by voice: the satellite that was spoken to says when they are done.

A satellite that keeps timers rings by itself, as its makers want it, and nothing is added to that.
A timer helper makes no sound.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from homeassistant.components.timer import EVENT_TIMER_CANCELLED, EVENT_TIMER_FINISHED
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES, STATE_UNAVAILABLE
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..core.home import Entity
from .turn import Turn

#: `assist_satellite` is not imported: where nobody has a satellite, what it needs is not installed.
_SATELLITES: Final = "assist_satellite"
#: `AssistSatelliteEntityFeature.ANNOUNCE`.
_ANNOUNCE: Final = 1


class _SpokenTimers:
    """Who wants to hear of which timer helper, in which words."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nobody yet."""
        self._hass = hass
        self._wanted: dict[str, tuple[str, str]] = {}
        """By the timer's entity id: the device that was spoken to, and what to say there."""
        self._tasks: set[asyncio.Task[None]] = set()
        #: A satellite says one thing at a time, and refuses a second one.
        self._speaking: dict[str, asyncio.Lock] = {}
        self._stop = [
            hass.bus.async_listen(EVENT_TIMER_FINISHED, self._finished),
            hass.bus.async_listen(EVENT_TIMER_CANCELLED, self._cancelled),
        ]

    @callback
    def want(self, entity_id: str, device_id: str, text: str) -> None:
        """Say `text` on that device when the timer is done."""
        self._wanted[entity_id] = (device_id, text)

    @callback
    def stop(self) -> None:
        """Say nothing any more."""
        for stop in self._stop:
            stop()
        for task in self._tasks:
            task.cancel()

    @callback
    def _cancelled(self, event: Event) -> None:
        self._wanted.pop(event.data[ATTR_ENTITY_ID], None)

    @callback
    def _finished(self, event: Event) -> None:
        device_id, text = self._wanted.pop(event.data[ATTR_ENTITY_ID], (None, ""))
        if device_id is None or (satellite := _satellite(self._hass, device_id)) is None:
            return
        if satellite.state == STATE_UNAVAILABLE:
            LOGGER.warning(
                "“%s” was not said: %s is not there. See whether it has power and its network",
                text,
                satellite.entity_id,
            )
            return
        task = self._hass.async_create_background_task(
            self._async_say(satellite.entity_id, text), f"{DOMAIN} timer done"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _async_say(self, entity_id: str, text: str) -> None:
        async with self._speaking.setdefault(entity_id, asyncio.Lock()):
            try:
                await self._hass.services.async_call(
                    _SATELLITES,
                    "announce",
                    {ATTR_ENTITY_ID: entity_id, "message": text},
                    blocking=True,
                )
            except Exception as err:
                # Satellites are other people's code, and it raises everything there is.
                LOGGER.warning(
                    "“%s” was not said: %s failed: %r. Try its action “Announce” under Developer "
                    "tools: if it fails there too, look at the satellite",
                    text,
                    entity_id,
                    err,
                )


_SPOKEN: Final[HassKey[_SpokenTimers]] = HassKey(f"{DOMAIN}_spoken_timers")


@callback
def async_listen(hass: HomeAssistant) -> Callable[[], None]:
    """Hear when timer helpers are done; the returned function ends it."""
    spoken = hass.data[_SPOKEN] = _SpokenTimers(hass)

    @callback
    def withdraw() -> None:
        spoken.stop()
        del hass.data[_SPOKEN]

    return withdraw


@callback
def async_say_when_done(turn: Turn, helper: Entity) -> None:
    """Have it said where the sentence was spoken, in its language, that this helper is done."""
    spoken = turn.hass.data.get(_SPOKEN)
    if spoken is not None and turn.device_id is not None:
        text = turn.replies.say("timer_done", name=helper.name)
        spoken.want(helper.entity_id, turn.device_id, text)


def _satellite(hass: HomeAssistant, device_id: str) -> State | None:
    """The state of the device's satellite, if it is one that can announce or is away."""
    for entry in er.async_entries_for_device(er.async_get(hass), device_id):
        if entry.domain != _SATELLITES or (state := hass.states.get(entry.entity_id)) is None:
            continue
        features = entry.supported_features | state.attributes.get(ATTR_SUPPORTED_FEATURES, 0)
        if features & _ANNOUNCE:
            return state
    return None
