"""Nothing is unlocked, disarmed or opened before somebody has said yes to it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.conversation import async_get_chat_log
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import chat_session
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import confirm
from custom_components.functiongemma.core.calls import FunctionCall

from .conftest import expose
from .fake_model import FakeModel
from .house import Speaker, call, place, set_agent, set_up_demo, speech, state_of

FRONT = "lock.front_door"
GARAGE = "cover.garage_door"
LAMP = "light.bed_light"


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Demo blinds take their time."""
    return True


@pytest.fixture
async def speaker(
    hass: HomeAssistant,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
) -> Speaker:
    """A locked door, a closed garage, a blind and a lamp."""
    monkeypatch.setattr("homeassistant.components.demo.lock.LOCK_UNLOCK_DELAY", 0)
    monkeypatch.setattr("homeassistant.components.demo.valve.OPEN_CLOSE_DELAY", 0)
    await set_up_demo(hass, Platform.LOCK, Platform.COVER, Platform.LIGHT, Platform.VALVE)
    place(hass, FRONT)
    place(hass, GARAGE, "Hall", name="Garage")
    place(hass, "cover.hall_window", "Hall", name="Blind")
    gate = {"friendly_name": "Gate", "device_class": "gate", "supported_features": 15}
    hass.states.async_set("cover.gate", "open", {**gate, "current_position": 20})
    expose(hass, "cover.gate")
    place(hass, "valve.orchard", "Garden", name="Sprinkler")
    place(hass, LAMP, "Bedroom", name="Lamp")
    for service, entity_id in [
        ("lock.lock", FRONT), ("cover.close_cover", GARAGE), ("light.turn_off", LAMP),
        ("valve.close_valve", "valve.orchard"),
    ]:  # fmt: skip
        domain, _, name = service.partition(".")
        await hass.services.async_call(domain, name, {"entity_id": entity_id}, blocking=True)
    await hass.async_block_till_done()
    fake_model.answers |= {
        "Unlock": [call("lock.unlock", name="Front Door")],
        "Both": [call("light.turn_on", name="Lamp"), call("lock.unlock", name="Front Door")],
        "Lamp": [call("light.turn_on", name="Lamp")],
    }
    return Speaker(hass, home_entry)


