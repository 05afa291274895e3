"""What did not respond is named, and the rest is done: with the real model."""

from __future__ import annotations

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.intent import IntentResponseType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .house import names, speech
from .real_house import CEILING, COUNTER, ISLAND, house_of_lamps, lit

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]


@pytest.mark.parametrize(
    ("language", "sentence", "one", "two"),
    [
        (
            "en",
            "Turn on the kitchen lights",
            "Counter lamp did not respond, the rest is done",
            "Counter lamp and Island lamp did not respond, the rest is done",
        ),
        (
            "fr",
            "Allume les lumières de la cuisine",
            "Pas de réponse : Plan de travail. Le reste est fait",
            "Pas de réponse : Plan de travail et Îlot. Le reste est fait",
        ),
    ],
)
async def test_of_three_lamps_those_that_do_not_respond_are_named_and_no_others(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    language: str,
    sentence: str,
    one: str,
    two: str,
) -> None:
    resident = await house_of_lamps(hass, real_entry, language)
    dead: set[str] = set()

    async def turn_on(call: ServiceCall) -> None:
        for entity_id in cv.ensure_list(call.data["entity_id"]):
            if entity_id in dead:
                raise HomeAssistantError("no radio")
            found = hass.states.get(entity_id)
            assert found is not None
            hass.states.async_set(entity_id, "on", found.attributes)

    hass.services.async_register("light", "turn_on", turn_on)
    for failed, reply in (([COUNTER], one), ([COUNTER, ISLAND], two)):
        dead.update(failed)
        said = await resident.say(sentence, language)
        assert speech(said) == reply
        done = {CEILING, COUNTER, ISLAND} - dead
        assert lit(hass) == done
        assert names(said.response.success_results) == sorted(done)
        assert names(said.response.failed_results) == sorted(failed)
        assert said.response.response_type is IntentResponseType.ACTION_DONE
        await hass.services.async_call("light", "turn_off", {"entity_id": "all"}, blocking=True)
