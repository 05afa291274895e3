"""What is measured in a room: by its sensors, else by its thermostat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, PERCENTAGE
from homeassistant.core import State
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.home import Entity
from ..core.resolve import Action
from .questions import MOST_READ, NOWHERE, async_sentence
from .turn import Outcome, Turn

#: Settings of an area: which of its sensors is the one for the room.
_MAIN: Final = {"temperature": "temperature_entity_id", "humidity": "humidity_entity_id"}


async def async_get(turn: Turn, action: Action) -> Outcome:
    """What the entities measure."""
    quantity = action.function.name.partition(".")[2]
    states = [_measured(turn, s, quantity) for s in turn.states(_main(turn, action, quantity))]
    # One that is silent is no reason to leave the others unheard.
    known = [s for s in states if s is not None and s.state not in NOWHERE]
    told = known or [s for s in states if s is not None]
    if not told:
        text = turn.replies.say("not_measured")
        return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)
    spoken = [await async_sentence(turn, state) for state in told[:MOST_READ]]
    ids = {state.entity_id for state in told}
    entities = tuple(e for e in action.entities if e.entity_id in ids)
    return Outcome(turn.replies.own["comma"].join(spoken), entities, answer=True)


def _main(turn: Turn, action: Action, quantity: str) -> Sequence[Entity]:
    """The entities, without those that are not for the room: the fridge's temperature, say.

    An area's settings name the sensor that stands for it; what they do not name is not left out
    where somebody named it.
    """
    if quantity not in _MAIN or "name" in action.call.arguments:
        return action.entities
    areas = ar.async_get(turn.hass)
    main = {area.name: getattr(area, _MAIN[quantity], None) for area in areas.async_list_areas()}
    there = {entity.entity_id for entity in action.entities}
    return [
        entity
        for entity in action.entities
        if (chosen := main.get(entity.area or "")) not in there or chosen == entity.entity_id
    ]


def _measured(turn: Turn, state: State, quantity: str) -> State | None:
    """A state whose value is what is asked for; None where a thermostat does not know it."""
    if state.domain == "sensor":
        return state
    value = state.attributes.get(f"current_{quantity}")
    if not isinstance(value, (int, float)):
        return None
    unit = turn.hass.config.units.temperature_unit if quantity == "temperature" else PERCENTAGE
    attributes = {"friendly_name": state.name, ATTR_UNIT_OF_MEASUREMENT: unit}
    return State(state.entity_id, f"{value:g}", attributes)
