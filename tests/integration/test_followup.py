"""Sentences that go on from the last one do so only where it is certain what they mean."""

from __future__ import annotations

import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.intent import IntentResponseType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.core.calls import FunctionCall

from .conftest import expose
from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches, place, set_up_demo, speech, state_of

CEILING, COUNTER, BED = "light.ceiling_lights", "light.kitchen_lights", "light.bed_light"
DESK = "light.office_rgbw_lights"


@pytest.fixture
async def speaker(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> Speaker:
    speaker = await lights_and_switches(hass, home_entry)
    fake_model.answers |= {
        "Kitchen": [call("light.turn_on", area="Kitchen", brightness_pct=40)],
        "Brighter": [call("light.turn_on", area="Kitchen", brightness_step_pct=10)],
        "Machine": [call("switch.turn_on", name="Coffee maker")],
        "Two things": [
            call("light.turn_on", name="Counter"),
            call("switch.turn_on", name="Coffee maker"),
        ],
        "Nothing here": [],
    }
    return speaker


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "And the bedroom"),
        ("en", "The bedroom too, please."),
        ("en", "upstairs as well"),
        ("fr", "Et dans Bedroom"),
        ("fr", "Bedroom aussi, s'il te plaît"),
        ("de", "Und Bedroom"),
        ("es", "Bedroom también"),
        ("ko", "Bedroom도 부탁해"),
        ("ko", "Bedroom 도 해줘"),
        ("ja", "Bedroomもお願い"),
        ("zh-CN", "还有Bedroom"),
    ],
)
async def test_same_is_done_in_the_room_that_is_named_next(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    language: str,
    sentence: str,
) -> None:
    fake_model.answers["Set"] = [call("light.turn_on", area="Kitchen", brightness_pct=40)]
    said = await speaker.say("Set", language)
    speaker.services.clear()
    await speaker.say(sentence, language, conversation_id=said.conversation_id)
    assert speaker.services == [("light.turn_on", {"entity_id": BED, "brightness_pct": 40})]
    assert fake_model.sentences == ["Set"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Kitchen", "and the bathroom"),  # not in the home
        ("Kitchen", "and the bedroom fan"),  # more than a name
        ("Kitchen", "the bedroom"),  # no pattern
        ("Two things", "and the bedroom"),  # which of the two?
        ("Machine", "and the Counter"),  # no switch
        ("Nothing here", "and the bedroom"),  # nothing was done
        ("Kitchen", "a bit more"),  # 40 % is not more of anything
        ("Machine", "close it"),  # a coffee maker is not closed
    ],
)
async def test_what_is_not_certain_is_a_sentence_for_the_model(
    speaker: Speaker, fake_model: FakeModel, first: str, second: str
) -> None:
    said = await speaker.say(first)
    speaker.services.clear()
    await speaker.say(second, conversation_id=said.conversation_id)
    assert fake_model.sentences == [first, second]
    assert not speaker.services


@pytest.mark.parametrize(
    ("question", "second"),
    [
        (call("state.count", domain="light", state="on"), "turn it off"),  # which of them?
        (call("state.list", domain="switch", state="off"), "turn them on"),  # asked about only
        (call("clock.time"), "turn it off"),  # nothing is "it"
        (call("clock.time"), "and the bedroom"),  # the time is in no room
    ],
)
async def test_nothing_is_switched_for_having_been_asked_about(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    question: FunctionCall,
    second: str,
) -> None:
    await hass.services.async_call("light", "turn_on", {"entity_id": COUNTER}, blocking=True)
    await hass.services.async_call("light", "turn_on", {"entity_id": CEILING}, blocking=True)
    fake_model.answers["Question"] = [question]
    said = await speaker.say("Question")
    assert said.response.response_type is IntentResponseType.QUERY_ANSWER
    speaker.services.clear()
    await speaker.say(second, conversation_id=said.conversation_id)
    assert fake_model.sentences == ["Question", second]
    assert not speaker.services


