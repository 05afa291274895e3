"""Where several devices can be meant, the agent asks, and understands the answer."""

from __future__ import annotations

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.intent import IntentResponseType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches, place, speech, state_of

LEFT, RIGHT, TABLE = "light.bed_light", "light.ceiling_lights", "light.kitchen_lights"


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return await lights_and_switches(hass, home_entry)


@pytest.fixture
def twins(hass: HomeAssistant, speaker: Speaker) -> None:
    """Two lamps of one name in two rooms."""
    place(hass, "light.ceiling_lights", name="Lamp")
    place(hass, "light.bed_light", name="Lamp")


@pytest.mark.usefixtures("twins")
@pytest.mark.parametrize(
    ("language", "question", "reply"),
    [
        ("en", "Which one: Lamp (Bedroom) or Lamp (Kitchen)?", "The one in the kitchen, please."),
        ("fr", "Lequel : Lamp (Bedroom) ou Lamp (Kitchen) ?", "celle de Kitchen"),
        ("es", "¿A cuál te refieres: Lamp (Bedroom) o Lamp (Kitchen)?", "la de Kitchen"),
        ("ru", "Что именно: Lamp (Bedroom) или Lamp (Kitchen)?", "Та, что в Kitchen, пожалуйста"),
        ("zh-CN", "您指的是哪一个：Lamp (Bedroom)还是Lamp (Kitchen)？", "Kitchen的那个"),
        (
            "ko",
            "어느 것을 말씀하시나요: Lamp (Bedroom) 또는 Lamp (Kitchen)?",
            "Kitchen에 있는 Lamp요",
        ),
        ("ja", "Lamp (Bedroom)、それともLamp (Kitchen)、どれのことですか？", "KitchenのLampです"),
    ],
)
async def test_two_devices_of_one_name_lead_to_a_question_that_can_be_answered(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    language: str,
    question: str,
    reply: str,
) -> None:
    fake_model.answers["Lamp at 40"] = [call("light.turn_on", name="Lamp", brightness_pct=40)]
    result = await speaker.say("Lamp at 40", language)
    assert speech(result) == question
    assert result.continue_conversation
    assert not speaker.services
    assert result.response.response_type is not IntentResponseType.ERROR

    await speaker.say(reply, language, conversation_id=result.conversation_id)
    expected = {"entity_id": "light.ceiling_lights", "brightness_pct": 40}
    assert speaker.services == [("light.turn_on", expected)]
    assert fake_model.sentences == ["Lamp at 40"], "the answer is no sentence for the model"


@pytest.mark.usefixtures("twins")
@pytest.mark.parametrize(
    "sentence",
    ["Turn off the kitchen lamp", "kitchen off", "What about the lamp?", "lamp", "that one"],
)
async def test_another_sentence_after_a_question_is_not_taken_for_its_answer(
    speaker: Speaker, fake_model: FakeModel, sentence: str
) -> None:
    fake_model.answers["Lamp on"] = [call("light.turn_on", name="Lamp")]
    asked = await speaker.say("Lamp on")
    await speaker.say(sentence, conversation_id=asked.conversation_id)
    assert fake_model.sentences == ["Lamp on", sentence]
    assert not speaker.services
    await speaker.say("the kitchen", conversation_id=asked.conversation_id)
    assert not speaker.services, "a question is open for one sentence only"


