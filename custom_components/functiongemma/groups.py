"""Entities that stand for several others: what Home Assistant calls groups."""

from __future__ import annotations

from collections.abc import Iterator

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, State


def is_group(state: State) -> bool:
    """Whether it names the entities it stands for."""
    return isinstance(state.attributes.get(ATTR_ENTITY_ID), (list, tuple))


def members(hass: HomeAssistant, state: State) -> Iterator[State]:
    """The states of what a group stands for, groups in it taken apart; nothing for others."""
    seen = {state.entity_id}
    inside = [*state.attributes[ATTR_ENTITY_ID]] if is_group(state) else []
    while inside:
        entity_id = inside.pop(0)
        if entity_id in seen or (member := hass.states.get(entity_id)) is None:
            continue
        seen.add(entity_id)
        if is_group(member):
            inside += member.attributes[ATTR_ENTITY_ID]
        else:
            yield member