async def test_it_is_out_of_reach_once_it_is_hidden(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    said = await speaker.say("Machine")
    expose(hass, "switch.decorative_lights", exposed=False)
    await speaker.say("turn it off", conversation_id=said.conversation_id)
    assert state_of(hass, "switch.decorative_lights") == "on"
    assert fake_model.sentences == ["Machine", "turn it off"]


async def test_name_that_only_begins_like_a_pattern_is_no_follow_up(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    place(hass, BED, "Rea", name="Lamp")
    said = await speaker.say("Kitchen")
    speaker.services.clear()
    await speaker.say("Andrea", conversation_id=said.conversation_id)
    assert fake_model.sentences == ["Kitchen", "Andrea"], "no 'and Rea'"
    assert not speaker.services
    again = await speaker.say("Kitchen")
    speaker.services.clear()
    await speaker.say("And Rea", conversation_id=again.conversation_id)
    assert [data["entity_id"] for _, data in speaker.services] == [BED]


@pytest.mark.parametrize(
    ("first", "lit"), [("Kitchen", {BED, DESK}), ("Counter", {DESK}), ("Everywhere", set())]
)
async def test_room_and_lamp_of_one_name_are_told_apart_by_what_was_spoken_of(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, first: str, lit: set[str]
) -> None:
    place(hass, DESK, "Bedroom", name="Bedroom")
    fake_model.answers |= {
        "Counter": [call("light.turn_on", name="Counter")],
        "Everywhere": [call("light.turn_on", floor="Downstairs")],
    }
    said = await speaker.say(first)
    speaker.services.clear()
    await speaker.say("And the bedroom", conversation_id=said.conversation_id)
    assert {data["entity_id"] for _, data in speaker.services} == lit
    assert fake_model.sentences == [first, *([] if lit else ["And the bedroom"])]


async def test_follow_up_follows_the_sentence_just_before_it_in_its_conversation(
    speaker: Speaker, fake_model: FakeModel
) -> None:
    said = await speaker.say("Kitchen")
    await speaker.say("And the bedroom")
    assert fake_model.sentences[-1] == "And the bedroom", "another conversation"
    await speaker.say("Nothing here", conversation_id=said.conversation_id)
    await speaker.say("And the bedroom", conversation_id=said.conversation_id)
    assert fake_model.sentences[-1] == "And the bedroom", "something else was said"


@pytest.mark.parametrize(
    ("language", "off", "on"),
    [
        ("en", "Turn it off again", "switch it back on"),
        ("fr", "Éteins-la de nouveau", "rallume-la"),
        ("de", "Mach sie wieder aus", "Schalte sie wieder ein"),
        ("es", "Apágalo otra vez", "Enciéndelo de nuevo"),
        ("ko", "다시 꺼줘", "다시 켜 줘"),
        ("ja", "また消して", "もう一度つけて"),
        ("ru", "Выключи её обратно", "Включи её снова"),
    ],
)
async def test_it_is_what_was_switched_last(
    hass: HomeAssistant, speaker: Speaker, language: str, off: str, on: str
) -> None:
    said = await speaker.say("Machine", language)
    await speaker.say(off, language, conversation_id=said.conversation_id)
    assert state_of(hass, "switch.decorative_lights") == "off"
    await speaker.say(on, language, conversation_id=said.conversation_id)
    assert state_of(hass, "switch.decorative_lights") == "on"
    assert state_of(hass, "switch.ac") == "off"


@pytest.mark.parametrize(
    ("language", "more"),
    [("en", "A bit more"), ("en", "again"), ("fr", "Encore un peu"), ("ko", "조금만 더"),
     ("ja", "もう少し"), ("de", "Noch ein bisschen")],
)  # fmt: skip
async def test_a_bit_more_is_the_same_step_again(
    speaker: Speaker, fake_model: FakeModel, language: str, more: str
) -> None:
    said = await speaker.say("Brighter", language)
    first = sorted(speaker.services, key=str)
    assert len(first) == 2
    speaker.services.clear()
    await speaker.say(more, language, conversation_id=said.conversation_id)
    assert sorted(speaker.services, key=str) == first
    assert fake_model.sentences == ["Brighter"]


async def test_opening_again_is_asked_about_like_opening(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    await set_up_demo(hass, Platform.COVER)
    place(hass, "cover.garage_door", name="Garage")
    speaker = Speaker(hass, home_entry)
    fake_model.answers["Shut"] = [call("cover.close_cover", name="Garage")]
    said = await speaker.say("Shut")
    asked = await speaker.say("Open it again", conversation_id=said.conversation_id)
    assert speech(asked) == "Open Garage?"
    assert len(speaker.services) == 1


@pytest.mark.parametrize(
    ("sentence", "pipeline", "reply"),
    [
        ("커피 머신 켜 줘", "en", "완료했습니다"),
        ("コーヒーメーカーをつけて", "fr", "完了しました"),
        ("커피 머신 켜 줘", "ko-KR", "완료했습니다"),
        ("Allume 커피 머신 maintenant", "fr", "C'est fait"),
        ("Turn on the machine", "ko", "Done"),
        ("打开咖啡机", "ja", "完了しました"),
    ],
)
async def test_reply_is_in_the_language_that_the_script_of_the_sentence_tells(
    speaker: Speaker, fake_model: FakeModel, sentence: str, pipeline: str, reply: str
) -> None:
    fake_model.answers[sentence] = [call("switch.toggle", name="Coffee maker")]
    assert speech(await speaker.say(sentence, pipeline)) == reply
