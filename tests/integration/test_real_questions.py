"""Which lamp is meant is asked, and the answer understood: with the real model."""

from __future__ import annotations

import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .house import place, set_up_demo, speech
from .real_house import BED, CEILING, COUNTER, Resident, lit, moved_in

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]

#: Two lamps that are told apart; the question names them in this order.
FIRST, SECOND = BED, CEILING


async def answered(
    hass: HomeAssistant, resident: Resident, language: str, question: str, *said: str
) -> set[str]:
    """The lamps that are on after a sentence, the `question` and the answer to it."""
    sentence, answer = said
    asked = await resident.say(sentence, language)
    assert speech(asked) == question
    assert asked.continue_conversation
    assert not lit(hass)
    done = await resident.say(answer, language, conversation_id=asked.conversation_id)
    assert not done.continue_conversation, speech(done)
    lamps = lit(hass)
    await hass.services.async_call("light", "turn_off", {"entity_id": "all"}, blocking=True)
    return lamps


@pytest.mark.parametrize(
    ("language", "room", "lamp", "names", "sentence", "question", "left", "second", "both"),
    [
        (
            "en",
            "Bedroom",
            "Bedside lamp",
            ("Left bedside lamp", "Right bedside lamp"),
            "Turn on the bedside lamp",
            "Which one: Left bedside lamp or Right bedside lamp?",
            "the left one",
            "the second",
            "both",
        ),
        (
            "fr",
            "Chambre",
            "Lampe de chevet",
            ("Lampe de chevet gauche", "Lampe de chevet droite"),
            "Allume la lampe de chevet",
            "Lequel : Lampe de chevet gauche ou Lampe de chevet droite ?",
            "celle de gauche",
            "la deuxième",
            "les deux",
        ),
        (
            "ko",
            "침실",
            "스탠드",
            ("왼쪽 스탠드", "오른쪽 스탠드"),
            "스탠드 켜 줘",
            "어느 것을 말씀하시나요: 왼쪽 스탠드 또는 오른쪽 스탠드?",
            "왼쪽 거요",
            "두 번째 거요",
            "둘 다요",
        ),
    ],
)
async def test_question_names_the_lamps_and_left_second_and_both_answer_it(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    language: str,
    room: str,
    lamp: str,
    names: tuple[str, str],
    sentence: str,
    question: str,
    left: str,
    second: str,
    both: str,
) -> None:
    await set_up_demo(hass, Platform.LIGHT)
    for entity_id, name in zip((FIRST, SECOND), names, strict=True):
        place(hass, entity_id, room, name=name, aliases=[lamp])
    resident = await moved_in(hass, real_entry)
    for answer, meant in ((left, {FIRST}), (second, {SECOND}), (both, {FIRST, SECOND})):
        assert await answered(hass, resident, language, question, sentence, answer) == meant


@pytest.mark.parametrize(
    ("language", "lamp", "rooms", "sentence", "question", "second", "room"),
    [
        (
            "en",
            "Lamp",
            ("Bedroom", "Kitchen"),
            "Turn on the lamp",
            "Which one: Lamp (Bedroom) or Lamp (Kitchen)?",
            "the second one, please",
            "the one in the bedroom",
        ),
        (
            "fr",
            "Lampe",
            ("Chambre", "Cuisine"),
            "Allume la lampe",
            "Lequel : Lampe (Chambre) ou Lampe (Cuisine) ?",
            "la deuxième, s'il te plaît",
            "celle de la chambre",
        ),
        (
            "de",
            "Lampe",
            ("Schlafzimmer", "Küche"),
            "Schalte die Lampe ein",
            "Was davon: Lampe (Schlafzimmer) oder Lampe (Küche)?",
            "die zweite, bitte",
            "die im Schlafzimmer",
        ),
    ],
)
async def test_two_lamps_of_one_name_are_told_apart_by_their_rooms(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    language: str,
    lamp: str,
    rooms: tuple[str, str],
    sentence: str,
    question: str,
    second: str,
    room: str,
) -> None:
    await set_up_demo(hass, Platform.LIGHT)
    for entity_id, area in zip((FIRST, SECOND), rooms, strict=True):
        place(hass, entity_id, area, name=lamp)
    place(hass, COUNTER, rooms[1], name="Spot")
    resident = await moved_in(hass, real_entry)
    for answer, meant in ((second, {SECOND}), (room, {FIRST})):
        assert await answered(hass, resident, language, question, sentence, answer) == meant
