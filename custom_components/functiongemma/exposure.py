"""The home as it is exposed to Assist, for the model.

Only what the user exposed gets in here, so only that can be listed, named or called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import is_
from typing import Any, Final

from homeassistant.components.conversation import DOMAIN as CONVERSATION_DOMAIN
from homeassistant.components.homeassistant.exposed_entities import (
    async_listen_entity_updates,
    async_should_expose,
)
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_SUPPORTED_FEATURES,
    ATTR_UNIT_OF_MEASUREMENT,
)
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .core import features
from .core.catalogue import FUNCTIONS
from .core.home import Area, Entity, Home
from .core.tokens import defuse
from .openings import device_class

#: Domains that some home function is for.
CATALOGUE_DOMAINS = frozenset(domain for function in FUNCTIONS for domain in function.domains)

_LISTS = (
    "hvac_modes", "fan_modes", "preset_modes", "source_list", "available_modes", "operation_list",
    "options",
)  # fmt: skip


#: All domains, for tools that are not ours.
_EVERYTHING: Final = "*"


@dataclass(slots=True)
class _Known:
    """What an entity came to, for as long as its attributes are the same object."""

    attributes: Mapping[str, Any]
    entity: Entity | None
    """None: not exposed."""


class ExposedHome:
    """Builds the `Home`, and builds again only what has changed.

    Every sentence asks for the home, and nearly always it is the one of the sentence before. What
    an entity came to is kept until its attributes change, and all of it until something changes in
    a registry or in what is exposed. An equal home is the very same object.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Keep nothing yet; what is kept is right only between `async_listen` and its end."""
        self._hass = hass
        self._known: dict[str, _Known] = {}
        self._homes: dict[frozenset[str] | str, tuple[list[Entity], Home]] = {}
        self._bits: dict[str, int] = {}

    @callback
    def async_listen(self) -> Callable[[], None]:
        """Notice changes; returns the way to stop."""
        return async_listen_changes(self._hass, self._async_changed)

    @callback
    def _async_changed(self, _event: Event[Any] | None = None) -> None:
        self._known.clear()
        self._homes.clear()

    @callback
    def async_home(self, domains: frozenset[str] | None) -> Home:
        """The exposed entities of `domains`; None: of all."""
        found: list[Entity] = []
        for state in self._hass.states.async_all(domains):
            known = self._known.get(state.entity_id)
            if known is None or known.attributes is not state.attributes:
                known = self._async_look(state, known)
            if known.entity is not None:
                found.append(known.entity)
        found.sort(key=lambda entity: entity.entity_id)
        key = _EVERYTHING if domains is None else domains
        before = self._homes.get(key)
        if before is not None and _same(before[0], found):
            return before[1]
        home = Home(tuple(found), _areas(self._hass, {entity.area for entity in found}))
        self._homes[key] = (found, home)
        return home

    @callback
    def _async_look(self, state: State, known: _Known | None) -> _Known:
        entity = None
        if async_should_expose(self._hass, CONVERSATION_DOMAIN, state.entity_id):
            entity = self._async_entity(state)
            if known is not None and known.entity == entity:
                entity = known.entity
        known = self._known[state.entity_id] = _Known(state.attributes, entity)
        return known

    @callback
    def _async_entity(self, state: State) -> Entity:
        entry = er.async_get(self._hass).async_get(state.entity_id)
        area_id = er.async_get_effective_area_id(self._hass, entry) if entry else None
        area = ar.async_get(self._hass).async_get_area(area_id) if area_id else None
        aliases = er.async_get_entity_aliases(self._hass, entry) if entry else []
        return Entity(
            entity_id=state.entity_id,
            # Whoever sets a state chooses its attributes, numbers for names included.
            name=str(state.name),
            area=area.name if area else None,
            aliases=tuple(dict.fromkeys(a for a in aliases if a and a != state.name)),
            features=self._features(state),
            options=self._options(state),
            device_class=device_class(self._hass, state),
        )

    def _options(self, state: State) -> dict[str, tuple[str, ...]]:
        """The values it accepts, by the name of the attribute that lists them."""
        attributes = state.attributes
        found = {
            key: tuple(str(item) for item in attributes[key])
            for key in _LISTS
            if isinstance(attributes.get(key), (list, tuple))
        }
        if areas := cleaning_areas(self._hass, state.entity_id):
            names = (name for area in areas for name in (area.name, *sorted(area.aliases)))
            found["area_list"] = tuple(dict.fromkeys(names))
        return found

    def _features(self, state: State) -> frozenset[str] | None:
        """What the entity can do.

        A player that is off supports less than one that plays. Following that would change the
        prompt whenever somebody switches the television on, so what it could once do counts.
        """
        if state.domain == "light":
            modes = state.attributes.get("supported_color_modes")
            listed = modes if isinstance(modes, (list, tuple, set, frozenset)) else ()
            return features.of_light(mode for mode in listed if isinstance(mode, str))
        if state.domain == "sensor":
            unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
            return features.of_sensor(state.attributes.get(ATTR_DEVICE_CLASS), unit)
        bits = state.attributes.get(ATTR_SUPPORTED_FEATURES)
        bits = int(bits) if isinstance(bits, (int, float)) else 0
        if state.domain == "media_player":
            bits = self._bits[state.entity_id] = bits | self._bits.get(state.entity_id, 0)
        if state.domain == "climate":
            return features.of_climate(bits, state.attributes)
        found = features.from_bits(state.domain, bits)
        if found and "clean_area" in found and not cleaning_areas(self._hass, state.entity_id):
            # Nobody has told it yet where the rooms are.
            found -= {"clean_area"}
        return found


@callback
def cleaning_areas(hass: HomeAssistant, entity_id: str) -> list[ar.AreaEntry]:
    """The areas a vacuum can be sent to: those that its owner mapped to rooms of its map."""
    if not entity_id.startswith("vacuum."):
        return []
    entry = er.async_get(hass).async_get(entity_id)
    options = entry.options.get("vacuum") if entry else None
    mapped = (options.get("area_mapping") or {}) if options else {}
    areas = ar.async_get(hass)
    return [area for area_id in mapped if (area := areas.async_get_area(area_id)) is not None]


@callback
def async_listen_changes(hass: HomeAssistant, action: Callable[..., None]) -> Callable[[], None]:
    """Call `action` whenever the home may have become another; returns the way to stop."""
    events: tuple[Any, ...] = (
        er.EVENT_ENTITY_REGISTRY_UPDATED,
        dr.EVENT_DEVICE_REGISTRY_UPDATED,
        ar.EVENT_AREA_REGISTRY_UPDATED,
        fr.EVENT_FLOOR_REGISTRY_UPDATED,
    )
    stops = [hass.bus.async_listen(event, action) for event in events]
    stops.append(async_listen_entity_updates(hass, CONVERSATION_DOMAIN, action))

    @callback
    def stop() -> None:
        for each in stops:
            each()

    return stop


def _same(before: list[Entity], now: list[Entity]) -> bool:
    """Whether these are the very same objects."""
    return len(before) == len(now) and all(map(is_, before, now))


_HOME: HassKey[ExposedHome] = HassKey(f"{DOMAIN}_exposed_home")


@callback
def async_keep_home(hass: HomeAssistant) -> Callable[[], None]:
    """Keep the home up to date for `async_build_home`; returns the way to stop."""
    kept = hass.data[_HOME] = ExposedHome(hass)
    stop_listening = kept.async_listen()

    @callback
    def stop() -> None:
        stop_listening()
        del hass.data[_HOME]

    return stop


@callback
def async_build_home(hass: HomeAssistant, *, everything: bool = False) -> Home:
    """The exposed entities with their names, aliases, areas and floors.

    `everything`: not only the domains that some home function is for.
    """
    kept = hass.data.get(_HOME) or ExposedHome(hass)
    return kept.async_home(None if everything else CATALOGUE_DOMAINS)


@callback
def async_still_exposed(hass: HomeAssistant, home: Home) -> Home:
    """`home` as it was listed, without what has been hidden or removed since then."""
    if (now := async_build_home(hass)) is home:
        return home
    still = {entity.entity_id for entity in now.entities}
    return replace(home, entities=tuple(e for e in home.entities if e.entity_id in still))


@callback
def _areas(hass: HomeAssistant, used: set[str | None]) -> tuple[Area, ...]:
    """The areas of these names."""
    floors = fr.async_get(hass)
    found = []
    for area in ar.async_get(hass).async_list_areas():
        if area.name in used:
            floor = floors.async_get_floor(area.floor_id) if area.floor_id else None
            name = floor.name if floor else None
            found.append(Area(area.name, name, tuple(sorted(area.aliases))))
    return tuple(found)


@callback
def async_speaker_area(
    hass: HomeAssistant, satellite_id: str | None, device_id: str | None
) -> str | None:
    """Name of the area the speaker is in, as a `Home` spells it.

    The satellite entity's own area, else its device's, else that of the device spoken to.
    """
    area_id = None
    if satellite_id and (entry := er.async_get(hass).async_get(satellite_id)):
        area_id = er.async_get_effective_area_id(hass, entry)
    if area_id is None and device_id and (device := dr.async_get(hass).async_get(device_id)):
        area_id = dr.async_get_effective_area_id(hass, device)
    return async_area_name(hass, area_id) if area_id else None


@callback
def async_area_name(hass: HomeAssistant, area_id: str) -> str | None:
    """Name of an area as a `Home` spells it; None where there is no such area."""
    area = ar.async_get(hass).async_get_area(area_id)
    return defuse(" ".join(area.name.split())) if area else None
