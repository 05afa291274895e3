"""The logbook's words for what a sentence did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_CONTEXT_ID,
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
    LazyEventPartialState,
)
from homeassistant.const import ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import HomeAssistant, callback

from .const import ATTR_CALLS, ATTR_ENTITIES, ATTR_FUNCTION, ATTR_SENTENCE, DOMAIN, EVENT_ACTED

#: More devices of one call than this are only counted.
_MOST_NAMED: Final = 5


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[
        [str, str, Callable[[LazyEventPartialState], dict[str, Any]]], None
    ],
) -> None:
    """Describe our event: “Turn on the kitchen lights” → light.turn_on: Ceiling, Counter."""

    # Called in the recorder's threads as well: reading states is safe there.
    @callback
    def describe(event: LazyEventPartialState) -> dict[str, Any]:
        calls = "; ".join(_call(hass, call) for call in event.data[ATTR_CALLS])
        return {
            LOGBOOK_ENTRY_NAME: event.data[ATTR_NAME],
            # The logbook has no translations. There is nothing in this to translate.
            LOGBOOK_ENTRY_MESSAGE: f"“{event.data[ATTR_SENTENCE]}” → {calls}",
            LOGBOOK_ENTRY_ENTITY_ID: event.data[ATTR_ENTITY_ID],
            LOGBOOK_ENTRY_CONTEXT_ID: event.context_id,
        }

    async_describe_event(DOMAIN, EVENT_ACTED, describe)


def _call(hass: HomeAssistant, call: Mapping[str, Any]) -> str:
    names = [_name(hass, entity_id) for entity_id in call[ATTR_ENTITIES]]
    if (more := len(names) - _MOST_NAMED) > 0:
        names = [*names[:_MOST_NAMED], f"+{more}"]
    return f"{call[ATTR_FUNCTION]}: {', '.join(names)}" if names else str(call[ATTR_FUNCTION])


def _name(hass: HomeAssistant, entity_id: str) -> str:
    """What it is called now; the entity may have gone since."""
    state = hass.states.get(entity_id)
    return str(state.name) if state else entity_id
