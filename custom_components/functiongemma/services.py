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

from .agent import Agent, agents_of, async_agent_of
from .const import DOMAIN
from .errors import translated
from .exposure import async_area_name
from .report import findings, prompt
from .runtime import FunctionGemmaConfigEntry
from .watching import Asked, asking

SERVICE_ASK: Final = "ask"

ATTR_TEXT: Final = "text"
ATTR_CONFIG_ENTRY: Final = "config_entry"
ATTR_AGENT: Final = "agent_id"
ATTR_LANGUAGE: Final = "language"
ATTR_AREA: Final = "area"
ATTR_EXECUTE: Final = "execute"

_ASK: Final = probatio.Schema(
    {
        probatio.Required(ATTR_TEXT): cv.string,
        probatio.Optional(ATTR_CONFIG_ENTRY): cv.string,
        probatio.Optional(ATTR_AGENT): cv.entity_id,
        probatio.Optional(ATTR_LANGUAGE): cv.string,
        probatio.Optional(ATTR_AREA): cv.string,
        probatio.Optional(ATTR_DEVICE_ID): cv.string,
        probatio.Optional(ATTR_EXECUTE, default=True): cv.boolean,
    }
)

#: Translated errors of the actions, and what their words mention.
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "agent_disabled": ("entry",),
    "agent_not_found": ("agent",),
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
    agent_id: str | None = call.data.get(ATTR_AGENT)
    chosen = async_agent_of(hass, agent_id)
    if agent_id is not None and chosen is None:
        raise _invalid("agent_not_found", agent=agent_id)
    entry_id = chosen.entry.entry_id if chosen else call.data.get(ATTR_CONFIG_ENTRY)
    entry: FunctionGemmaConfigEntry = async_get_config_entry(hass, DOMAIN, entry_id)
    agent_id = _enabled(hass, entry, chosen)
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
        # Of a large home that takes a while.
        "prompt": await hass.async_add_executor_job(prompt, trace, runtime),
    }
    return response


def _enabled(hass: HomeAssistant, entry: FunctionGemmaConfigEntry, chosen: Agent | None) -> str:
    """Entity id of the agent that was chosen, or of the entry's first one that is enabled."""
    registry = er.async_get(hass)
    for agent in [chosen] if chosen else agents_of(entry):
        entity_id = registry.async_get_entity_id(Platform.CONVERSATION, DOMAIN, agent.subentry_id)
        entity = registry.async_get(entity_id) if entity_id else None
        if entity is not None and entity.disabled_by is None:
            return entity.entity_id
    raise _invalid("agent_disabled", entry=chosen.title if chosen else entry.title)


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
