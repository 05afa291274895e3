"""A sentence becomes the right action, an honest reply and a readable trace."""

from __future__ import annotations

import asyncio

import pytest
from homeassistant.components import conversation
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.components.conversation.trace import async_clear_traces, async_get_traces
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import IntentResponseErrorCode, IntentResponseType
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.functiongemma.core.calls import FunctionCall

from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches, names, place, speech, state_of


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return await lights_and_switches(hass, home_entry)


async def test_light_turns_on_in_the_users_name(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, hass_admin_user: MockUser
) -> None:
    fake_model.answers["Bed light on"] = [call("light.turn_on", name="Bed Light")]
    context = Context(user_id=hass_admin_user.id)
    result = await speaker.say("Bed light on", context=context)
    assert state_of(hass, "light.bed_light") == "on"
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
    assert state_of(hass, "light.ceiling_lights") == "on"
    assert state_of(hass, "light.kitchen_lights") == "on"
    assert state_of(hass, "light.bed_light") == "off"
    assert state_of(hass, "switch.ac") == "on"
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
    assert state_of(hass, "switch.ac") == "on"
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
    assert state_of(hass, "light.bed_light") == "off"


async def test_here_without_a_room_asks_which(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Lights on"] = [call("light.turn_on", area="here")]
    result = await speaker.say("Lights on")
    assert speech(result) == "Which one: Bed Light, Ceiling or Counter?"
    assert result.continue_conversation
    assert not speaker.services


async def test_here_without_a_room_is_what_the_sentence_names(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Turn on the bed light"] = [call("light.turn_on", area="here")]
    await speaker.say("Turn on the bed light")
    assert speaker.services == [("light.turn_on", {"entity_id": "light.bed_light"})]


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
    fake_model.answers["Zzz"] = [made]
    result = await speaker.say("Zzz")
    assert speech(result) == reply
    assert result.response.response_type is IntentResponseType.ERROR
    assert result.response.error_code is IntentResponseErrorCode.NO_VALID_TARGETS
    assert not speaker.services


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
