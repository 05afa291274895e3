"""The action `ask`: what the agent makes of a sentence, and why."""

from __future__ import annotations

from typing import Any, Final

import probatio
from homeassistant.components import conversation
from homeassistant.const import ATTR_DEVICE_ID, Platform
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.service import async_get_config_entry

from .const import DOMAIN
from .errors import translated
from .exposure import async_area_name
from .report import findings, prompt
from .runtime import FunctionGemmaConfigEntry
from .watching import Asked, asking

SERVICE_ASK: Final = "ask"

ATTR_TEXT: Final = "text"
ATTR_CONFIG_ENTRY: Final = "config_entry"
ATTR_LANGUAGE: Final = "language"
ATTR_AREA: Final = "area"
ATTR_EXECUTE: Final = "execute"

_ASK: Final = probatio.Schema(
    {
        probatio.Required(ATTR_TEXT): cv.string,
        probatio.Optional(ATTR_CONFIG_ENTRY): cv.string,
        probatio.Optional(ATTR_LANGUAGE): cv.string,
        probatio.Optional(ATTR_AREA): cv.string,
        probatio.Optional(ATTR_DEVICE_ID): cv.string,
        probatio.Optional(ATTR_EXECUTE, default=True): cv.boolean,
    }
)

#: Translated errors of the actions, and what their words mention.
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "agent_disabled": ("entry",),
    "area_not_found": ("area",),
    "device_not_found": ("device",),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions, once for all entries."""
    hass.services.async_register(
        DOMAIN, SERVICE_ASK, _async_ask, schema=_ASK, supports_response=SupportsResponse.ONLY
    )


async def _async_ask(call: ServiceCall) -> ServiceResponse:
    """Say a sentence to the agent, on the way all sentences go, and tell what it made of it.

    Raises ServiceValidationError for data that fits nothing, HomeAssistantError when the model
    could not answer.
    """
    hass = call.hass
    entry: FunctionGemmaConfigEntry = async_get_config_entry(
        hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY)
    )
    agent_id = _agent_of(hass, entry)
    runtime = entry.runtime_data
    asked = Asked(call.context, not call.data[ATTR_EXECUTE], _area(hass, call))
    with asking(asked):
        result = await conversation.async_converse(
            hass,
            call.data[ATTR_TEXT],
            None,
            call.context,
            call.data.get(ATTR_LANGUAGE),
            agent_id,
            _device_id(hass, call),
        )
    trace = asked.traces[0]
    if trace.error is not None:
        raise translated(trace.error, HomeAssistantError) from trace.error
    response: dict[str, Any] = {
        "text": trace.text,
        "language": trace.language,
        "executed": trace.called and not trace.dry_run,
        **findings(trace),
        "response_type": result.response.response_type.value,
        "prompt": prompt(trace, runtime),
    }
    return response


def _agent_of(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> str:
    """Entity id of the entry's agent."""
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if entity.domain == Platform.CONVERSATION and entity.disabled_by is None:
            return entity.entity_id
    raise _invalid("agent_disabled", entry=entry.title)


def _area(hass: HomeAssistant, call: ServiceCall) -> str | None:
    """Name of the area that was given; None where none was."""
    if (area_id := call.data.get(ATTR_AREA)) is None:
        return None
    if (name := async_area_name(hass, area_id)) is None:
        raise _invalid("area_not_found", area=area_id)
    return name


def _device_id(hass: HomeAssistant, call: ServiceCall) -> str | None:
    """The device that was given; None where none was."""
    device_id: str | None = call.data.get(ATTR_DEVICE_ID)
    if device_id is not None and dr.async_get(hass).async_get(device_id) is None:
        raise _invalid("device_not_found", device=device_id)
    return device_id


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
