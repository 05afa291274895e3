"""Entries of earlier versions of the integration, brought up to date."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .const import CONF_THREADS, DOMAIN, LOGGER, SUBENTRY_AGENT
from .runtime import FunctionGemmaConfigEntry

#: The options that are the model's; all others were the agent's.
_OF_THE_MODEL: Final = frozenset((CONF_THREADS,))


async def async_migrate(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> bool:
    """Bring an entry up to date; False for one of a version that is not known here.

    Version 1 was model and agent in one. Version 2 has agents as subentries.
    """
    if entry.version > 2:
        return False
    if entry.version == 1:
        options = dict(entry.options)
        agent = ConfigSubentry(
            data=MappingProxyType({k: v for k, v in options.items() if k not in _OF_THE_MODEL}),
            subentry_type=SUBENTRY_AGENT,
            title=entry.title,
            unique_id=None,
        )
        hass.config_entries.async_add_subentry(entry, agent)
        _move(hass, entry, agent.subentry_id)
        hass.config_entries.async_update_entry(
            entry, options={k: v for k, v in options.items() if k in _OF_THE_MODEL}, version=2
        )
        LOGGER.info("%s is now a model with one agent; more can be added to it", entry.title)
    return True


@callback
def _move(hass: HomeAssistant, entry: FunctionGemmaConfigEntry, agent_id: str) -> None:
    """Give the device and the entities to the agent: names, ids and areas stay what they are."""
    entities = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(entities, entry.entry_id):
        entities.async_update_entity(
            entity.entity_id,
            config_subentry_id=agent_id,
            new_unique_id=entity.unique_id.replace(entry.entry_id, agent_id, 1),
        )
    # After the entities: a device that moves away takes those it leaves with it.
    devices = dr.async_get(hass)
    device = devices.async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    if device is not None:
        devices.async_update_device(
            device.id,
            new_identifiers={(DOMAIN, agent_id)},
            new_config_entry_id=entry.entry_id,
            new_config_subentry_id=agent_id,
        )
