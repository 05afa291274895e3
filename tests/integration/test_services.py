"""The action `ask` shows what the agent makes of a sentence, on the agent's own way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import probatio
import pytest
from homeassistant.components import conversation
from homeassistant.const import EVENT_CALL_SERVICE, Platform
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.functiongemma.const import (
    DOMAIN,
    EVENT_ACTED,
)
from custom_components.functiongemma.core.errors import WorkerCrashedError

from .fake_model import FakeModel
from .house import (
    Speaker,
    agent_of,
    call,
    lights_and_switches,
    place,
    set_agent,
    set_up_demo,
    state_of,
)
from .test_api_tools import assist, tool


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return await lights_and_switches(hass, home_entry)


async def ask(
    hass: HomeAssistant, text: str, context: Context | None = None, **data: Any
) -> dict[str, Any]:
    response: Any = await hass.services.async_call(
        DOMAIN,
        "ask",
        {"text": text, **data},
        blocking=True,
        context=context,
        return_response=True,
    )
    await hass.async_block_till_done()
    json.dumps(response)  # goes over the API
    return dict(response)


def actions(speaker: Speaker) -> list[str]:
    """Actions that were called, the asking left out."""
    return [name for name, _ in speaker.services if name != f"{DOMAIN}.ask"]


# -- carried out ---------------------------------------------------------------------------------


async def test_asking_does_what_saying_does_in_the_users_name(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, hass_admin_user: MockUser
) -> None:
    fake_model.answers["Counter on"] = [call("light.turn_on", name="Counter")]
    response = await ask(hass, "Counter on", Context(user_id=hass_admin_user.id))
    assert state_of(hass, "light.kitchen_lights") == "on"
    changed = hass.states.get("light.kitchen_lights")
    assert changed is not None and changed.context.user_id == hass_admin_user.id
    assert response["executed"] is True
    assert response["decision"] == "act"
    assert response["reply"] == "Turned on the light"
    assert response["response_type"] == "action_done"
    assert response["calls"] == [
        {
            "function": "light.turn_on",
            "arguments": {"name": "Counter"},
            "decision": "act",
            "action": "light.turn_on",
            "data": {},
            "entities": ["light.kitchen_lights"],
            "done": ["light.kitchen_lights"],
            "failed": [],
        }
    ]
    assert response["timings"].keys() >= {"decode", "understand", "total"}


async def test_response_shows_what_the_model_saw(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    response = await ask(hass, "Counter  on", execute=False)
    prompt = response["prompt"]
    assert "Kitchen: light Ceiling, Counter; switch Coffee maker = Machine" in prompt["listing"]
    assert "light.turn_on" in prompt["functions"]
    # The parts are those of the prompt that the model got.
    asked = fake_model.prompts[-1]
    assert asked.endswith(prompt["listing"] + prompt["turn"])
    assert prompt["turn"].startswith("Counter on<end_of_turn>")
    assert prompt["characters"] == len(asked) - len(prompt["turn"])
    again = await ask(hass, "Something else", execute=False)
    assert again["prompt"]["sha256"] == prompt["sha256"]


async def test_everything_that_was_considered_is_shown_with_its_probability(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.weighed["On"] = [
        ([call("light.turn_on", name="Counter")], 0.7),
        ([call("switch.turn_on", name="AC")], 0.2),
        ([], 0.1),
    ]
    response = await ask(hass, "On")
    assert response["candidates"] == [
        {
            "probability": 0.7,
            "calls": [{"function": "light.turn_on", "arguments": {"name": "Counter"}}],
        },
        {
            "probability": 0.2,
            "calls": [{"function": "switch.turn_on", "arguments": {"name": "AC"}}],
        },
        {"probability": 0.1, "calls": []},
    ]
    assert response["confidence"] == 0.7
    assert response["no_call"] == 0.1


@pytest.mark.parametrize(
    ("made", "decision", "detail"),
    [
        (
            call("switch.turn_on", name="Fridge"),
            "fail",
            {"problem": {"reason": "no_target", "value": "Fridge"}},
        ),
        (
            call("light.turn_on", area="here"),
            "ask",
            {"which_of": ["light.bed_light", "light.ceiling_lights", "light.kitchen_lights"]},
        ),
        (call("state.count", domain="light", state="on"), "answer", {"action": "state.count"}),
    ],
)
async def test_response_tells_why_nothing_was_changed(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    made: Any,
    decision: str,
    detail: dict[str, Any],
) -> None:
    fake_model.answers["Zzz"] = [made]
    for execute in (True, False):
        response = await ask(hass, "Zzz", execute=execute)
        assert response["decision"] == decision
        assert detail.items() <= response["calls"][0].items()
        assert (response["reply"] is None) == (decision == "answer" and not execute)
    assert not actions(speaker)


async def test_area_and_device_of_the_speaker_say_what_here_is(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, home_entry: MockConfigEntry
) -> None:
    fake_model.answers["Lights on"] = [call("light.turn_on", area="here")]
    areas = ar.async_get(hass)
    kitchen, bedroom = areas.async_get_or_create("Kitchen"), areas.async_get_or_create("Bedroom")
    satellite = dr.async_get(hass).async_get_or_create(
        config_entry_id=home_entry.entry_id, identifiers={("test", "satellite")}
    )
    dr.async_get(hass).async_update_device(satellite.id, area_id=bedroom.id)
    response = await ask(hass, "Lights on", execute=False, device_id=satellite.id)
    assert response["calls"][0]["entities"] == ["light.bed_light"]
    response = await ask(hass, "Lights on", execute=False, device_id=satellite.id, area=kitchen.id)
    assert response["calls"][0]["entities"] == ["light.ceiling_lights", "light.kitchen_lights"]


async def test_language_is_that_of_the_reply(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Allume"] = [call("light.turn_on", name="Counter")]
    response = await ask(hass, "Allume", language="fr")
    assert response["reply"] == "Allumé"
    assert response["language"] == "fr"


# -- dry runs ------------------------------------------------------------------------------------


async def test_dry_run_changes_nothing_and_tells_what_it_would_do(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["All"] = [
        call("light.turn_on", area="Kitchen", brightness_pct=40),
        call("switch.turn_on", name="AC"),
        call("timer.start", minutes=5),
    ]
    told: list[Event] = []
    hass.bus.async_listen(EVENT_ACTED, told.append)
    before = {s.entity_id: s.state for s in hass.states.async_all(["light", "switch"])}
    response = await ask(hass, "All", execute=False)
    assert before == {s.entity_id: s.state for s in hass.states.async_all(["light", "switch"])}
    assert not actions(speaker)
    assert not told
    assert response["executed"] is False
    assert response["decision"] == "act"
    assert response["reply"] is None
    light, switch, timer = response["calls"]
    assert light["entities"] == ["light.ceiling_lights", "light.kitchen_lights"]
    assert light["data"] == {"brightness_pct": 40}
    assert switch["action"] == "switch.turn_on"
    assert timer["function"] == "timer.start"
    assert "done" not in light


async def test_every_function_is_only_looked_at_in_a_dry_run(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    """Also those that have a way of their own, or ask Home Assistant something first."""
    await set_up_demo(hass, Platform.MEDIA_PLAYER, Platform.CLIMATE, Platform.VACUUM)
    place(hass, "media_player.walkman")
    place(hass, "climate.heatpump", "Bedroom", name="Heating")
    hass.states.async_set(
        "weather.home", "sunny", {"friendly_name": "Home", "supported_features": 1}
    )
    place(hass, "weather.home")
    called: list[Event] = []
    hass.bus.async_listen(EVENT_CALL_SERVICE, called.append)
    fake_model.answers["All"] = [
        call("media_player.media_stop", name="Walkman"),
        call("media_player.search_and_play", name="Walkman", query="Jazz"),
        call("climate.set_temperature", name="Heating", temperature=21),
        call("weather.get_forecasts", day="tomorrow"),
    ]
    response = await ask(hass, "All", execute=False)
    assert len(response["calls"]) == 4
    assert [event.data["domain"] for event in called] == [DOMAIN]


async def test_what_a_dry_run_sets_off_in_the_house_is_no_dry_run(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    """An automation reacts to the agent's own state and speaks to it: that is meant."""
    fake_model.answers["Bed light on"] = [call("light.turn_on", name="Bed Light")]
    fake_model.answers["Counter on"] = [call("light.turn_on", name="Counter")]
    automation = {
        "trigger": {"platform": "state", "entity_id": speaker.agent_id},
        "action": {
            "action": "conversation.process",
            "data": {"agent_id": speaker.agent_id, "text": "Bed light on", "language": "en"},
        },
        "mode": "single",
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await ask(hass, "Counter on", execute=False)
    assert state_of(hass, "light.kitchen_lights") == "off"
    assert state_of(hass, "light.bed_light") == "on"


class Other(conversation.ConversationEntity):
    """Another agent."""

    _attr_name = "Other"
    _attr_unique_id = "other"
    supported_languages = "*"
    asked = 0

    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        self.asked += 1
        chat_log.async_add_assistant_content_without_tools(
            conversation.AssistantContent(agent_id=user_input.agent_id, content="A joke, then")
        )
        return conversation.async_get_result_from_chat_log(user_input, chat_log)


async def test_dry_run_does_not_ask_the_fallback_agent_and_names_it(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    other = Other()
    await hass.data[conversation.DATA_COMPONENT].async_add_entities([other])
    set_agent(hass, home_entry, fallback_agent=other.entity_id)
    response = await ask(hass, "Tell me a joke", execute=False)
    assert other.asked == 0
    assert response["decision"] == "hand_over"
    assert response["handed_over_to"] == other.entity_id
    assert response["reply"] is None
    response = await ask(hass, "Tell me a joke")
    assert other.asked == 1
    assert response["reply"] == "A joke, then"
    assert response["decision"] == "hand_over"


async def test_dry_run_with_the_tools_of_another_api_calls_none(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    set_agent(hass, home_entry, llm_hass_api="assist")
    assert await async_setup_component(hass, "intent", {})
    speaker = await lights_and_switches(hass, home_entry)
    turn_on = tool(await assist(hass), "HassTurnOn")
    fake_model.answers["Counter on"] = [call(turn_on, name="Counter")]
    response = await ask(hass, "Counter on", execute=False)
    assert not actions(speaker)
    assert response["decision"] == "act"
    assert response["calls"] == [
        {"function": turn_on, "arguments": {"name": "Counter"}, "decision": "act"}
    ]
    assert turn_on in response["prompt"]["functions"]
    assert response["prompt"]["instructions"]
    response = await ask(hass, "Counter on")
    assert response["calls"][0]["done"] == ["light.kitchen_lights"]
    assert state_of(hass, "light.kitchen_lights") == "on"


# -- what goes wrong -----------------------------------------------------------------------------


async def test_model_that_breaks_is_an_error_in_words(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.decode_error = WorkerCrashedError("signal 11", reason="signal 11")
    with pytest.raises(HomeAssistantError) as caught:
        await ask(hass, "Counter on")
    assert caught.value.translation_domain == DOMAIN
    assert caught.value.translation_key == "worker_crashed"
    fake_model.decode_error = None
    assert (await ask(hass, "Counter on"))["decision"] == "nothing"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"area": "attic"}, "area_not_found"),
        ({"device_id": "robot"}, "device_not_found"),
        ({"config_entry": "nobody"}, "service_config_entry_not_found"),
    ],
)
async def test_what_does_not_exist_is_told(
    hass: HomeAssistant, speaker: Speaker, data: dict[str, str], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await ask(hass, "Counter on", **data)
    assert caught.value.translation_key == key
    assert not actions(speaker)


async def test_disabled_agent_is_told(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    er.async_get(hass).async_update_entity(
        speaker.agent_id, disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as caught:
        await ask(hass, "Counter on")
    assert caught.value.translation_key == "agent_disabled"


async def test_action_is_there_and_says_so_while_no_model_is_loaded(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(home_entry.entry_id)
    with pytest.raises(ServiceValidationError) as caught:
        await ask(hass, "Counter on", config_entry=home_entry.entry_id)
    assert caught.value.translation_key == "service_config_entry_not_loaded"
    with pytest.raises(probatio.Invalid):
        await ask(hass, "Counter on", entity_id="light.all")


async def test_yaml_configuration_is_told_to_be_of_no_use(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: {}})
    issue = ir.async_get(hass).async_get_issue("homeassistant", f"config_entry_only_{DOMAIN}")
    assert issue is not None
    assert hass.services.has_service(DOMAIN, "ask")


async def test_of_several_models_the_chosen_one_is_asked(
    hass: HomeAssistant, speaker: Speaker, tiny_model: Path, home_entry: MockConfigEntry
) -> None:
    second = MockConfigEntry(domain=DOMAIN, title="Second", unique_id="2", data=home_entry.data)
    second.add_to_hass(hass)
    assert await hass.config_entries.async_setup(second.entry_id)
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError):
        await ask(hass, "Counter on")
    await ask(hass, "Counter on", config_entry=second.entry_id)
    assert agent_of(hass, second) != speaker.agent_id
    assert len(list(second.runtime_data.records)) == 1
    assert not list(home_entry.runtime_data.records)
