"""One agent of an entry: a config subentry, with what its owner chose for it.

An entry is a model and its process; agents share it. What an agent may do, and how sure the model
has to be, is read at every sentence: changing it needs no reload, and no agent forgets what was
said to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeassistant.const import CONF_LLM_HASS_API
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from .const import (
    CONF_CONFIDENCE,
    CONF_CONFIRM,
    DEFAULT_CONFIDENCE,
    DOMAIN,
    HOME_API,
    SUBENTRY_AGENT,
)

if TYPE_CHECKING:
    from homeassistant.config_entries import ConfigSubentryData

    from .runtime import FunctionGemmaConfigEntry


@dataclass(frozen=True)
class Agent:
    """An agent of an entry."""

    entry: FunctionGemmaConfigEntry
    subentry_id: str
    """Also the unique id of its entity."""

    @property
    def options(self) -> Mapping[str, Any]:
        """What its owner chose, as of now; empty once it is removed."""
        subentry = self.entry.subentries.get(self.subentry_id)
        return subentry.data if subentry is not None else {}

    @property
    def title(self) -> str:
        """What it is called."""
        subentry = self.entry.subentries.get(self.subentry_id)
        return subentry.title if subentry is not None else self.entry.title

    @property
    def api(self) -> str:
        """Id of the LLM API whose tools are called."""
        api: str = self.options.get(CONF_LLM_HASS_API, HOME_API)
        return api

    @property
    def threshold(self) -> float:
        """Confidence from which on it acts, 0 to 1."""
        percent: float = self.options.get(CONF_CONFIDENCE, DEFAULT_CONFIDENCE)
        return percent / 100

    @property
    def device_info(self) -> DeviceInfo:
        """The device that its entities are on."""
        return DeviceInfo(
            identifiers={(DOMAIN, self.subentry_id)},
            name=self.title,
            manufacturer="FunctionGemma for Home Assistant",
            model=self.entry.title,
            entry_type=DeviceEntryType.SERVICE,
        )


def agents_of(entry: FunctionGemmaConfigEntry) -> list[Agent]:
    """All agents of an entry, the oldest first."""
    return [
        Agent(entry, subentry.subentry_id)
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_AGENT
    ]


@callback
def async_agent_of(hass: HomeAssistant, entity_id: str | None) -> Agent | None:
    """The agent behind a conversation entity; None where it is not one of ours."""
    entity = er.async_get(hass).async_get(entity_id) if entity_id else None
    if entity is None or entity.platform != DOMAIN or entity.config_subentry_id is None:
        return None
    entry = hass.config_entries.async_get_entry(entity.config_entry_id or "")
    return Agent(entry, entity.config_subentry_id) if entry is not None else None


def first_agent(title: str) -> ConfigSubentryData:
    """The agent that a new entry begins with."""
    return {
        "subentry_type": SUBENTRY_AGENT,
        "title": title,
        "unique_id": None,
        "data": {
            CONF_LLM_HASS_API: HOME_API,
            CONF_CONFIDENCE: DEFAULT_CONFIDENCE,
            CONF_CONFIRM: True,
        },
    }
