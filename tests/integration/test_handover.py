"""A sentence that is no command, or not clearly one, goes to the fallback agent or nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers.intent import IntentResponseErrorCode, IntentResponseType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.const import (
    CONF_CONFIDENCE,
    CONF_CONFIRM,
    CONF_FALLBACK_AGENT,
    DOMAIN,
)

from .conftest import expose
from .fake_model import FakeModel
from .house import Speaker, agent_of, call, lights_and_switches, set_agent, speech


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return await lights_and_switches(hass, home_entry)


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
    result = await speaker.say("Zzz", language)
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
    set_agent(hass, entry, **options)
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


async def test_door_that_may_have_been_meant_is_left_to_no_agent_that_does_not_ask(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    home_entry: MockConfigEntry,
    other: Other,
) -> None:
    """Home Assistant's own agent, say, unlocks at once."""
    hass.states.async_set("lock.door", "locked", {"friendly_name": "Door"})
    expose(hass, "lock.door")
    fake_model.answers["Unlock it"] = [call("lock.unlock", name="Door")]
    fake_model.confidence = 0.3
    await set_options(hass, home_entry, **{CONF_FALLBACK_AGENT: other.entity_id})
    result = await speaker.say("Unlock it")
    assert result.response.error_code is IntentResponseErrorCode.NO_INTENT_MATCH
    assert not other.inputs
    await set_options(hass, home_entry, **{CONF_CONFIRM: False})
    assert speech(await speaker.say("Unlock it")) == "A joke, then"


@pytest.mark.parametrize(
    "weighed",
    [
        [([call("lock.unlock", name="Door")], 0.58), ([], 0.42)],
        [([call("lock.unlock", area="here")], 0.3), ([call("light.turn_on", name="Counter")], 0.3)],
    ],
    ids=["rather nothing", "one of two doors"],
)
async def test_door_that_is_one_of_the_likely_meanings_is_not_left_to_another_agent(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    home_entry: MockConfigEntry,
    other: Other,
    weighed: Any,
) -> None:
    for name in ("Door", "Gate"):
        hass.states.async_set(f"lock.{name.lower()}", "locked", {"friendly_name": name})
        expose(hass, f"lock.{name.lower()}")
    fake_model.weighed["Let me in"] = weighed
    await set_options(hass, home_entry, **{CONF_FALLBACK_AGENT: other.entity_id})
    await speaker.say("Let me in")
    assert not other.inputs
