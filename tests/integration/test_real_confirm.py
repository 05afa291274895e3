"""What lets somebody in, or water out, is asked about first: with the real model."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.const import CONF_CONFIRM, CONF_PIN

from .conftest import expose
from .house import place, set_agent, set_up_demo, speech, state_of
from .real_house import Resident, moved_in

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]

FRONT, GARAGE, VALVE = "lock.front_door", "cover.garage_door", "valve.orchard"
ALARM = "alarm_control_panel.house"

#: State when it keeps people and water where they are, and when it does not any more.
STATES = {
    FRONT: ("locked", "unlocked"),
    GARAGE: ("closed", "open"),
    VALVE: ("closed", "open"),
    ALARM: ("armed_away", "disarmed"),
}


@dataclass(frozen=True)
class Household:
    """What a household calls its things and says to them: entity id to text."""

    rooms: tuple[str, str]
    """Garage and garden."""

    names: dict[str, str]
    sentences: dict[str, str]
    questions: dict[str, str]
    no: str
    yes: str


HOUSEHOLDS = {
    "en": Household(
        ("Garage", "Garden"),
        {FRONT: "Front door", GARAGE: "Garage door", VALVE: "Water valve", ALARM: "House alarm"},
        {
            FRONT: "Unlock the front door",
            GARAGE: "Open the garage door",
            VALVE: "Open the water valve",
            ALARM: "Disarm the house alarm",
        },
        {
            FRONT: "Unlock Front door?",
            GARAGE: "Open Garage door?",
            VALVE: "Open Water valve?",
            ALARM: "Disarm House alarm?",
        },
        "No, thanks",
        "Yes, please",
    ),
    "fr": Household(
        ("Garage", "Jardin"),
        {
            FRONT: "Porte d'entrée",
            GARAGE: "Porte du garage",
            VALVE: "Vanne d'arrosage",
            ALARM: "Alarme",
        },
        {
            FRONT: "Déverrouille la porte d'entrée",
            GARAGE: "Ouvre la porte du garage",
            VALVE: "Ouvre la vanne d'arrosage",
            ALARM: "Désactive l'alarme",
        },
        {
            FRONT: "Déverrouiller Porte d'entrée ?",
            GARAGE: "Ouvrir Porte du garage ?",
            VALVE: "Ouvrir Vanne d'arrosage ?",
            ALARM: "Désarmer Alarme ?",
        },
        "Non merci",
        "Oui, vas-y",
    ),
    "ja": Household(
        ("ガレージ", "庭"),
        {FRONT: "玄関ドア", GARAGE: "ガレージドア", VALVE: "水道バルブ", ALARM: "警報"},
        {
            FRONT: "玄関ドアの鍵を開けて",
            GARAGE: "ガレージドアを開けて",
            VALVE: "水道バルブを開けて",
            ALARM: "警報を解除して",
        },
        {
            FRONT: "玄関ドアを解錠しますか？",
            GARAGE: "ガレージドアを開けますか？",
            VALVE: "水道バルブを開けますか？",
            ALARM: "警報を解除しますか？",
        },
        "いいえ、やめてください",
        "はい、お願いします",
    ),
}


@pytest.fixture
async def resident(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> Resident:
    """Somebody in a house that is shut: front door, garage, water and alarm."""
    monkeypatch.setattr("homeassistant.components.demo.lock.LOCK_UNLOCK_DELAY", 0)
    monkeypatch.setattr("homeassistant.components.demo.valve.OPEN_CLOSE_DELAY", 0)
    await set_up_demo(hass, Platform.LOCK, Platform.COVER, Platform.VALVE, Platform.LIGHT)
    alarm = {"platform": "manual", "name": "House", "unique_id": "house", "arming_time": 0}
    alarm["code_arm_required"] = False
    panels = {"alarm_control_panel": alarm}
    assert await async_setup_component(hass, "alarm_control_panel", panels)
    await hass.async_block_till_done()
    household = HOUSEHOLDS[language]
    garage, garden = household.rooms
    place(hass, GARAGE, garage, name=household.names[GARAGE])
    place(hass, VALVE, garden, name=household.names[VALVE])
    place(hass, ALARM, name=household.names[ALARM])
    # The demo's lock is in no registry: it is called what its state says.
    expose(hass, FRONT)
    for action, entity_id in (
        ("lock.lock", FRONT),
        ("cover.close_cover", GARAGE),
        ("valve.close_valve", VALVE),
        ("alarm_control_panel.alarm_arm_away", ALARM),
    ):
        domain, _, name = action.partition(".")
        await hass.services.async_call(domain, name, {"entity_id": entity_id}, blocking=True)
    await hass.async_block_till_done()
    door = hass.states.get(FRONT)
    assert door is not None
    named = {**door.attributes, "friendly_name": household.names[FRONT]}
    hass.states.async_set(FRONT, door.state, named)
    assert shut(hass) == set(STATES)
    return await moved_in(hass, real_entry)


def shut(hass: HomeAssistant) -> set[str]:
    """What is locked, closed or armed."""
    return {thing for thing, (closed, _) in STATES.items() if state_of(hass, thing) == closed}


@pytest.mark.parametrize("language", HOUSEHOLDS)
async def test_nothing_is_opened_until_somebody_says_yes(
    hass: HomeAssistant, resident: Resident, language: str
) -> None:
    household = HOUSEHOLDS[language]
    left = set(STATES)
    for thing, sentence in household.sentences.items():
        for answer in (household.no, household.yes):
            asked = await resident.say(sentence, language)
            assert speech(asked) == household.questions[thing]
            assert asked.continue_conversation
            assert shut(hass) == left
            await resident.say(answer, language, conversation_id=asked.conversation_id)
            if answer == household.no:
                assert shut(hass) == left
        left.remove(thing)
        assert shut(hass) == left
        assert state_of(hass, thing) == STATES[thing][1]


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_with_the_option_off_all_of_it_is_opened_at_once(
    hass: HomeAssistant, real_entry: MockConfigEntry, resident: Resident, language: str
) -> None:
    set_agent(hass, real_entry, **{CONF_CONFIRM: False})
    for thing, sentence in HOUSEHOLDS[language].sentences.items():
        said = await resident.say(sentence, language)
        assert not said.continue_conversation
        assert state_of(hass, thing) == STATES[thing][1], speech(said)


@pytest.mark.parametrize(
    ("language", "question", "wrong", "right"),
    [
        ("en", "What is the PIN?", "Yes, 1234", "Yes, four zero seven one"),
        ("fr", "Quel est le code PIN ?", "Oui, 1234", "Oui, quatre zéro sept un"),
    ],
)
async def test_door_with_a_pin_wants_the_pin(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    resident: Resident,
    language: str,
    question: str,
    wrong: str,
    right: str,
) -> None:
    set_agent(hass, real_entry, **{CONF_PIN: "4071"})
    household = HOUSEHOLDS[language]
    asked = await resident.say(household.sentences[FRONT], language)
    assert speech(asked) == f"{household.questions[FRONT]} {question}"
    again = await resident.say(wrong, language, conversation_id=asked.conversation_id)
    assert speech(again).endswith(question)
    assert state_of(hass, FRONT) == "locked"
    await resident.say(right, language, conversation_id=asked.conversation_id)
    assert state_of(hass, FRONT) == "unlocked"
