"""What the agent does around the model, with the real model, in two languages: people see both.

One house, half of it named in French, spoken to in English and French.
"""

from __future__ import annotations

import pytest
from homeassistant.components import conversation
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import config_validation as cv
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.const import (
    CONF_FALLBACK_AGENT,
    CONF_PIN,
)

from .conftest import expose
from .house import Speaker, place, set_agent, set_up_demo, speech, state_of
from .test_handover import Other

pytestmark = pytest.mark.slow

CEILING, COUNTER, BED = "light.ceiling_lights", "light.kitchen_lights", "light.bed_light"
FRONT = "lock.front_door"


@pytest.fixture
def entry(real_entry: MockConfigEntry) -> MockConfigEntry:
    """An entry with the model that ships."""
    return real_entry


@pytest.fixture
async def speaker(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> Speaker:
    """A kitchen with two lights, a bedroom with one, a front door; the home is read already."""
    monkeypatch.setattr("homeassistant.components.demo.lock.LOCK_UNLOCK_DELAY", 0)
    await set_up_demo(hass, Platform.LIGHT, Platform.LOCK)
    place(hass, CEILING, "Kitchen", name="Ceiling lamp")
    place(hass, COUNTER, "Kitchen", name="Counter lamp")
    place(hass, BED, "Bedroom", name="Bedside lamp")
    expose(hass, FRONT)
    areas = ar.async_get(hass)
    for name, alias in (("Kitchen", "Cuisine"), ("Bedroom", "Chambre")):
        area = areas.async_get_area_by_name(name)
        assert area is not None
        areas.async_update(area.id, aliases={alias})
    await hass.services.async_call("light", "turn_off", {"entity_id": "all"}, blocking=True)
    await hass.services.async_call("lock", "lock", {"entity_id": FRONT}, blocking=True)
    await hass.async_block_till_done()
    speaker = Speaker(hass, entry)
    await conversation.async_prepare_agent(hass, speaker.agent_id, "en")
    await hass.async_block_till_done(wait_background_tasks=True)
    return speaker


def name_the_door(hass: HomeAssistant, name: str) -> None:
    """The demo's lock is in no registry: it is called what its state says."""
    found = hass.states.get(FRONT)
    assert found is not None
    hass.states.async_set(FRONT, found.state, {**found.attributes, "friendly_name": name})


def lit(hass: HomeAssistant) -> set[str]:
    """The lights that are on."""
    return {light for light in (CEILING, COUNTER, BED) if state_of(hass, light) == "on"}


@pytest.mark.parametrize(
    ("language", "first", "too", "off"),
    [
        ("en", "Turn on the kitchen lights", "and the bedroom", "turn it off again"),
        ("fr", "Allume les lumières de la cuisine", "et la chambre", "éteins-la"),
    ],
)
async def test_follow_ups_go_on_from_the_sentence_before(
    hass: HomeAssistant, speaker: Speaker, language: str, first: str, too: str, off: str
) -> None:
    said = await speaker.say(first, language)
    assert lit(hass) == {CEILING, COUNTER}, speech(said)
    said = await speaker.say(too, language, conversation_id=said.conversation_id)
    assert lit(hass) == {CEILING, COUNTER, BED}, speech(said)
    said = await speaker.say(off, language, conversation_id=said.conversation_id)
    assert lit(hass) == {CEILING, COUNTER}, speech(said)


@pytest.mark.parametrize(
    ("language", "first", "undo"),
    [
        ("en", "Turn on all the lights", "Undo that"),
        ("fr", "Allume toutes les lumières", "Annule ça"),
    ],
)
async def test_undo_puts_back_what_the_sentence_changed(
    hass: HomeAssistant, speaker: Speaker, language: str, first: str, undo: str
) -> None:
    await hass.services.async_call("light", "turn_on", {"entity_id": BED}, blocking=True)
    said = await speaker.say(first, language)
    assert lit(hass) == {CEILING, COUNTER, BED}, speech(said)
    await speaker.say(undo, language, conversation_id=said.conversation_id)
    assert lit(hass) == {BED}


@pytest.mark.parametrize(
    ("language", "name", "sentence", "no", "yes"),
    [
        ("en", "Front door", "Unlock the front door", "No", "Yes, please"),
        ("fr", "Porte d'entrée", "Déverrouille la porte d'entrée", "Non", "Oui, vas-y"),
    ],
)
async def test_door_stays_locked_until_somebody_says_yes(
    hass: HomeAssistant,
    speaker: Speaker,
    language: str,
    name: str,
    sentence: str,
    no: str,
    yes: str,
) -> None:
    name_the_door(hass, name)
    for answer, state in ((no, "locked"), (yes, "unlocked")):
        asked = await speaker.say(sentence, language)
        assert asked.continue_conversation, speech(asked)
        assert state_of(hass, FRONT) == "locked"
        await speaker.say(answer, language, conversation_id=asked.conversation_id)
        assert state_of(hass, FRONT) == state


@pytest.mark.parametrize(
    ("language", "name", "sentence", "wrong", "right"),
    [
        ("en", "Front door", "Unlock the front door", "Yes, 1234", "Yes, four zero seven one"),
        (
            "fr",
            "Porte d'entrée",
            "Ouvre la porte d'entrée",
            "Oui, 1234",
            "Oui, quatre zéro sept un",
        ),
    ],
)
async def test_door_with_a_pin_wants_the_pin(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    speaker: Speaker,
    language: str,
    name: str,
    sentence: str,
    wrong: str,
    right: str,
) -> None:
    name_the_door(hass, name)
    set_agent(hass, entry, **{CONF_PIN: "4071"})
    asked = await speaker.say(sentence, language)
    for answer, state in ((wrong, "locked"), (right, "unlocked")):
        await speaker.say(answer, language, conversation_id=asked.conversation_id)
        assert state_of(hass, FRONT) == state


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "Turn on the lamp", "the second"),
        ("fr", "Allume la lampe", "les deux"),
    ],
)
async def test_one_of_two_of_a_name_is_chosen_by_its_place(
    hass: HomeAssistant, speaker: Speaker, language: str, sentence: str, answer: str
) -> None:
    expose_two_lamps(hass)
    asked = await speaker.say(sentence, language)
    assert asked.continue_conversation, speech(asked)
    assert not lit(hass)
    await speaker.say(answer, language, conversation_id=asked.conversation_id)
    assert len(lit(hass)) == (1 if language == "en" else 2)


