"""Going on from the sentence before, and taking it back: with the real model."""

from __future__ import annotations

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .house import speech
from .real_house import (
    BED,
    CEILING,
    COUNTER,
    ISLAND,
    LIGHTS,
    brightness,
    house_of_lamps,
    lit,
    set_brightness,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]

KITCHEN = {CEILING, COUNTER, ISLAND}


@pytest.mark.parametrize(
    ("language", "first", "too", "off"),
    [
        ("en", "Turn on the kitchen lights", "and the bedroom", "turn it off again"),
        ("fr", "Allume les lumières de la cuisine", "et la chambre", "éteins-la"),
    ],
)
async def test_room_that_is_named_next_gets_the_same_and_it_is_that_room(
    hass: HomeAssistant, real_entry: MockConfigEntry, language: str, first: str, too: str, off: str
) -> None:
    resident = await house_of_lamps(hass, real_entry, language)
    said = await resident.say(first, language)
    assert lit(hass) == KITCHEN, speech(said)
    said = await resident.say(too, language, conversation_id=said.conversation_id)
    assert lit(hass) == set(LIGHTS), speech(said)
    said = await resident.say(off, language, conversation_id=said.conversation_id)
    assert lit(hass) == KITCHEN, speech(said)


@pytest.mark.parametrize(
    ("language", "sentence", "way", "more"),
    [
        ("en", "Make the bedside lamp brighter", 1, "a bit more"),
        ("fr", "Baisse un peu la lumière de la chambre", -1, "encore un peu"),
        ("de", "Mach das Licht im Schlafzimmer dunkler", -1, "noch ein bisschen"),
    ],
)
async def test_a_bit_more_is_the_same_step_for_the_same_lamp(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    language: str,
    sentence: str,
    way: int,
    more: str,
) -> None:
    resident = await house_of_lamps(hass, real_entry, language)
    await set_brightness(hass, BED, 120)
    said = await resident.say(sentence, language)
    step = brightness(hass, BED) - 120
    assert 10 < step * way < 60, speech(said)
    await resident.say(more, language, conversation_id=said.conversation_id)
    # Per cent are rounded to 255 steps.
    assert brightness(hass, BED) == pytest.approx(120 + 2 * step, abs=2)
    assert lit(hass) == {BED}


@pytest.mark.parametrize(
    ("language", "first", "undo"),
    [
        ("en", "Turn on all the lights", "Undo that"),
        ("fr", "Allume toutes les lumières", "Annule ça"),
    ],
)
async def test_undo_switches_off_only_what_the_sentence_has_switched_on(
    hass: HomeAssistant, real_entry: MockConfigEntry, language: str, first: str, undo: str
) -> None:
    resident = await house_of_lamps(hass, real_entry, language)
    await set_brightness(hass, BED, 100)
    said = await resident.say(first, language)
    assert lit(hass) == set(LIGHTS), speech(said)
    await resident.say(undo, language, conversation_id=said.conversation_id)
    assert lit(hass) == {BED}
    assert brightness(hass, BED) == 100


@pytest.mark.parametrize(
    ("language", "dim", "undo", "reply"),
    [
        ("en", "Set the bedside lamp to 20 percent", "Undo that", "Everything is as it was"),
        ("fr", "Mets la lampe de chevet à 20 %", "Annule ça", "Tout est comme avant"),
        (
            "de",
            "Stell die Nachttischlampe auf 20 Prozent",
            "Mach das rückgängig",
            "Alles ist wieder wie vorher",
        ),
    ],
)
async def test_undo_makes_a_lamp_as_bright_as_it_was(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    language: str,
    dim: str,
    undo: str,
    reply: str,
) -> None:
    resident = await house_of_lamps(hass, real_entry, language)
    await set_brightness(hass, BED, 200)
    said = await resident.say(dim, language)
    assert brightness(hass, BED) == pytest.approx(51, abs=1), speech(said)
    undone = await resident.say(undo, language, conversation_id=said.conversation_id)
    assert speech(undone) == reply
    assert brightness(hass, BED) == 200
    assert lit(hass) == {BED}
