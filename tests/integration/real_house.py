"""Houses for the real model, each spoken to once the home is read.

A household calls its rooms and lamps what they are called in its language.
"""

from __future__ import annotations

from typing import Any, Final, override

from homeassistant.components import conversation
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .house import Speaker, place, set_up_demo, speech, state_of

CEILING: Final = "light.ceiling_lights"
COUNTER: Final = "light.kitchen_lights"
ISLAND: Final = "light.office_rgbw_lights"
BED: Final = "light.bed_light"
LIGHTS: Final = (CEILING, COUNTER, ISLAND, BED)

#: By language: what the lamps are called, and the room of each.
LAMPS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "en": {
        CEILING: ("Ceiling lamp", "Kitchen"),
        COUNTER: ("Counter lamp", "Kitchen"),
        ISLAND: ("Island lamp", "Kitchen"),
        BED: ("Bedside lamp", "Bedroom"),
    },
    "fr": {
        CEILING: ("Plafonnier", "Cuisine"),
        COUNTER: ("Plan de travail", "Cuisine"),
        ISLAND: ("Îlot", "Cuisine"),
        BED: ("Lampe de chevet", "Chambre"),
    },
    "de": {
        CEILING: ("Deckenlampe", "Küche"),
        COUNTER: ("Arbeitslicht", "Küche"),
        ISLAND: ("Insellampe", "Küche"),
        BED: ("Nachttischlampe", "Schlafzimmer"),
    },
}


class Resident(Speaker):
    """Somebody who speaks to the real model."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        super().__init__(hass, entry)
        self._records = entry.runtime_data.records

    @override
    async def say(
        self, text: str, language: str = "en", **where: Any
    ) -> conversation.ConversationResult:
        """Say a sentence; what the model made of it is printed with the test that fails."""
        before = self._records.latest
        result = await super().say(text, language, **where)
        record = self._records.latest
        if record is not None and record is not before:
            sure = "" if record.confidence is None else f" {record.confidence:.2f}"
            print(f"{text!r}: {record.decision} {record.functions}{sure}; {speech(result)!r}")
        return result


async def moved_in(hass: HomeAssistant, entry: MockConfigEntry) -> Resident:
    """Somebody in the house as it is now, all its lights off; the model has read it."""
    await hass.services.async_call("light", "turn_off", {"entity_id": "all"}, blocking=True)
    await hass.async_block_till_done()
    resident = Resident(hass, entry)
    await conversation.async_prepare_agent(hass, resident.agent_id, "en")
    await hass.async_block_till_done(wait_background_tasks=True)
    return resident


async def house_of_lamps(
    hass: HomeAssistant, entry: MockConfigEntry, language: str, *also_called: dict[str, str]
) -> Resident:
    """Three lamps in the kitchen and one in the bedroom; `also_called`: aliases by room."""
    await set_up_demo(hass, Platform.LIGHT)
    for entity_id, (name, room) in LAMPS[language].items():
        place(hass, entity_id, room, name=name)
    areas = ar.async_get(hass)
    for room in {room for _, room in LAMPS[language].values()}:
        area = areas.async_get_area_by_name(room)
        assert area is not None
        areas.async_update(area.id, aliases={names[room] for names in also_called})
    return await moved_in(hass, entry)


def lit(hass: HomeAssistant) -> set[str]:
    """The lamps that are on."""
    return {lamp for lamp in LIGHTS if state_of(hass, lamp) == "on"}


def brightness(hass: HomeAssistant, entity_id: str) -> int:
    """Of a lamp, 1 to 255; 0 when it is off."""
    found = hass.states.get(entity_id)
    assert found is not None
    return found.attributes.get("brightness") or 0


async def set_brightness(hass: HomeAssistant, entity_id: str, value: int) -> None:
    """By hand, as at the wall."""
    data = {"entity_id": entity_id, "brightness": value}
    await hass.services.async_call("light", "turn_on", data, blocking=True)
