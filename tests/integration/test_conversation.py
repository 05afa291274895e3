"""A sentence becomes the right action, an honest reply and a readable trace."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from homeassistant.components import conversation
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.components.conversation.trace import async_clear_traces, async_get_traces
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import IntentResponseErrorCode, IntentResponseType
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.functiongemma.const import CONF_CONFIDENCE, CONF_FALLBACK_AGENT, DOMAIN
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.errors import (
    WorkerCrashedError,
    WorkerError,
    WorkerOutOfMemoryError,
    WorkerTimeoutError,
)

from .fake_model import FakeModel
from .house import Speaker, agent_of, call, names, place, set_up_demo, speech


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    """A house with lights on two floors and two switches, all off."""
    await set_up_demo(hass, Platform.LIGHT, Platform.SWITCH)
    place(hass, "light.bed_light", "Bedroom", floor="Upstairs")
    place(hass, "light.ceiling_lights", "Kitchen", name="Ceiling", floor="Downstairs")
    place(hass, "light.kitchen_lights", "Kitchen", name="Counter")
    place(hass, "switch.ac", "Bedroom")
    place(hass, "switch.decorative_lights", "Kitchen", name="Coffee maker", aliases=["Machine"])
    everything = ["light.bed_light", "light.ceiling_lights", "light.kitchen_lights"]
    await hass.services.async_call("light", "turn_off", {"entity_id": everything}, blocking=True)
    await hass.services.async_call("switch", "turn_off", {"entity_id": "all"}, blocking=True)
    return Speaker(hass, home_entry)


def state(hass: HomeAssistant, entity_id: str) -> str:
    found = hass.states.get(entity_id)
    assert found is not None
    return found.state


async def test_light_turns_on_in_the_users_name(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, hass_admin_user: MockUser
) -> None:
    fake_model.answers["Bed light on"] = [call("light.turn_on", name="Bed Light")]
    context = Context(user_id=hass_admin_user.id)
    result = await speaker.say("Bed light on", context=context)
    assert state(hass, "light.bed_light") == "on"
    assert speaker.services == [("light.turn_on", {"entity_id": "light.bed_light"})]
    assert speaker.contexts == [context]
    changed = hass.states.get("light.bed_light")
    assert changed is not None and changed.context.user_id == hass_admin_user.id
    assert speech(result) == "Turned on the light"
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    assert names(result.response.success_results) == ["light.bed_light"]
    assert not result.response.failed_results
    assert not result.continue_conversation


async def test_two_commands_in_a_sentence_are_both_done_with_one_reply(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Kitchen lights and the AC"] = [
        call("light.turn_on", area="Kitchen"),
        call("switch.turn_on", name="AC"),
    ]
    result = await speaker.say("Kitchen lights and the AC")
    assert state(hass, "light.ceiling_lights") == "on"
    assert state(hass, "light.kitchen_lights") == "on"
    assert state(hass, "light.bed_light") == "off"
    assert state(hass, "switch.ac") == "on"
    assert speech(result) == "Turned on the lights. Turned on the switch."
    assert names(result.response.success_results) == [
        "light.ceiling_lights",
        "light.kitchen_lights",
        "switch.ac",
    ]


async def test_replies_come_in_the_order_of_the_calls_not_of_the_devices(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    async def slow(service: ServiceCall) -> None:
        await asyncio.sleep(0.02)

    hass.services.async_register("light", "turn_on", slow)
    fake_model.answers["Both"] = [
        call("light.turn_on", name="Ceiling"),
        call("switch.turn_on", name="AC"),
    ]
    assert speech(await speaker.say("Both")) == "Turned on the light. Turned on the switch."


async def test_one_failing_device_does_not_stop_the_rest(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    async def moody(service: ServiceCall) -> None:
        if service.data["entity_id"] == "light.kitchen_lights":
            raise HomeAssistantError("No answer")

    hass.services.async_register("light", "turn_on", moody)
    fake_model.answers["All lights on"] = [call("light.turn_on", area="all")]
    result = await speaker.say("All lights on")
    assert speech(result) == "Counter did not respond, the rest is done"
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    assert names(result.response.success_results) == ["light.bed_light", "light.ceiling_lights"]
    assert names(result.response.failed_results) == ["light.kitchen_lights"]
    assert len(speaker.services) == 3


@pytest.mark.parametrize("error", [HomeAssistantError("No"), ValueError("bug"), TimeoutError()])
async def test_all_devices_failing_is_an_error(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, error: Exception
) -> None:
    async def broken(service: ServiceCall) -> None:
        raise error

    hass.services.async_register("light", "turn_on", broken)
    fake_model.answers["Kitchen"] = [call("light.turn_on", area="Kitchen")]
    result = await speaker.say("Kitchen")
    assert result.response.response_type is IntentResponseType.ERROR
    assert result.response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
    assert speech(result) == "That did not work: Ceiling and Counter"


async def test_one_failing_command_does_not_make_the_other_one_an_error(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Both"] = [
        call("switch.turn_on", name="Fridge"),
        call("switch.turn_on", name="AC"),
    ]
    result = await speaker.say("Both")
    assert state(hass, "switch.ac") == "on"
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    assert speech(result) == "Sorry, I could not find Fridge here. Turned on the switch."


async def test_slow_device_does_not_hold_up_the_reply(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ready = asyncio.Event()

    async def slow(service: ServiceCall) -> None:
        await ready.wait()
        raise HomeAssistantError("Stuck halfway")

    monkeypatch.setattr("custom_components.functiongemma.execute.actions._PATIENCE", 0.01)
    hass.services.async_register("light", "turn_on", slow)
    fake_model.answers["Light"] = [call("light.turn_on", name="Ceiling")]
    result = await conversation.async_converse(
        hass, "Light", None, Context(), "en", speaker.agent_id
    )
    assert speech(result) == "Turned on the light"
    ready.set()
    await hass.async_block_till_done()
    assert "Stuck halfway" in caplog.text


# -- where the speaker is ------------------------------------------------------------------------


@pytest.mark.parametrize("known", ["satellite", "satellite's device", "device"])
async def test_here_is_the_room_of_whoever_speaks(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, known: str
) -> None:
    registry = er.async_get(hass)
    areas = ar.async_get(hass)
    kitchen, bedroom = areas.async_get_or_create("Kitchen"), areas.async_get_or_create("Bedroom")
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "satellite")}
    )
    satellite = registry.async_get_or_create(
        "assist_satellite",
        "test",
        "1",
        device_id=device.id,
        config_entry=entry,
        original_name="Voice",
    )
    # The more particular place wins: the entity's own over its device's.
    if known == "satellite":
        registry.async_update_entity(satellite.entity_id, area_id=kitchen.id)
    place_of_device = bedroom if known == "satellite" else kitchen
    dr.async_get(hass).async_update_device(device.id, area_id=place_of_device.id)
    fake_model.answers["Lights on"] = [call("light.turn_on", area="here")]
    result = await speaker.say(
        "Lights on",
        device_id=device.id,
        satellite_id=None if known == "device" else satellite.entity_id,
    )
    assert names(result.response.success_results) == [
        "light.ceiling_lights",
        "light.kitchen_lights",
    ]
    assert state(hass, "light.bed_light") == "off"


async def test_here_without_a_room_asks_which(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Lights on"] = [call("light.turn_on", area="here")]
    result = await speaker.say("Lights on")
    assert speech(result) == "Which one: Bed Light, Ceiling or Counter?"
    assert result.continue_conversation
    assert not speaker.services


# -- ambiguity -----------------------------------------------------------------------------------


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
        (
            "ko",
            "어느 것을 말씀하시나요: Lamp (Bedroom) 또는 Lamp (Kitchen)?",
            "Kitchen에 있는 Lamp요",
        ),
        ("ja", "どれのことですか：Lamp (Bedroom)、それともLamp (Kitchen)？", "KitchenのLampです"),
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
    "sentence", ["Turn off the kitchen lamp", "kitchen off", "What about the lamp?", "lamp", "No"]
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
    assert state(hass, "switch.ac") == "on"


# -- what cannot be done -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "reply"),
    [
        (call("switch.turn_on", name="Fridge"), "Sorry, I could not find Fridge here"),
        (call("switch.turn_on", area="Attic"), "Sorry, I could not find Attic here"),
        (call("switch.turn_on", floor="Cellar"), "Sorry, I could not find Cellar here"),
    ],
)
async def test_reply_says_what_is_not_there(
    speaker: Speaker, fake_model: FakeModel, made: FunctionCall, reply: str
) -> None:
    fake_model.answers["Do it"] = [made]
    result = await speaker.say("Do it")
    assert speech(result) == reply
    assert result.response.response_type is IntentResponseType.ERROR
    assert result.response.error_code is IntentResponseErrorCode.NO_VALID_TARGETS
    assert not speaker.services


# -- nothing to call, the fallback agent ---------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "Sorry, I could not work out what to do"),
        ("fr-CA", "Désolé, je n'ai pas compris ce que je dois faire"),
        ("de", "Ich weiß leider nicht, was ich tun soll"),
        ("ko", "죄송합니다. 무엇을 해야 할지 모르겠습니다"),
        ("ja", "すみません、何をすればよいかわかりませんでした"),
        ("tlh", "Sorry, I could not work out what to do"),
    ],
)
async def test_nothing_to_call_is_said_plainly(speaker: Speaker, language: str, reply: str) -> None:
    result = await speaker.say("Tell me a joke", language)
    assert speech(result) == reply
    assert result.response.error_code is IntentResponseErrorCode.NO_INTENT_MATCH


class Other(conversation.ConversationEntity):
    """Another agent, which notes what it is given."""

    _attr_name = "Other"
    _attr_unique_id = "other"
    supported_languages = "*"

    def __init__(self) -> None:
        self.roles: list[list[str]] = []
        self.inputs: list[conversation.ConversationInput] = []

    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        self.inputs.append(user_input)
        self.roles.append([content.role for content in chat_log.content])
        chat_log.async_add_assistant_content_without_tools(
            conversation.AssistantContent(agent_id=user_input.agent_id, content="A joke, then")
        )
        return conversation.async_get_result_from_chat_log(user_input, chat_log)


@pytest.fixture
async def other(hass: HomeAssistant) -> Other:
    """Another agent in the same house."""
    agent = Other()
    component = hass.data[conversation.DATA_COMPONENT]
    await component.async_add_entities([agent])
    return agent


async def set_options(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    hass.config_entries.async_update_entry(entry, options={**entry.options, **options})
    await hass.async_block_till_done()


async def test_fallback_agent_answers_in_the_same_conversation(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, other: Other
) -> None:
    await set_options(hass, home_entry, **{CONF_FALLBACK_AGENT: other.entity_id})
    result = await speaker.say("Tell me a joke")
    assert speech(result) == "A joke, then"
    assert result.response.response_type is IntentResponseType.ACTION_DONE
    assert other.roles == [["system", "user"]], "the sentence is in the conversation once"
    assert other.inputs[0].conversation_id == result.conversation_id
    again = await speaker.say("Another one", conversation_id=result.conversation_id)
    assert again.conversation_id == result.conversation_id
    assert other.roles[1] == ["system", "user", "assistant", "user"]


async def test_unsure_sentence_is_handed_over_not_guessed(
    hass: HomeAssistant,
    speaker: Speaker,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    other: Other,
) -> None:
    await set_options(
        hass, home_entry, **{CONF_FALLBACK_AGENT: other.entity_id, CONF_CONFIDENCE: 60}
    )
    fake_model.weighed["Light"] = [
        ([call("light.turn_on", name="Ceiling")], 0.5),
        ([call("light.turn_off", name="Ceiling")], 0.4),
    ]
    assert speech(await speaker.say("Light")) == "A joke, then"
    assert not speaker.services


@pytest.mark.parametrize(("threshold", "acts"), [(50, True), (60, False)])
async def test_agent_acts_from_the_confidence_that_was_set(
    hass: HomeAssistant,
    speaker: Speaker,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    threshold: int,
    acts: bool,
) -> None:
    await set_options(hass, home_entry, **{CONF_CONFIDENCE: threshold})
    fake_model.weighed["Light"] = [
        ([call("light.turn_on", name="Ceiling")], 0.5),
        ([call("light.turn_off", name="Ceiling")], 0.4),
    ]
    result = await speaker.say("Light")
    assert bool(speaker.services) is acts
    if not acts:
        assert speech(result) == "Sorry, I am not sure what you meant"


async def test_two_wordings_of_the_same_action_count_together(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.weighed["Bedroom light"] = [
        ([call("light.turn_off", name="Bed Light")], 0.4),
        ([call("light.turn_on", name="Bed Light")], 0.3),
        ([call("light.turn_on", area="Bedroom")], 0.3),
    ]
    await speaker.say("Bedroom light")
    assert speaker.services == [("light.turn_on", {"entity_id": "light.bed_light"})]


async def test_agent_never_hands_over_to_itself(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    await set_options(hass, home_entry, **{CONF_FALLBACK_AGENT: speaker.agent_id})
    assert speech(await speaker.say("Hm")) == "Sorry, I could not work out what to do"


async def test_two_agents_that_hand_over_to_each_other_come_to_an_end(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    second = MockConfigEntry(domain=DOMAIN, title="Second", data=dict(home_entry.data))
    second.add_to_hass(hass)
    assert await hass.config_entries.async_setup(second.entry_id)
    await hass.async_block_till_done()
    await set_options(hass, home_entry, **{CONF_FALLBACK_AGENT: agent_of(hass, second)})
    await set_options(hass, second, **{CONF_FALLBACK_AGENT: speaker.agent_id})
    assert speech(await speaker.say("Hm")) == "Sorry, I could not work out what to do"


async def test_fallback_agent_that_is_gone_does_no_harm(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    await set_options(hass, home_entry, **{CONF_FALLBACK_AGENT: "conversation.gone"})
    assert speech(await speaker.say("Hm")) == "Sorry, I could not work out what to do"


# -- chat log and traces -------------------------------------------------------------------------


async def test_debug_view_and_trace_show_prompt_calls_and_reply(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Light"] = [call("light.turn_on", name="Ceiling", brightness_pct=40)]
    async_clear_traces()
    result = await speaker.say("Light")
    log = hass.data[DATA_CHAT_LOGS][result.conversation_id]
    system, user, asked, answered, said = log.content
    assert isinstance(system, conversation.SystemContent)
    assert "do function calling" in system.content
    assert "Kitchen: light Ceiling, Counter" in system.content
    assert "You are a voice assistant" not in system.content
    assert isinstance(user, conversation.UserContent) and user.content == "Light"
    assert isinstance(asked, conversation.AssistantContent) and asked.tool_calls
    assert asked.tool_calls[0].tool_name == "light.turn_on"
    assert asked.tool_calls[0].tool_args == {"name": "Ceiling", "brightness_pct": 40}
    assert isinstance(answered, conversation.ToolResultContent)
    assert answered.result.data == {
        "speech": "Brightness set",
        "entities": ["light.ceiling_lights"],
    }
    assert isinstance(said, conversation.AssistantContent) and said.content == "Brightness set"

    events = [event["event_type"] for event in async_get_traces()[-1].as_dict()["events"]]
    kinds = conversation.ConversationTraceEventType
    assert kinds.TOOL_CALL in events and kinds.AGENT_DETAIL in events


async def test_second_sentence_of_a_conversation_meets_the_home_as_it_is_then(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Light"] = [call("light.turn_on", name="Ceiling")]
    fake_model.answers["Fan"] = [call("light.turn_on", name="Desk")]
    first = await speaker.say("Light")
    place(hass, "light.office_rgbw_lights", "Office", name="Desk")
    await hass.async_block_till_done()
    second = await speaker.say("Fan", conversation_id=first.conversation_id)
    assert names(second.response.success_results) == ["light.office_rgbw_lights"]


# -- the model's process -------------------------------------------------------------------------


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
    assert state(hass, "light.ceiling_lights") == "on"


# -- setting up, reloading, unloading ------------------------------------------------------------


async def test_prompt_is_ready_before_somebody_speaks(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    agent = hass.data[conversation.DATA_COMPONENT].get_entity(speaker.agent_id)
    assert agent is not None
    await agent.async_prepare("en")
    prepared = len(fake_model.prepared)
    await speaker.say("Light")
    assert len(fake_model.prepared) == prepared
    await hass.services.async_call("light", "turn_on", {"entity_id": "light.bed_light"})
    await speaker.say("Light")
    assert len(fake_model.prepared) == prepared, "no state is part of the prompt"


async def test_reload_keeps_the_agent_and_unload_takes_it_away(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    fake_model.answers["Light"] = [call("light.turn_on", name="Ceiling")]
    assert await hass.config_entries.async_reload(home_entry.entry_id)
    await hass.async_block_till_done()
    assert len(fake_model.running) == 1
    assert names((await speaker.say("Light")).response.success_results) == ["light.ceiling_lights"]

    assert await hass.config_entries.async_unload(home_entry.entry_id)
    await hass.async_block_till_done()
    assert not fake_model.running
    with pytest.raises(ValueError, match="not found"):
        await speaker.say("Light")