@pytest.mark.usefixtures("twins")
async def test_answer_in_another_conversation_does_nothing(
    speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Lamp on"] = [call("light.turn_on", name="Lamp")]
    await speaker.say("Lamp on")
    await speaker.say("the kitchen")
    assert not speaker.services


async def test_devices_of_one_name_in_one_room_are_told_apart_by_their_ids(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    place(hass, "light.ceiling_lights", name="Lamp")
    place(hass, "light.kitchen_lights", name="Lamp")
    fake_model.answers["Lamp on"] = [call("light.turn_on", name="Lamp")]
    result = await speaker.say("Lamp on")
    assert speech(result) == (
        "Which one: Lamp (light.ceiling_lights) or Lamp (light.kitchen_lights)?"
    )


async def test_question_comes_last_so_that_the_conversation_stays_open(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Both"] = [
        call("light.turn_on", area="here"),
        call("switch.turn_on", name="AC"),
    ]
    result = await speaker.say("Both")
    assert speech(result).startswith("Turned on the switch. Which one:")
    assert result.continue_conversation
    assert state_of(hass, "switch.ac") == "on"


@pytest.mark.usefixtures("twins")
async def test_one_answer_is_for_both_questions_of_a_reply(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    place(hass, "switch.ac", name="Plug")
    place(hass, "switch.decorative_lights", name="Plug")
    fake_model.answers["Lamp and plug"] = [
        call("light.turn_on", name="Lamp"),
        call("switch.turn_on", name="Plug"),
    ]
    asked = await speaker.say("Lamp and plug")
    assert speech(asked).count("Which one:") == 2
    await speaker.say("in the kitchen", conversation_id=asked.conversation_id)
    assert state_of(hass, "light.ceiling_lights") == "on"
    assert state_of(hass, "switch.decorative_lights") == "on"
    assert state_of(hass, "light.bed_light") == "off"
    assert state_of(hass, "switch.ac") == "off"


@pytest.mark.usefixtures("twins")
async def test_question_is_forgotten_with_its_conversation(
    speaker: Speaker, fake_model: FakeModel, freezer: FrozenDateTimeFactory
) -> None:
    """Conversation ids may be anybody's own: the same one tomorrow is another conversation."""
    fake_model.answers["Lamp on"] = [call("light.turn_on", name="Lamp")]
    await speaker.say("Lamp on", conversation_id="hall panel")
    freezer.tick(301)
    await speaker.say("the kitchen", conversation_id="hall panel")
    assert fake_model.sentences == ["Lamp on", "the kitchen"]
    assert not speaker.services


@pytest.fixture
def three(hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel) -> None:
    """Three lamps with one alias; the question names them in this order."""
    names = {LEFT: "Left lamp", RIGHT: "Right lamp", TABLE: "Table light"}
    for entity_id, name in names.items():
        place(hass, entity_id, "Kitchen", name=name, aliases=["Thing"])
    fake_model.answers["Thing on"] = [call("light.turn_on", name="Thing")]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("language", "reply", "lit"),
    [
        ("en", "The left one, please", [LEFT]),
        ("en", "the second", [RIGHT]),
        ("en", "number 3", [TABLE]),
        ("en", "the last one", [TABLE]),
        ("en", "all of them", [LEFT, RIGHT, TABLE]),
        ("en", "table", [TABLE]),
        ("fr", "la deuxième", [RIGHT]),
        ("fr", "Toutes, s'il vous plaît", [LEFT, RIGHT, TABLE]),
        ("de", "Das zweite bitte", [RIGHT]),
        ("es", "el último", [TABLE]),
        ("it", "la terza", [TABLE]),
        ("nl", "de eerste", [LEFT]),
        ("pl", "Drugą", [RIGHT]),
        ("pt", "a segunda", [RIGHT]),
        ("ru", "Третью, пожалуйста", [TABLE]),
        ("ko", "두 번째 거요", [RIGHT]),
        ("ko", "2번", [RIGHT]),
        ("ko", "전부 다", [LEFT, RIGHT, TABLE]),
        ("ja", "2番目のやつ", [RIGHT]),
        ("ja", "全部お願いします", [LEFT, RIGHT, TABLE]),
        ("zh-CN", "第三个", [TABLE]),
    ],
)
async def test_place_in_the_question_and_a_part_of_the_name_are_answers(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    language: str,
    reply: str,
    lit: list[str],
) -> None:
    asked = await speaker.say("Thing on", language)
    assert asked.continue_conversation
    await speaker.say(reply, language, conversation_id=asked.conversation_id)
    assert fake_model.sentences == ["Thing on"]
    assert sorted(e for e in (LEFT, RIGHT, TABLE) if state_of(hass, e) == "on") == sorted(lit)


@pytest.mark.usefixtures("twins")
@pytest.mark.parametrize(
    ("language", "reply"),
    [("en", "Both of them"), ("fr", "les deux"), ("ko", "둘 다요"), ("ja", "両方です"),
     ("de", "Alle beide"), ("ru", "обе")],
)  # fmt: skip
async def test_both_are_both(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, language: str, reply: str
) -> None:
    fake_model.answers["Lamp on"] = [call("light.turn_on", name="Lamp")]
    asked = await speaker.say("Lamp on", language)
    await speaker.say(reply, language, conversation_id=asked.conversation_id)
    assert [state_of(hass, e) for e in (LEFT, RIGHT, TABLE)] == ["on", "on", "off"]


@pytest.mark.usefixtures("twins")
@pytest.mark.parametrize(
    ("language", "reply", "said"),
    [
        ("en", "Never mind", "All right"),
        ("en", "neither of them", "All right"),
        ("fr", "aucune", "D'accord"),
        ("ko", "됐어요, 아무것도 아니에요", ""),
        ("ja", "どちらでもない", ""),
    ],
)
async def test_none_of_them_ends_the_question(
    speaker: Speaker, fake_model: FakeModel, language: str, reply: str, said: str
) -> None:
    fake_model.answers["Lamp on"] = [call("light.turn_on", name="Lamp")]
    asked = await speaker.say("Lamp on", language)
    dropped = await speaker.say(reply, language, conversation_id=asked.conversation_id)
    if said:
        assert speech(dropped) == said
    assert not dropped.continue_conversation
    assert fake_model.sentences == ["Lamp on"]
    assert not speaker.services
