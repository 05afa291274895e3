"""Announcements, messages, and taking back what was said."""

from __future__ import annotations

from typing import Any

import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import IntentResponseType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .fake_model import FakeModel
from .house import Speaker, call, place, set_up_demo, speech


@pytest.fixture
def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return Speaker(hass, home_entry)


@pytest.fixture
def satellites(hass: HomeAssistant, speaker: Speaker) -> dict[str, str]:
    """Satellites in two rooms, a telephone and one that cannot announce; their devices."""
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    devices = {}
    for key, platform, features, area in (
        ("kitchen", "test", 1, "Kitchen"),
        ("bedroom", "test", 1, "Bedroom"),
        ("phone", "voip", 1, "Hall"),
        ("mute", "test", 0, "Attic"),
    ):
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={("test", key)}
        )
        er.async_get(hass).async_get_or_create(
            "assist_satellite",
            platform,
            key,
            suggested_object_id=key,
            config_entry=entry,
            device_id=device.id,
        )
        name = f"{key.capitalize()} satellite"
        attributes = {"friendly_name": name, "supported_features": features}
        hass.states.async_set(f"assist_satellite.{key}", "idle", attributes)
        place(hass, f"assist_satellite.{key}", area)
        devices[key] = device.id

    async def announce(made: ServiceCall) -> None:
        """Nothing speaks here; what is called is what counts."""

    hass.services.async_register("assist_satellite", "announce", announce)
    return devices


def announced(speaker: Speaker) -> dict[str, str]:
    """What was said where."""
    told: dict[str, Any] = {
        data["entity_id"]: data["message"]
        for name, data in speaker.services
        if name == "assist_satellite.announce"
    }
    speaker.services.clear()
    return {str(key): str(value) for key, value in told.items()}


async def test_everyone_is_told_but_the_one_who_speaks(
    speaker: Speaker, fake_model: FakeModel, satellites: dict[str, str]
) -> None:
    made = call("assist_satellite.announce", area="all", message="Dinner is ready")
    fake_model.answers["Tell"] = [made]
    told = await speaker.say("Tell", device_id=satellites["kitchen"])
    assert announced(speaker) == {"assist_satellite.bedroom": "Dinner is ready"}
    assert speech(told) == "Done"
    assert told.response.response_type is IntentResponseType.ACTION_DONE
    await speaker.say("Tell", "ko")
    assert announced(speaker).keys() == {"assist_satellite.bedroom", "assist_satellite.kitchen"}


async def test_a_room_is_told_and_what_cannot_speak_is_not_asked_to(
    speaker: Speaker, fake_model: FakeModel, satellites: dict[str, str]
) -> None:
    name = "assist_satellite.announce"
    fake_model.answers = {
        "Bedroom": [call(name, area="Bedroom", message="Get up")],
        "Here": [call(name, area="Kitchen", message="Hello")],
        "Phone": [call(name, name="Phone satellite", message="Hello")],
        "Attic": [call(name, area="Attic", message="Hello")],
    }
    await speaker.say("Bedroom")
    assert announced(speaker) == {"assist_satellite.bedroom": "Get up"}
    await speaker.say("Here", device_id=satellites["kitchen"])
    assert announced(speaker) == {"assist_satellite.kitchen": "Hello"}
    await speaker.say("Phone")
    assert announced(speaker) == {"assist_satellite.phone": "Hello"}
    result = await speaker.say("Attic")
    assert speech(result) == "Sorry, Mute satellite cannot do that"
    assert not announced(speaker)


async def test_a_message_reaches_the_one_it_is_for(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await set_up_demo(hass, Platform.NOTIFY)
    place(hass, "notify.notifier", name="Anna's phone")
    sent: list[str] = []
    hass.bus.async_listen("notify", lambda event: sent.append(event.data["message"]))
    made = call("notify.send_message", name="Anna's phone", message="I am late")
    fake_model.answers["Send"] = [made]
    result = await speaker.say("Send")
    assert sent == ["I am late"]
    assert speech(result) == "Message sent to Anna's phone"
    assert speech(await speaker.say("Send", "fr")) == "Message envoyé à Anna's phone"
    hass.states.async_set("notify.notifier", "unavailable", {"friendly_name": "Anna's phone"})
    lost = await speaker.say("Send")
    assert speech(lost) == "That did not work: Anna's phone"
    assert len(sent) == 2


@pytest.mark.parametrize(
    ("language", "reply"),
    [("en", "All right"), ("ja", "わかりました"), ("es", "De acuerdo")],
)
async def test_never_mind_does_nothing(
    speaker: Speaker, fake_model: FakeModel, language: str, reply: str
) -> None:
    fake_model.answers["Forget it"] = [call("home.never_mind")]
    result = await speaker.say("Forget it", language)
    assert speech(result) == reply
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    assert not speaker.services
