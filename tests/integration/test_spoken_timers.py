"""When a timer is done, whoever set it by voice hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from homeassistant.components import conversation
from homeassistant.components.intent import TimerEventType
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from .fake_model import FakeModel
from .house import Speaker, call, place, state_of
from .satellite import Heard, Satellite, set_up_satellite

EGG, TEA = "timer.egg", "timer.tea"


@pytest.fixture
async def helpers(hass: HomeAssistant) -> None:
    """Two timer helpers, exposed."""
    settings = {"egg": {"name": "Egg"}, "tea": {"name": "Tea"}}
    assert await async_setup_component(hass, "timer", {"timer": settings})
    place(hass, EGG)
    place(hass, TEA)


@pytest.fixture
async def satellite(hass: HomeAssistant, helpers: None) -> Satellite:
    """One that can speak, and keeps no timers."""
    return await set_up_satellite(hass, keeps_timers=False)


@pytest.fixture
def speaker(hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel) -> Speaker:
    fake_model.answers = {
        "Egg": [call("timer.start", minutes=4, timer_name="Egg")],
        "Tea": [call("timer.start", minutes=4, timer_name="Tea")],
        "Hold": [call("timer.pause", timer_name="Egg")],
        "Go on": [call("timer.resume", timer_name="Egg")],
        "Stop": [call("timer.cancel", timer_name="Egg")],
    }
    return Speaker(hass, home_entry)


async def wait(hass: HomeAssistant, minutes: int) -> None:
    """Let time pass, and what it sets off be done."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=minutes, seconds=2))
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_satellite_that_keeps_timers_rings_by_itself(
    hass: HomeAssistant, helpers: None, speaker: Speaker, fake_model: FakeModel, language: str
) -> None:
    """It is told whose timer is done; an announcement would talk into its ringing."""
    rings = await set_up_satellite(hass, keeps_timers=True)
    fake_model.answers["Pizza"] = [call("timer.start", minutes=5, timer_name="pizza")]
    await speaker.say("Pizza", language, device_id=rings.device_id)
    assert [heard.event for heard in rings.heard] == [TimerEventType.STARTED]
    await wait(hass, 5)
    told = Heard(TimerEventType.FINISHED, "pizza", rings.device_id, language)
    assert rings.heard[1:] == [told]
    assert not rings.said
    assert state_of(hass, EGG) == "idle"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Time is up: Egg"), ("fr", "Le temps est écoulé : Egg")]
)
async def test_timer_helper_is_said_to_be_done_where_it_was_set(
    hass: HomeAssistant, speaker: Speaker, satellite: Satellite, language: str, words: str
) -> None:
    await speaker.say("Egg", language, device_id=satellite.device_id)
    assert state_of(hass, EGG) == "active"
    await wait(hass, 3)
    assert not satellite.said
    await wait(hass, 4)
    assert satellite.said == [words]
    assert state_of(hass, EGG) == "idle"
    assert state_of(hass, satellite.entity_id) == "idle"


async def test_two_that_are_done_at_once_are_both_said(
    hass: HomeAssistant, speaker: Speaker, satellite: Satellite
) -> None:
    for timer in ("Egg", "Tea"):
        await speaker.say(timer, device_id=satellite.device_id)
    await wait(hass, 4)
    assert sorted(satellite.said) == ["Time is up: Egg", "Time is up: Tea"]


async def test_paused_timer_is_said_later_and_a_cancelled_one_never(
    hass: HomeAssistant, speaker: Speaker, satellite: Satellite
) -> None:
    for sentence in ("Egg", "Hold"):
        await speaker.say(sentence, device_id=satellite.device_id)
    await wait(hass, 5)
    assert not satellite.said
    await speaker.say("Go on", device_id=satellite.device_id)
    await wait(hass, 5)
    assert satellite.said == ["Time is up: Egg"]
    for sentence in ("Egg", "Stop"):
        await speaker.say(sentence, device_id=satellite.device_id)
    await hass.services.async_call(
        "timer", "start", {"entity_id": EGG, "duration": 60}, blocking=True
    )
    await wait(hass, 1)
    assert state_of(hass, EGG) == "idle"
    assert satellite.said == ["Time is up: Egg"]


async def test_timer_that_was_typed_ends_in_silence(
    hass: HomeAssistant, speaker: Speaker, satellite: Satellite
) -> None:
    await speaker.say("Egg")
    await wait(hass, 4)
    assert state_of(hass, EGG) == "idle"
    assert not satellite.said


async def test_satellite_that_is_away_or_broken_is_told_of_in_the_log(
    hass: HomeAssistant,
    speaker: Speaker,
    satellite: Satellite,
    caplog: pytest.LogCaptureFixture,
) -> None:
    satellite.trouble = TimeoutError("nobody there")
    await speaker.say("Egg", device_id=satellite.device_id)
    await wait(hass, 4)
    assert "“Time is up: Egg” was not said" in caplog.text
    assert "look at the satellite" in caplog.text

    satellite.trouble = None
    await speaker.say("Egg", device_id=satellite.device_id)
    await wait(hass, 4)
    assert satellite.said == ["Time is up: Egg"]

    satellite.go_away()
    await speaker.say("Tea", device_id=satellite.device_id)
    await wait(hass, 4)
    assert "“Time is up: Tea” was not said" in caplog.text
    assert "power and its network" in caplog.text
    assert len(satellite.said) == 1


async def test_unloaded_entry_says_nothing_any_more(
    hass: HomeAssistant, home_entry: MockConfigEntry, speaker: Speaker, satellite: Satellite
) -> None:
    await speaker.say("Egg", device_id=satellite.device_id)
    assert await hass.config_entries.async_unload(home_entry.entry_id)
    await wait(hass, 4)
    assert state_of(hass, EGG) == "idle"
    assert not satellite.said
    listeners = hass.bus.async_listeners()
    assert not {"timer.finished", "timer.cancelled"} & listeners.keys()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "sentence", "words"),
    [
        ("en", "Set a timer for ten minutes", "Time is up: Kitchen timer"),
        ("fr", "Mets un minuteur de dix minutes", "Le temps est écoulé : Kitchen timer"),
    ],
)
async def test_real_model_sets_a_timer_and_its_end_is_said(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    patient: None,
    language: str,
    sentence: str,
    words: str,
) -> None:
    settings = {"kitchen": {"name": "Kitchen timer"}}
    assert await async_setup_component(hass, "timer", {"timer": settings})
    place(hass, "timer.kitchen")
    satellite = await set_up_satellite(hass, keeps_timers=False)
    speaker = Speaker(hass, real_entry)
    await conversation.async_prepare_agent(hass, speaker.agent_id, language)
    await speaker.say(sentence, language, device_id=satellite.device_id)
    timer = hass.states.get("timer.kitchen")
    assert timer is not None and timer.attributes["duration"] == "0:10:00"
    await wait(hass, 9)
    assert not satellite.said
    await wait(hass, 10)
    assert satellite.said == [words]
