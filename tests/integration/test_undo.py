"""Undoing brings back what the last sentence changed, and says what it cannot bring back."""

from __future__ import annotations

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.helpers.intent import IntentResponseType
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from .conftest import expose
from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches, place, set_up_demo, speech, state_of

CEILING, COUNTER, BED = "light.ceiling_lights", "light.kitchen_lights", "light.bed_light"


@pytest.fixture
async def speaker(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> Speaker:
    speaker = await lights_and_switches(hass, home_entry)
    bright = {"entity_id": CEILING, "brightness": 200}
    await hass.services.async_call("light", "turn_on", bright, blocking=True)
    fake_model.answers |= {
        "Dark": [call("light.turn_off", area="Kitchen")],
        "Dim": [call("light.turn_on", name="Ceiling", brightness_pct=10)],
        "Which": [call("state.get", name="Ceiling")],
    }
    return speaker


def attributes(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    found = hass.states.get(entity_id)
    assert found is not None
    return dict(found.attributes)


def brightness(hass: HomeAssistant, entity_id: str) -> int | None:
    return attributes(hass, entity_id).get("brightness")


@pytest.mark.parametrize(
    ("language", "sentence", "reply"),
    [
        ("en", "Undo that, please", "Everything is as it was"),
        ("fr", "Annule ça", "Tout est comme avant"),
        ("de", "Mach das rückgängig!", "Alles ist wieder wie vorher"),
        ("ko", "방금 거 취소해 줘", "원래대로 되돌렸습니다"),
        ("ko", "방금거 취소해줘", "원래대로 되돌렸습니다"),
        ("ja", "元に戻して", "元に戻しました"),
        ("es", "deshaz eso", "Todo está como antes"),
        ("it", "Torna indietro", "Tutto è come prima"),
        ("nl", "maak dat ongedaan", "Alles is weer zoals het was"),
        ("pl", "Cofnij to", "Wszystko jest tak, jak było"),
        ("pt", "desfaz isso", "Está tudo como antes"),
        ("ru", "Верни как было", "Всё снова как было"),
        ("zh-CN", "撤销刚才的操作", "已恢复原状"),
    ],
)
async def test_lights_become_as_bright_as_they_were(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    language: str,
    sentence: str,
    reply: str,
) -> None:
    said = await speaker.say("Dim", language)
    assert brightness(hass, CEILING) != 200
    undone = await speaker.say(sentence, language, conversation_id=said.conversation_id)
    assert speech(undone) == reply
    assert brightness(hass, CEILING) == 200
    assert fake_model.sentences == ["Dim"]


async def test_only_what_the_sentence_changed_is_put_back(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    said = await speaker.say("Dark")
    await hass.services.async_call("light", "turn_on", {"entity_id": BED}, blocking=True)
    await speaker.say("undo", conversation_id=said.conversation_id)
    assert [state_of(hass, e) for e in (CEILING, COUNTER, BED)] == ["on", "off", "on"]


async def test_a_question_in_between_does_not_matter_but_undoing_twice_does_nothing(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    said = await speaker.say("Dim")
    await speaker.say("Which", conversation_id=said.conversation_id)
    await speaker.say("Undo", conversation_id=said.conversation_id)
    assert brightness(hass, CEILING) == 200
    again = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(again) == "There is nothing of mine to undo"
    assert again.response.response_type is IntentResponseType.ERROR


async def test_speaker_can_undo_in_a_new_conversation_and_nobody_else_can(
    hass: HomeAssistant, speaker: Speaker, hass_admin_user: MockUser
) -> None:
    await speaker.say("Dim", context=Context(user_id=hass_admin_user.id))
    stranger = await speaker.say("Undo")
    assert speech(stranger) == "There is nothing of mine to undo"
    await speaker.say("Undo", context=Context(user_id=hass_admin_user.id))
    assert brightness(hass, CEILING) == 200


async def test_what_was_done_long_ago_is_left_alone(
    hass: HomeAssistant, speaker: Speaker, freezer: FrozenDateTimeFactory
) -> None:
    await speaker.say("Dim", conversation_id="panel")
    freezer.tick(601)
    await speaker.say("Undo", conversation_id="panel")
    assert brightness(hass, CEILING) != 200


async def test_light_that_was_hidden_since_is_out_of_reach(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    said = await speaker.say("Dim")
    expose(hass, CEILING, exposed=False)
    undone = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(undone) == "Sorry, that cannot be undone"
    assert brightness(hass, CEILING) != 200


async def test_message_that_was_sent_is_said_to_be_sent(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    async def send(call: ServiceCall) -> None: ...

    hass.services.async_register("notify", "send_message", send)
    hass.states.async_set("notify.phone", "unknown", {"friendly_name": "Phone"})
    expose(hass, "notify.phone")
    message = call("notify.send_message", name="Phone", message="Late")
    fake_model.answers |= {"Tell": [message], "Mixed": [*fake_model.answers["Dim"], message]}
    said = await speaker.say("Tell")
    undone = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(undone) == "Sorry, that cannot be undone"
    said = await speaker.say("Mixed")
    undone = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(undone) == "Everything is as it was. This cannot be undone: Phone."
    assert brightness(hass, CEILING) == 200


async def test_light_without_power_is_not_said_to_be_as_it_was(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    said = await speaker.say("Dark")
    hass.states.async_set(CEILING, "unavailable", {"friendly_name": "Ceiling"})
    undone = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(undone) == "Ceiling did not respond, the rest is done"


@pytest.mark.parametrize(
    ("language", "undo", "question", "yes"),
    [
        ("en", "Undo that", "Unlock Front Door?", "yes"),
        ("fr", "Annule ça", "Déverrouiller Front Door ?", "oui"),
    ],
)
async def test_door_is_not_unlocked_by_undoing_without_a_yes(
    hass: HomeAssistant,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    undo: str,
    question: str,
    yes: str,
) -> None:
    monkeypatch.setattr("homeassistant.components.demo.lock.LOCK_UNLOCK_DELAY", 0)
    await set_up_demo(hass, Platform.LOCK)
    door = "lock.front_door"
    place(hass, door)
    await hass.services.async_call("lock", "unlock", {"entity_id": door}, blocking=True)
    await hass.async_block_till_done()
    speaker = Speaker(hass, home_entry)
    fake_model.answers["Lock"] = [call("lock.lock", name="Front Door")]
    said = await speaker.say("Lock", language)
    assert state_of(hass, door) == "locked"
    asked = await speaker.say(undo, language, conversation_id=said.conversation_id)
    assert speech(asked) == question
    assert state_of(hass, door) == "locked"
    await speaker.say(yes, language, conversation_id=said.conversation_id)
    assert state_of(hass, door) == "unlocked"


async def test_what_was_not_undone_after_a_no_can_still_be_undone(
    hass: HomeAssistant,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("homeassistant.components.demo.lock.LOCK_UNLOCK_DELAY", 0)
    await set_up_demo(hass, Platform.LOCK)
    door = "lock.front_door"
    place(hass, door)
    await hass.services.async_call("lock", "unlock", {"entity_id": door}, blocking=True)
    speaker = Speaker(hass, home_entry)
    fake_model.answers["Lock"] = [call("lock.lock", name="Front Door")]
    said = await speaker.say("Lock")
    for answer in ("no", "yes"):
        asked = await speaker.say("Undo that", conversation_id=said.conversation_id)
        assert speech(asked) == "Unlock Front Door?"
        await speaker.say(answer, conversation_id=said.conversation_id)
        assert state_of(hass, door) == ("locked" if answer == "no" else "unlocked")
    again = await speaker.say("Undo that", conversation_id=said.conversation_id)
    assert speech(again) == "There is nothing of mine to undo"


@pytest.mark.parametrize("exposed", [True, False])
async def test_lamp_of_a_group_that_was_off_is_off_again(
    hass: HomeAssistant,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    exposed: bool,
) -> None:
    speaker = await lights_and_switches(hass, home_entry)
    lamps = ["light.kitchen_lights", "light.ceiling_lights"]
    options = {"group_type": "light", "name": "Both", "entities": lamps, "hide_members": False}
    group = MockConfigEntry(domain="group", title="Both", options={**options, "all": False})
    group.add_to_hass(hass)
    assert await hass.config_entries.async_setup(group.entry_id)
    await hass.async_block_till_done()
    for lamp in lamps:
        expose(hass, lamp, exposed=exposed)
    dim = {"entity_id": lamps[0], "brightness": 42}
    await hass.services.async_call("light", "turn_off", {"entity_id": lamps[1]}, blocking=True)
    await hass.services.async_call("light", "turn_on", dim, blocking=True)
    fake_model.answers["Off"] = [call("light.turn_off", area="all")]
    said = await speaker.say("Off")
    assert [state_of(hass, lamp) for lamp in lamps] == ["off", "off"]
    undone = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(undone) == "Everything is as it was"
    assert [state_of(hass, lamp) for lamp in lamps] == ["on", "off"]
    assert brightness(hass, lamps[0]) == 42


async def test_reply_says_so_when_nothing_could_be_put_back(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    said = await speaker.say("Dim")
    hass.states.async_set(CEILING, "unavailable", {"friendly_name": "Ceiling"})
    undone = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(undone) == "That did not work: Ceiling"
    assert undone.response.response_type is IntentResponseType.ERROR


# -- ways into the house, and water --------------------------------------------------------------


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Demo covers take their time."""
    return True


async def test_garage_is_opened_again_after_a_yes_and_a_blind_at_once(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    await set_up_demo(hass, Platform.COVER)
    garage, blind = "cover.garage_door", "cover.kitchen_window"
    place(hass, garage, name="Garage")
    place(hass, blind, name="Blind")
    await hass.services.async_call("cover", "open_cover", {"entity_id": garage}, blocking=True)
    hass.states.async_set(garage, "open", attributes(hass, garage))
    hass.states.async_set(blind, "open", attributes(hass, blind))
    speaker = Speaker(hass, home_entry)
    for name in ("Blind", "Garage"):
        fake_model.answers[name] = [call("cover.close_cover", name=name)]
    said = await speaker.say("Blind")
    speaker.services.clear()
    undone = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(undone) == "Everything is as it was"
    assert [data["entity_id"] for _, data in speaker.services] == [blind]
    await speaker.say("Garage", conversation_id=said.conversation_id)
    speaker.services.clear()
    asked = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(asked) == "Open Garage?"
    assert not speaker.services
    await speaker.say("yes", conversation_id=said.conversation_id)
    assert speaker.services == [("cover.open_cover", {"entity_id": garage})]


async def test_valve_becomes_as_far_open_as_it_was(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    await set_up_demo(hass, Platform.VALVE)
    valve = "valve.back_garden"
    place(hass, valve, name="Sprinkler")
    assert attributes(hass, valve)["current_position"] == 70
    speaker = Speaker(hass, home_entry)
    fake_model.answers["Drip"] = [call("valve.set_valve_position", name="Sprinkler", position=20)]
    said = await speaker.say("Drip")
    # The demo's takes seconds to get there.
    hass.states.async_set(valve, "open", {**attributes(hass, valve), "current_position": 20})
    speaker.services.clear()
    asked = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(asked) == "Open Sprinkler?", "more water than now"
    await speaker.say("yes", conversation_id=said.conversation_id)
    wanted = {"entity_id": valve, "position": 70}
    assert speaker.services == [("valve.set_valve_position", wanted)]


async def test_jammed_lock_is_not_said_to_be_as_it_was(
    hass: HomeAssistant,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("homeassistant.components.demo.lock.LOCK_UNLOCK_DELAY", 0)
    await set_up_demo(hass, Platform.LOCK)
    door = "lock.poorly_installed_door"
    place(hass, door)
    fake_model.answers["Lock"] = [call("lock.lock", name="Poorly Installed Door")]
    speaker = Speaker(hass, home_entry)
    await speaker.say("Lock")
    assert state_of(hass, door) == "jammed"
    said = await speaker.say("Lock")
    undone = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(undone) == "Sorry, that cannot be undone"
    assert undone.response.response_type is IntentResponseType.ERROR


# -- what plays and what drives ------------------------------------------------------------------


async def test_music_goes_on_and_does_not_begin_again(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    await set_up_demo(hass, Platform.MEDIA_PLAYER)
    player = "media_player.walkman"
    expose(hass, player)
    assert state_of(hass, player) == "playing"
    assert attributes(hass, player)["media_content_id"]
    speaker = Speaker(hass, home_entry)
    fake_model.answers["Quiet"] = [call("media_player.media_pause", name="Walkman")]
    said = await speaker.say("Quiet")
    # Somebody has skipped to the next song since: that one goes on.
    other = {**attributes(hass, player), "media_content_id": "other"}
    hass.states.async_set(player, "paused", other)
    speaker.services.clear()
    undone = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(undone) == "Everything is as it was"
    assert state_of(hass, player) == "playing"
    assert "media_player.play_media" not in [name for name, _ in speaker.services]


async def test_vacuum_that_has_left_is_not_said_to_be_back(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    await set_up_demo(hass, Platform.VACUUM)
    vacuum = "vacuum.demo_vacuum_0_ground_floor"
    place(hass, vacuum, name="Robbie")
    speaker = Speaker(hass, home_entry)
    fake_model.answers["Clean"] = [call("vacuum.start", name="Robbie")]
    said = await speaker.say("Clean")
    assert state_of(hass, vacuum) == "cleaning"
    undone = await speaker.say("Undo", conversation_id=said.conversation_id)
    assert speech(undone) == "Sorry, that cannot be undone"
    assert state_of(hass, vacuum) == "cleaning"


async def test_sentence_that_only_contains_undo_is_for_the_model(
    speaker: Speaker, fake_model: FakeModel
) -> None:
    said = await speaker.say("Dim")
    await speaker.say("Undo the zip of my jacket", conversation_id=said.conversation_id)
    assert fake_model.sentences == ["Dim", "Undo the zip of my jacket"]
