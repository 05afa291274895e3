"""What a sentence really did: the calls that reached the bus, and the states that changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from homeassistant.const import (
    ATTR_DOMAIN,
    ATTR_ENTITY_ID,
    ATTR_SERVICE,
    ATTR_SERVICE_DATA,
    EVENT_CALL_SERVICE,
    EVENT_STATE_CHANGED,
)
from homeassistant.core import Context, Event, HomeAssistant, State, callback

#: Actions of the demo itself: how its scripts bring about what they stand for.
_OWN_DOMAIN: Final = "demo_home"

#: Attributes that say what a device does, and how they are written.
_SHOWN: Final[dict[str, Callable[[Any], str]]] = {
    "brightness": lambda value: f"{round(value / 255 * 100)}%",
    "rgb_color": lambda value: "#" + "".join(f"{int(part):02x}" for part in value),
    "color_temp_kelvin": lambda value: f"{value}K",
    "percentage": lambda value: f"{value}%",
    "oscillating": str,
    "direction": str,
    "current_position": lambda value: f"{value}%",
    "current_tilt_position": lambda value: f"{value}%",
    "temperature": str,
    "target_temp_low": str,
    "target_temp_high": str,
    "humidity": str,
    "fan_mode": str,
    "preset_mode": str,
    "mode": str,
    "volume_level": lambda value: f"{round(value * 100)}%",
    "is_volume_muted": str,
    "source": str,
    "shuffle": str,
    "media_title": str,
    "fan_speed": str,
    "duration": str,
    "remaining": str,
    "last_triggered": str,
}


@dataclass
class Call:
    """An action that was called, for one or several entities."""

    service: str
    entity_id: list[str]
    data: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"service": self.service, "entity_id": self.entity_id, "data": self.data}


@dataclass
class Watch:
    """Listens on the bus from when it is started to when it is stopped."""

    hass: HomeAssistant
    context: Context | None
    """The sentence's: calls in any other context are not counted. None: all calls count."""
    calls: list[Call] = field(default_factory=list)
    last: float | None = None
    """`time.perf_counter()` when the last call of the sentence, or change by it, was seen."""
    _before: dict[str, State] = field(default_factory=dict)
    _stop: list[Callable[[], None]] = field(default_factory=list)

    @callback
    def start(self) -> None:
        """Remember all states and listen."""
        self._before = {state.entity_id: state for state in self.hass.states.async_all()}
        listen = self.hass.bus.async_listen
        self._stop = [
            listen(EVENT_CALL_SERVICE, self._on_call),
            listen(EVENT_STATE_CHANGED, self._on_change),
        ]

    @callback
    def stop(self) -> None:
        """Stop listening."""
        while self._stop:
            self._stop.pop()()

    @callback
    def _on_call(self, event: Event[Any]) -> None:
        domain = event.data[ATTR_DOMAIN]
        if domain == _OWN_DOMAIN:
            return
        if self.context is not None and event.context.id != self.context.id:
            return
        self.last = time.perf_counter()
        data = dict(event.data[ATTR_SERVICE_DATA])
        entities = data.pop(ATTR_ENTITY_ID, None) or []
        listed = [entities] if isinstance(entities, str) else [str(entity) for entity in entities]
        service = f"{domain}.{event.data[ATTR_SERVICE]}"
        data = plain(data)
        for known in self.calls:
            if (known.service, known.data) == (service, data):
                known.entity_id += [entity for entity in listed if entity not in known.entity_id]
                return
        self.calls.append(Call(service, listed, data))

    @callback
    def _on_change(self, event: Event[Any]) -> None:
        ids = (event.context.id, event.context.parent_id)
        if self.context is None or self.context.id in ids:
            self.last = time.perf_counter()

    def changes(self) -> dict[str, tuple[str, str]]:
        """Entity ids with the old and the new state, see `describe_change`."""
        found: dict[str, tuple[str, str]] = {}
        for state in sorted(self.hass.states.async_all(), key=lambda state: state.entity_id):
            old = self._before.get(state.entity_id)
            if old is not None and (change := describe_change(old, state)):
                found[state.entity_id] = change
        return {
            entity_id: change
            for entity_id, change in found.items()
            # Agents and speech servers are entities too: their state is when they were last used.
            if not entity_id.startswith(("conversation.", "stt.", "tts."))
        }


def describe_change(old: State, new: State) -> tuple[str, str] | None:
    """Old and new state in words; None when nothing worth telling changed.

    The states themselves, where they differ: ("off", "on"). Otherwise both with the attributes that
    differ: ("on brightness=100%", "on brightness=30%").
    """
    if old.state != new.state:
        return old.state, new.state
    differing = [key for key in _SHOWN if old.attributes.get(key) != new.attributes.get(key)]
    if not differing:
        return None
    return _with(old, differing), _with(new, differing)


def _with(state: State, keys: list[str]) -> str:
    return " ".join([state.state, *(f"{key}={_shown(state, key)}" for key in keys)])


def _shown(state: State, key: str) -> str:
    value = state.attributes.get(key)
    return "none" if value is None else _SHOWN[key](value)


def plain(value: Any) -> Any:
    """Service data as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)
