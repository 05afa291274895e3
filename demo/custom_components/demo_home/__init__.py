"""The demo's house as an integration: its entities are real ones and change state when called.

`hass.data[HOUSE]` holds the House to set up. There is a config entry because only an entry's
devices get into the device registry.
"""

from __future__ import annotations

from typing import Final

import probatio
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_ID, ATTR_FRIENDLY_NAME, Platform
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers.typing import ConfigType

from demo.house import DeviceSpec, EntitySpec, House

from .base import DOMAIN, HOUSE, async_apply

#: Domains that have a module here; helpers (timer, script, …) are Home Assistant's own, and the
#: rest is shown as plain states.
PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CLIMATE,
    Platform.COVER,
    Platform.FAN,
    Platform.HUMIDIFIER,
    Platform.LAWN_MOWER,
    Platform.LIGHT,
    Platform.LOCK,
    Platform.MEDIA_PLAYER,
    Platform.NUMBER,
    Platform.SCENE,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SIREN,
    Platform.SWITCH,
    Platform.TODO,
    Platform.VACUUM,
    Platform.VALVE,
)

#: What a script of the house runs: the states it says under `entities`.
SERVICE_APPLY: Final = "apply"

CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer the action that scripts run."""

    async def apply(call: ServiceCall) -> None:
        wanted = call.data[ATTR_ENTITY_ID]
        for spec in hass.data[HOUSE].entities:
            if spec.entity_id == wanted:
                await async_apply(hass, spec, call.context)

    hass.services.async_register(
        DOMAIN, SERVICE_APPLY, apply, probatio.Schema({ATTR_ENTITY_ID: cv.entity_id})
    )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Fill the registries and add the entities."""
    house = hass.data[HOUSE]
    areas = _async_areas(hass, house)
    for device in house.devices:
        _async_device(hass, entry, device, areas)
    used = {spec.domain for spec in house.entities}
    await hass.config_entries.async_forward_entry_setups(
        entry, [platform for platform in PLATFORMS if platform in used]
    )
    for spec in house.entities:
        _async_finish(hass, spec, areas)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Remove the entities; areas and devices stay, as they do for any integration."""
    used = {spec.domain for spec in hass.data[HOUSE].entities}
    return await hass.config_entries.async_unload_platforms(
        entry, [platform for platform in PLATFORMS if platform in used]
    )


@callback
def _async_areas(hass: HomeAssistant, house: House) -> dict[str, str]:
    """Floors and areas; returns the registry's id of each of the file's area ids."""
    floors = fr.async_get(hass)
    areas = ar.async_get(hass)
    found: dict[str, str] = {}
    for spec in house.areas:
        floor_id = None
        if spec.floor:
            floor = floors.async_get_floor_by_name(spec.floor) or floors.async_create(spec.floor)
            floor_id = floor.floor_id
        area = areas.async_get_area_by_name(spec.name) or areas.async_create(spec.name)
        areas.async_update(area.id, floor_id=floor_id, aliases=set(spec.aliases))
        found[spec.id] = area.id
    return found


@callback
def _async_device(
    hass: HomeAssistant, entry: ConfigEntry, spec: DeviceSpec, areas: dict[str, str]
) -> None:
    registry = dr.async_get(hass)
    device = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, spec.id)},
        name=spec.name,
        manufacturer=spec.info.get("manufacturer"),
        model=spec.info.get("model"),
        sw_version=spec.info.get("sw_version"),
    )
    registry.async_update_device(device.id, area_id=areas.get(spec.area or ""))


@callback
def _async_finish(hass: HomeAssistant, spec: EntitySpec, areas: dict[str, str]) -> None:
    """Put the entity where it is, with its aliases, and expose it to Assist."""
    registry = er.async_get(hass)
    if registry.async_get(spec.entity_id) is not None:
        registry.async_update_entity(
            spec.entity_id,
            area_id=areas.get(spec.area or ""),
            aliases=[er.COMPUTED_NAME, *spec.aliases],
        )
    elif hass.states.get(spec.entity_id) is None:
        attributes = {**spec.attributes, ATTR_FRIENDLY_NAME: spec.name}
        hass.states.async_set(spec.entity_id, spec.state or _value(spec), attributes)
    async_expose_entity(hass, "conversation", spec.entity_id, True)


def _value(spec: EntitySpec) -> str:
    """The state of an entity that is a plain state, where the file names none."""
    return str(spec.attributes.get("condition") or spec.attributes.get("native_value") or "unknown")
