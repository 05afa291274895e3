"""Timers on the device that was spoken to, in all languages: with the real model."""

from __future__ import annotations

import pytest
from homeassistant.components.intent import async_register_timer_handler
from homeassistant.components.intent.timers import TimerEventType, TimerInfo
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import intent
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .flows import until
from .house import speech
from .real_house import house_of_lamps

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]

TEN_MINUTES = {
    "en": "Set a 10 minute timer",
    "fr": "Mets un minuteur de 10 minutes",
    "de": "Stell einen Timer auf 10 Minuten",
    "es": "Pon un temporizador de 10 minutos",
    "it": "Imposta un timer di 10 minuti",
    "nl": "Zet een timer van 10 minuten",
    "pl": "Ustaw minutnik na 10 minut",
    "pt": "Define um temporizador de 10 minutos",
    "ru": "Поставь таймер на 10 минут",
    "ko": "타이머 10분 맞춰 줘",
    "ja": "10分のタイマーをセットして",
    "zh-CN": "设置一个10分钟的计时器",
}

type Heard = list[tuple[str, str | None, int]]


@pytest.fixture
def heard() -> Heard:
    """What the device is told of its timers: event, name and seconds."""
    return []


@pytest.fixture
def device_id(hass: HomeAssistant, heard: Heard) -> str:
    """A device that keeps timers."""
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "satellite")}
    )

    def handle(event: TimerEventType, timer: TimerInfo) -> None:
        heard.append((event.value, timer.name, timer.seconds))

    async_register_timer_handler(hass, device.id, handle)
    return device.id


@pytest.mark.parametrize(
    ("language", "pizza", "started", "cancel", "cancelled"),
    [
        (
            "en",
            "Set a pizza timer for 12 minutes",
            "Timer set for 12 minutes named pizza",
            "Cancel the timer",
            "Timer cancelled",
        ),
        (
            "fr",
            "Mets un minuteur pizza de 12 minutes",
            "Minuteur lancé",
            "Annule le minuteur",
            "Minuteur supprimé",
        ),
    ],
)
async def test_timer_runs_on_the_device_and_is_cancelled_there(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    device_id: str,
    heard: Heard,
    language: str,
    pizza: str,
    started: str,
    cancel: str,
    cancelled: str,
) -> None:
    resident = await house_of_lamps(hass, real_entry, language)
    said = await resident.say(pizza, language, device_id=device_id)
    assert heard == [("started", "pizza", 720)]
    assert speech(said) == started
    said = await resident.say(cancel, language, device_id=device_id)
    assert [event for event, _, _ in heard] == ["started", "cancelled"]
    assert speech(said) == cancelled


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Set a timer for 2 seconds"), ("fr", "Mets un minuteur de 2 secondes")],
)
async def test_device_is_told_when_the_time_is_up(
    hass: HomeAssistant,
    real_entry: MockConfigEntry,
    device_id: str,
    heard: Heard,
    language: str,
    sentence: str,
) -> None:
    resident = await house_of_lamps(hass, real_entry, language)
    await resident.say(sentence, language, device_id=device_id)
    await until(lambda: len(heard) > 1)
    assert heard == [("started", None, 2), ("finished", None, 0)]


async def test_every_language_starts_a_timer_of_ten_minutes(
    hass: HomeAssistant, real_entry: MockConfigEntry, device_id: str, heard: Heard
) -> None:
    resident = await house_of_lamps(hass, real_entry, "en")
    told: dict[str, Heard] = {}
    for language, sentence in TEN_MINUTES.items():
        said = await resident.say(sentence, language, device_id=device_id)
        told[language] = list(heard)
        assert speech(said)
        await intent.async_handle(
            hass, "test", intent.INTENT_CANCEL_ALL_TIMERS, device_id=device_id
        )
        heard.clear()
    assert told == {language: [("started", None, 600)] for language in TEN_MINUTES}
