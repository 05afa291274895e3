"""The reply is in the language of the sentence, not of the pipeline: with the real model."""

from __future__ import annotations

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .house import speech
from .real_house import BED, CEILING, COUNTER, ISLAND, house_of_lamps, lit

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]

KITCHEN = {CEILING, COUNTER, ISLAND}


@pytest.mark.parametrize(
    ("rooms", "rows"),
    [
        (
            {"Kitchen": "Cuisine", "Bedroom": "Chambre"},
            [
                ("fr", "Turn on the light in the bedroom", {BED}, "Turned on the light"),
                ("en", "Allume la lumière dans la chambre", {BED}, "Allumé"),
            ],
        ),
        (
            {"Kitchen": "Küche", "Bedroom": "Schlafzimmer"},
            [
                ("de", "Turn on the light in the bedroom", {BED}, "Turned on the light"),
                ("en", "Mach das Licht in der Küche an", KITCHEN, "Licht eingeschaltet"),
            ],
        ),
        (
            {"Kitchen": "주방", "Bedroom": "침실"},
            [("en", "침실 불 켜 줘", {BED}, "켰습니다")],
        ),
        (
            {"Kitchen": "キッチン", "Bedroom": "寝室"},
            [("en", "寝室の電気をつけて", {BED}, "オン")],
        ),
    ],
    ids=["fr", "de", "ko", "ja"],
)
async def test_reply_is_in_the_language_of_the_sentence_not_of_the_assistant(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    rooms: dict[str, str],
    rows: list[tuple[str, str, set[str], str]],
) -> None:
    resident = await house_of_lamps(hass, real_entry, "en", rooms)
    for pipeline, sentence, meant, reply in rows:
        said = await resident.say(sentence, pipeline)
        assert lit(hass) == meant, speech(said)
        assert reply in speech(said)
        await hass.services.async_call("light", "turn_off", {"entity_id": "all"}, blocking=True)
