"""Entities that stand for several others: what Home Assistant calls groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from homeassistant.const import ATTR_ENTITY_ID, ATTR_GROUP_ENTITIES
from homeassistant.core import HomeAssistant, State

#: Home Assistant's own groups name them in the one, those of MQTT, ZHA and others in the other.
_NAMING: Final = (ATTR_ENTITY_ID, ATTR_GROUP_ENTITIES)


def _inside(state: State) -> list[str]:
    """Ids of the entities it stands for."""
    named = (state.attributes.get(key) for key in _NAMING)
    return [entity_id for ids in named if isinstance(ids, (list, tuple)) for entity_id in ids]


def members(hass: HomeAssistant, state: State) -> Iterator[State]:
    """The states of what a group stands for, groups in it taken apart; nothing for others."""
    seen = {state.entity_id}
    inside = _inside(state)
    while inside:
        entity_id = inside.pop(0)
        if entity_id in seen or (member := hass.states.get(entity_id)) is None:
            continue
        seen.add(entity_id)
        if more := _inside(member):
            inside += more
        else:
            yield member