def expose_two_lamps(hass: HomeAssistant) -> None:
    """Two lamps of one name, in two rooms; nobody says from where they speak."""
    place(hass, CEILING, "Kitchen", name="Lamp", aliases=["Lampe"])
    place(hass, BED, "Bedroom", name="Lamp", aliases=["Lampe"])


@pytest.mark.parametrize(
    ("language", "sentence", "said"),
    [
        ("en", "Turn on the kitchen lights", "Counter lamp did not respond"),
        ("fr", "Allume les lumières de la cuisine", "Counter lamp"),
    ],
)
async def test_device_that_fails_is_named_and_the_others_are_switched(
    hass: HomeAssistant, speaker: Speaker, language: str, sentence: str, said: str
) -> None:
    async def turn_on(call: ServiceCall) -> None:
        for entity_id in cv.ensure_list(call.data["entity_id"]):
            if entity_id == COUNTER:
                raise HomeAssistantError("no radio")
            hass.states.async_set(entity_id, "on")

    hass.services.async_register("light", "turn_on", turn_on)
    assert said in speech(await speaker.say(sentence, language))
    assert lit(hass) == {CEILING}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Tell me a joke about penguins"), ("fr", "Raconte-moi une blague de pingouins")],
)
async def test_what_is_no_command_goes_to_the_fallback_agent_in_its_own_conversation(
    hass: HomeAssistant, entry: MockConfigEntry, speaker: Speaker, language: str, sentence: str
) -> None:
    other = Other()
    await hass.data[conversation.DATA_COMPONENT].async_add_entities([other])
    set_agent(hass, entry, **{CONF_FALLBACK_AGENT: other.entity_id})
    assert speech(await speaker.say(sentence, language)) == "A joke, then"
    assert [given.text for given in other.inputs] == [sentence]
    assert not lit(hass)


@pytest.mark.parametrize(
    ("sentence", "reply"), [("침실 불 켜 줘", "켰습니다"), ("寝室の電気をつけて", "オン")]
)
async def test_reply_is_in_the_language_of_the_sentence_not_of_the_assistant(
    hass: HomeAssistant, speaker: Speaker, sentence: str, reply: str
) -> None:
    areas = ar.async_get(hass)
    bedroom = areas.async_get_area_by_name("Bedroom")
    assert bedroom is not None
    areas.async_update(bedroom.id, aliases={"침실", "寝室"})
    await hass.async_block_till_done()
    said = await speaker.say(sentence, "en")
    assert lit(hass) == {BED}, speech(said)
    assert reply in speech(said)
