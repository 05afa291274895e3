"""When the model cannot answer, it is said why, the log says what to do, and it comes back."""

from __future__ import annotations

import asyncio

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.intent import IntentResponseErrorCode, IntentResponseType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.core.errors import (
    PromptTooLongError,
    RuntimeMissingError,
    WorkerCrashedError,
    WorkerError,
    WorkerOutOfMemoryError,
    WorkerTimeoutError,
)

from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches, place, speech, state_of


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return await lights_and_switches(hass, home_entry)


@pytest.mark.parametrize(
    ("error", "english", "french"),
    [
        (WorkerCrashedError(), "stopped unexpectedly", "s'est arrêté de façon inattendue"),
        (WorkerOutOfMemoryError(), "stopped unexpectedly", "s'est arrêté de façon inattendue"),
        (WorkerError(), "stopped unexpectedly", "s'est arrêté de façon inattendue"),
        (WorkerTimeoutError(), "took too long", "pris trop de temps"),
    ],
)
async def test_broken_model_is_said_and_the_next_sentence_works(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    error: Exception,
    english: str,
    french: str,
) -> None:
    fake_model.answers["Light"] = [call("light.turn_on", name="Ceiling")]
    fake_model.decode_error = error
    for language, words in (("en", english), ("fr", french)):
        result = await speaker.say("Light", language)
        assert words in speech(result)
        assert result.response.response_type is IntentResponseType.ERROR
        assert result.response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
    assert not speaker.services
    fake_model.decode_error = None
    await speaker.say("Light")
    assert state_of(hass, "light.ceiling_lights") == "on"


async def test_sentence_before_the_home_is_read_says_so_and_the_reading_goes_on(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake_model.answers["Light"] = [call("light.turn_on", name="Ceiling")]
    fake_model.hold = asyncio.Event()
    with monkeypatch.context() as patched:
        patched.setattr("custom_components.functiongemma.conversation.DEADLINE", 0.05)
        place(hass, "light.office_rgbw_lights", "Office", name="Desk")
        await hass.async_block_till_done()
        early = speech(await speaker.say("Light"))
        assert "still getting to know this home" in early
        assert "découvre encore cette maison" in speech(await speaker.say("Light", "fr"))
    fake_model.hold.set()
    await speaker.say("Light")
    assert state_of(hass, "light.ceiling_lights") == "on"


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (PromptTooLongError("too long", tokens="13000", limit="12000"), "Expose less"),
        (WorkerTimeoutError(), "another number of threads"),
        (WorkerOutOfMemoryError(), "choose a smaller model"),
        (WorkerCrashedError(), "report this with its diagnostics"),
    ],
)
async def test_log_says_what_can_be_done(
    speaker: Speaker,
    fake_model: FakeModel,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    advice: str,
) -> None:
    fake_model.decode_error = error
    await speaker.say("Light")
    assert advice in caplog.text


@pytest.mark.parametrize(
    ("language", "words"), [("en", "is being put back"), ("fr", "en cours de réinstallation")]
)
async def test_lost_runtime_is_said_to_be_put_back_and_the_entry_goes_on_by_itself(
    hass: HomeAssistant,
    speaker: Speaker,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    caplog: pytest.LogCaptureFixture,
    language: str,
    words: str,
) -> None:
    fake_model.answers["Light"] = [call("light.turn_on", name="Ceiling")]
    fake_model.decode_error = RuntimeMissingError("llama-cpp-python is not usable")
    before = len(fake_model.workers)
    result = await speaker.say("Light", language)
    assert words in speech(result)
    assert result.response.response_type is IntentResponseType.ERROR
    assert "Say the sentence again in a few minutes" in caplog.text
    assert not speaker.services
    fake_model.decode_error = None
    await hass.async_block_till_done()
    # Nobody had to reload it.
    assert home_entry.state is ConfigEntryState.LOADED
    assert len(fake_model.workers) == before + 1
    await speaker.say("Light", language)
    assert state_of(hass, "light.ceiling_lights") == "on"