def attributes(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    found = hass.states.get(entity_id)
    assert found is not None
    return dict(found.attributes)


def rename(hass: HomeAssistant, entity_id: str, name: str) -> None:
    found = hass.states.get(entity_id)
    assert found is not None
    changed = {**found.attributes, "friendly_name": name}
    hass.states.async_set(entity_id, found.state, changed)


def set_options(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    """What the agent does as of the next sentence; the entry is not loaded anew."""
    set_agent(hass, entry, **options)


@pytest.mark.parametrize(
    ("language", "question", "reply"),
    [
        ("en", "Unlock Front Door?", "Yes, please!"),
        ("fr", "Déverrouiller Front Door ?", "Oui, vas-y"),
        ("de", "Front Door aufschließen?", "Ja bitte"),
        ("ko", "잠금을 해제할까요: Front Door?", "네, 열어주세요"),
        ("ja", "Front Doorを解錠しますか？", "はい、お願いします"),
        ("es", "¿Quieres que desbloquee Front Door?", "Sí, por favor."),
        ("ru", "Разблокировать: Front Door?", "Да, конечно"),
        ("zh-CN", "要解锁Front Door吗？", "好的"),
    ],
)
async def test_door_is_unlocked_after_a_yes_in_the_language_of_the_sentence(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    language: str,
    question: str,
    reply: str,
) -> None:
    asked = await speaker.say("Unlock", language)
    assert speech(asked) == question
    assert asked.continue_conversation
    assert not speaker.services
    await speaker.say(reply, language, conversation_id=asked.conversation_id)
    assert [name for name, _ in speaker.services] == ["lock.unlock"]
    assert state_of(hass, FRONT) == "unlocked"
    assert fake_model.sentences == ["Unlock"], "yes is no sentence for the model"


@pytest.mark.parametrize(
    ("language", "reply"),
    [("en", "No, thanks"), ("en", "Never mind"), ("fr", "Non merci"), ("ko", "아니요"),
     ("ja", "いいえ、やめてください"), ("pl", "Nie"), ("pt", "Não!"), ("it", "No, lascia stare")],
)  # fmt: skip
async def test_no_leaves_the_door_locked_for_good(
    hass: HomeAssistant, speaker: Speaker, language: str, reply: str
) -> None:
    asked = await speaker.say("Unlock", language)
    refused = await speaker.say(reply, language, conversation_id=asked.conversation_id)
    assert not refused.continue_conversation
    await speaker.say("yes", "en", conversation_id=asked.conversation_id)
    assert not speaker.services
    assert state_of(hass, FRONT) == "locked"


@pytest.mark.parametrize("sentence", ["Lamp", "Yes, and the lamp", "Is it safe", "no yes"])
async def test_another_sentence_drops_the_question_and_is_understood_by_itself(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, sentence: str
) -> None:
    asked = await speaker.say("Unlock")
    await speaker.say(sentence, conversation_id=asked.conversation_id)
    assert fake_model.sentences == ["Unlock", sentence]
    await speaker.say("yes", conversation_id=asked.conversation_id)
    assert state_of(hass, FRONT) == "locked"
    assert state_of(hass, LAMP) == ("on" if sentence == "Lamp" else "off")


async def test_yes_in_another_conversation_opens_nothing(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    await speaker.say("Unlock")
    await speaker.say("yes")
    assert state_of(hass, FRONT) == "locked"


async def test_yes_that_comes_minutes_later_opens_nothing(
    hass: HomeAssistant, speaker: Speaker, freezer: FrozenDateTimeFactory
) -> None:
    asked = await speaker.say("Unlock", conversation_id="hall panel")
    freezer.tick(121)
    await speaker.say("yes", conversation_id=asked.conversation_id)
    assert state_of(hass, FRONT) == "locked"


async def test_all_of_a_sentence_waits_for_the_answer(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    asked = await speaker.say("Both")
    assert speech(asked) == "Unlock Front Door?", "the lamp needs no question"
    assert state_of(hass, LAMP) == "off"
    await speaker.say("yes", conversation_id=asked.conversation_id)
    assert (state_of(hass, LAMP), state_of(hass, FRONT)) == ("on", "unlocked")


async def test_yes_is_for_the_door_that_was_named_whatever_is_renamed_since(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    place(hass, "lock.kitchen_door")
    asked = await speaker.say("Unlock")
    rename(hass, FRONT, "Old Door")
    rename(hass, "lock.kitchen_door", "Front Door")
    await speaker.say("yes", conversation_id=asked.conversation_id)
    assert [data["entity_id"] for _, data in speaker.services] == [FRONT]


async def test_door_that_is_hidden_before_the_yes_stays_locked(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    asked = await speaker.say("Unlock")
    expose(hass, FRONT, exposed=False)
    await speaker.say("yes", conversation_id=asked.conversation_id)
    assert not speaker.services


async def test_question_which_door_comes_before_the_question_whether(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    place(hass, "lock.kitchen_door")
    fake_model.answers["A door"] = [call("lock.unlock", area="all")]
    which = await speaker.say("A door")
    assert speech(which).startswith("Which one")
    asked = await speaker.say("the front one", conversation_id=which.conversation_id)
    assert speech(asked) == "Unlock Front Door?"
    assert not speaker.services
    await speaker.say("yes", conversation_id=which.conversation_id)
    assert state_of(hass, FRONT) == "unlocked"


@pytest.mark.parametrize(
    ("calls", "question"),
    [
        ([call("cover.open_cover", name="Garage")], "Open Garage?"),
        ([call("cover.toggle", name="Garage")], "Open Garage?"),
        ([call("cover.set_cover_position", name="Gate", position=30)], "Open Gate?"),
        ([call("valve.open_valve", name="Sprinkler")], "Open Sprinkler?"),
        (
            [call("lock.unlock", name="Front Door"), call("cover.open_cover", name="Garage")],
            "Unlock Front Door? Open Garage?",
        ),
    ],
)
async def test_ways_in_and_water_are_asked_about(
    speaker: Speaker, fake_model: FakeModel, calls: Sequence[FunctionCall], question: str
) -> None:
    fake_model.answers["Do it now"] = calls
    assert speech(await speaker.say("Do it now")) == question
    assert not speaker.services


@pytest.mark.parametrize(
    "harmless",
    [
        call("lock.lock", name="Front Door"),
        call("cover.close_cover", name="Garage"),
        call("cover.open_cover", name="Blind"),
        call("cover.set_cover_position", name="Gate", position=10),
        call("valve.close_valve", name="Sprinkler"),
    ],
)
async def test_closing_and_blinds_are_not_asked_about(
    speaker: Speaker, fake_model: FakeModel, harmless: FunctionCall
) -> None:
    fake_model.answers["Do it now"] = [harmless]
    assert not (await speaker.say("Do it now")).continue_conversation
    assert len(speaker.services) == 1


async def test_alarm_is_disarmed_after_a_yes_and_not_asked_about_where_it_takes_a_code(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    panel = "alarm_control_panel.house"
    hass.states.async_set(panel, "armed_away", {"friendly_name": "Alarm", "supported_features": 3})
    expose(hass, panel)
    fake_model.answers["Alarm off"] = [call("alarm_control_panel.alarm_disarm", name="Alarm")]
    assert speech(await speaker.say("Alarm off")) == "Disarm Alarm?"
    hass.states.async_set(panel, "armed_away", {**attributes(hass, panel), "code_format": "number"})
    refused = await speaker.say("Alarm off")
    assert speech(refused) == "Sorry, Alarm needs a code, and I do not take codes"


async def test_with_the_option_off_the_door_is_unlocked_at_once(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    set_options(hass, home_entry, confirm=False)
    assert not (await speaker.say("Unlock")).continue_conversation
    assert state_of(hass, FRONT) == "unlocked"


# -- PIN -----------------------------------------------------------------------------------------


@pytest.fixture
async def guarded(hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry) -> Speaker:
    """The same house, with a PIN."""
    set_options(hass, home_entry, confirm=True, pin="4071")
    return speaker


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "4071"),
        ("en", "Yes, the PIN is 4 0 7 1"),
        ("en", "four oh seven one please"),
        ("fr", "Oui, quatre zéro sept un"),
        ("de", "Ja, vier null sieben eins"),
        ("ko", "네, 비밀번호는 사공칠일이에요"),
        ("ja", "はい、四〇七一です"),
        ("ja", "よん ゼロ なな いち"),
        ("zh-CN", "密码是四零七一"),
        ("en", "４０７１"),
    ],
)
async def test_pin_opens_in_digits_and_in_words(
    hass: HomeAssistant, guarded: Speaker, language: str, reply: str
) -> None:
    asked = await guarded.say("Unlock", language)
    assert asked.continue_conversation
    assert not guarded.services
    await guarded.say(reply, language, conversation_id=asked.conversation_id)
    assert state_of(hass, FRONT) == "unlocked"


async def test_yes_without_the_pin_asks_for_it(hass: HomeAssistant, guarded: Speaker) -> None:
    asked = await guarded.say("Unlock")
    assert speech(asked) == "Unlock Front Door? What is the PIN?"
    again = await guarded.say("yes", conversation_id=asked.conversation_id)
    assert speech(again) == "Unlock Front Door? What is the PIN?"
    assert again.continue_conversation
    assert state_of(hass, FRONT) == "locked"
    await guarded.say("4071", conversation_id=asked.conversation_id)
    assert state_of(hass, FRONT) == "unlocked"


@pytest.mark.parametrize("wrong", ["4072", "407", "40711", "1704", "yes 1 2 3 4", "4071 the cat"])
async def test_three_wrong_pins_and_the_sentence_has_to_be_said_again(
    hass: HomeAssistant, guarded: Speaker, fake_model: FakeModel, wrong: str
) -> None:
    asked = await guarded.say("Unlock")
    for _ in range(2):
        again = await guarded.say(wrong, conversation_id=asked.conversation_id)
        assert again.continue_conversation
        assert "What is the PIN?" in speech(again)
    refused = await guarded.say(wrong, conversation_id=asked.conversation_id)
    assert not refused.continue_conversation
    late = await guarded.say("4071", conversation_id=asked.conversation_id)
    assert speech(late) == "Sorry, I could not work out what to do"
    assert state_of(hass, FRONT) == "locked"
    assert fake_model.sentences == ["Unlock"]


async def test_pin_that_comes_too_late_reaches_neither_the_model_nor_the_conversation(
    hass: HomeAssistant,
    guarded: Speaker,
    fake_model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = await guarded.say("Unlock")
    monkeypatch.setattr(confirm, "PATIENCE", 0.0)
    await guarded.say("yes, 4071", conversation_id=asked.conversation_id)
    assert state_of(hass, FRONT) == "locked"
    assert fake_model.sentences == ["Unlock"]
    assert await said_in(hass, asked.conversation_id) == ["Unlock", "••••"]


@pytest.mark.parametrize("tried", ["4071", "4072", "the PIN is 1 2 3 4", "vier null sieben eins"])
async def test_nobody_hears_whether_it_was_the_pin_where_nothing_waits_for_it(
    guarded: Speaker, fake_model: FakeModel, tried: str
) -> None:
    language = "de" if "vier" in tried else "en"
    said = await guarded.say(tried, language)
    assert not fake_model.sentences
    assert speech(said) in (
        "Sorry, I could not work out what to do", "Ich weiß leider nicht, was ich tun soll"
    )  # fmt: skip
    await guarded.say("20", language)
    assert fake_model.sentences == ["20"]


async def said_in(hass: HomeAssistant, conversation_id: str | None) -> list[str]:
    """What the user has said in a conversation, as it is kept."""
    with (
        chat_session.async_get_chat_session(hass, conversation_id) as session,
        async_get_chat_log(hass, session) as log,
    ):
        return [content.content for content in log.content if content.role == "user"]


async def test_pin_is_not_left_in_the_conversation_or_in_our_log(
    hass: HomeAssistant, guarded: Speaker, caplog: pytest.LogCaptureFixture
) -> None:
    ours = "custom_components.functiongemma"
    caplog.set_level(logging.DEBUG, ours)
    asked = await guarded.say("Unlock")
    await guarded.say("Yes, 4071", conversation_id=asked.conversation_id)
    await guarded.say("Set it to 4071", conversation_id=asked.conversation_id)
    assert not [r for r in caplog.records if r.name.startswith(ours) and "4071" in r.getMessage()]
    assert (await said_in(hass, asked.conversation_id))[:2] == ["Unlock", "••••"]
