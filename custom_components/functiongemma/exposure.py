"""The home as it is exposed to Assist, for the model.

Only what the user exposed gets in here, so only that can be listed, named or called.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_SUPPORTED_FEATURES
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr

from .core.catalogue import FUNCTIONS
from .core.home import Area, Entity, Home

#: Domains that some home function is for.
CATALOGUE_DOMAINS = frozenset(domain for function in FUNCTIONS for domain in function.domains)

#: Bits of `supported_features` and the words `Function.feature` uses for them; from the
#: `*EntityFeature` flags of each domain.
_BITS: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    "cover": {
        1: ("open",), 2: ("close",), 4: ("position",), 8: ("stop",), 16: ("tilt",),
        128: ("tilt_position",),
    },
    "valve": {1: ("open",), 2: ("close",), 4: ("position",), 8: ("stop",)},
    "fan": {1: ("speed",), 2: ("oscillate",), 4: ("direction",), 8: ("preset_mode",)},
    "lock": {1: ("open",)},
    "climate": {
        1: ("temperature",), 2: ("temperature",), 8: ("fan_mode",), 16: ("preset_mode",),
        128: ("turn_off",), 256: ("turn_on",),
    },
    "media_player": {
        1: ("pause",), 4: ("volume_set", "volume_step"), 8: ("volume_mute",),
        16: ("previous",), 32: ("next",), 128: ("turn_on",), 256: ("turn_off",),
        1024: ("volume_step",), 2048: ("select_source",), 4096: ("stop",), 16384: ("play",),
    },
    "vacuum": {
        4: ("pause",), 8: ("stop",), 16: ("return_home",), 512: ("locate",), 8192: ("start",),
    },
    "todo": {1: ("add",), 2: ("delete",), 4: ("update",)},
}  # fmt: skip

_COLOR_MODES = frozenset({"hs", "rgb", "rgbw", "rgbww", "xy"})
_LISTS = ("hvac_modes", "fan_modes", "preset_modes", "source_list")


@callback
def async_build_home(hass: HomeAssistant, domains: frozenset[str] | None = None) -> Home:
    """The exposed entities with their names, aliases, areas and floors.

    `domains`: only these; None: those some home function is for.
    """
    areas = ar.async_get(hass)
    floors = fr.async_get(hass)
    found: list[Entity] = []
    for state in sorted(hass.states.async_all(), key=lambda state: state.entity_id):
        if state.domain not in (domains or CATALOGUE_DOMAINS):
            continue
        if not async_should_expose(hass, CONVERSATION_DOMAIN, state.entity_id):
            continue
        found.append(_async_entity(hass, areas, state))
    used = {entity.area for entity in found}
    return Home(
        tuple(found),
        tuple(
            Area(
                area.name,
                floor.name
                if area.floor_id and (floor := floors.async_get_floor(area.floor_id))
                else None,
                tuple(sorted(area.aliases)),
            )
            for area in areas.async_list_areas()
            if area.name in used
        ),
    )


@callback
def _async_entity(hass: HomeAssistant, areas: ar.AreaRegistry, state: State) -> Entity:
    entry = er.async_get(hass).async_get(state.entity_id)
    area_id = er.async_get_effective_area_id(hass, entry) if entry else None
    area = areas.async_get_area(area_id) if area_id else None
    aliases = er.async_get_entity_aliases(hass, entry) if entry else []
    names = dict.fromkeys(name for name in [state.name, *aliases] if name)
    attributes = state.attributes
    return Entity(
        entity_id=state.entity_id,
        name=state.name,
        area=area.name if area else None,
        aliases=tuple(name for name in names if name != state.name),
        features=_features(state.domain, attributes),
        options={
            key: tuple(str(item) for item in attributes[key])
            for key in _LISTS
            if isinstance(attributes.get(key), (list, tuple))
        },
        device_class=attributes.get(ATTR_DEVICE_CLASS),
    )


def _features(domain: str, attributes: Mapping[str, Any]) -> frozenset[str] | None:
    """What the entity can do; None where the domain has no such notion."""
    if domain == "light":
        return _light_features(attributes)
    if domain not in _BITS:
        return None
    bits = int(attributes.get(ATTR_SUPPORTED_FEATURES) or 0)
    return frozenset(
        word for bit, words in _BITS[domain].items() if bits & bit for word in words
    )


def _light_features(attributes: Mapping[str, Any]) -> frozenset[str]:
    modes = set(attributes.get("supported_color_modes") or ())
    features = set()
    if modes - {"onoff"}:
        features.add("brightness")
    if modes & _COLOR_MODES:
        features.add("color")
    if modes & {"color_temp", "rgbww"}:
        features.add("color_temp")
    return frozenset(features)


@callback
def async_speaker_area(
    hass: HomeAssistant, satellite_id: str | None, device_id: str | None
) -> str | None:
    """Name of the area the speaker is in: the satellite's own, or its device's."""
    area_id = None
    if satellite_id and (entry := er.async_get(hass).async_get(satellite_id)):
        area_id = er.async_get_effective_area_id(hass, entry)
    if area_id is None and device_id and (device := dr.async_get(hass).async_get(device_id)):
        area_id = dr.async_get_effective_area_id(hass, device)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return area.name if area else None
