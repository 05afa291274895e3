"""The logbook tells which sentence did what, and who said it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.components.logbook.helpers import async_determine_event_types
from homeassistant.components.logbook.processor import EventProcessor
from homeassistant.components.recorder import get_instance
from homeassistant.core import Context, Event, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_mock_service,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import RecorderInstanceContextManager

from custom_components.functiongemma.const import DOMAIN, EVENT_ACTED

from .conftest import expose
from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches, set_agent
from .test_api_tools import assist, tool


@pytest.fixture
async def mock_recorder_before_hass(
    async_test_recorder: RecorderInstanceContextManager,
) -> None:
    """Have what the recorder needs in place."""


@pytest.fixture
async def logbook(recorder_mock: Any, hass: HomeAssistant) -> None:
    """The real logbook on a real database."""
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()


@pytest.fixture
async def speaker(logbook: None, hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return await lights_and_switches(hass, home_entry)


@pytest.fixture
def told(hass: HomeAssistant) -> list[Event]:
    """Our events."""
    events: list[Event] = []
    hass.bus.async_listen(EVENT_ACTED, events.append)
    return events


async def entries(hass: HomeAssistant, entity_id: str | None = None) -> list[dict[str, Any]]:
    """What the logbook shows: of everything, or of one entity."""
    await async_wait_recording_done(hass)
    ids = [entity_id] if entity_id else None
    processor = EventProcessor(hass, async_determine_event_types(hass, ids, None), ids)
    now = dt_util.utcnow()
    day = timedelta(days=1)
    instance = get_instance(hass)
    return await instance.async_add_executor_job(processor.get_events, now - day, now + day)


async def test_entry_names_the_sentence_what_it_did_and_the_user(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, hass_admin_user: MockUser
) -> None:
    fake_model.answers["Kitchen and AC"] = [
        call("light.turn_on", area="Kitchen"),
        call("switch.turn_on", name="AC"),
    ]
    await speaker.say("Kitchen and AC", context=Context(user_id=hass_admin_user.id))
    (entry,) = [e for e in await entries(hass) if e.get("domain") == DOMAIN]
    assert entry["name"] == "FunctionGemma"
    assert entry["message"] == (
        "“Kitchen and AC” → light.turn_on: Ceiling, Counter; switch.turn_on: AC"
    )
    assert entry["entity_id"] == speaker.agent_id
    assert entry["context_user_id"] == hass_admin_user.id
    # In the agent's own logbook as well.
    assert [e["message"] for e in await entries(hass, speaker.agent_id) if "message" in e] == [
        entry["message"]
    ]
    # The light's entry names the user, and the agent as where it comes from.
    changed = [e for e in await entries(hass, "light.kitchen_lights") if e["state"] == "on"]
    assert changed[-1]["context_user_id"] == hass_admin_user.id
    assert changed[-1]["context_entity_id"] == speaker.agent_id


async def test_event_has_the_context_of_the_calls(
    speaker: Speaker, fake_model: FakeModel, told: list[Event]
) -> None:
    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    context = Context()
    await speaker.say("Light", context=context)
    (event,) = told
    assert event.context is context
    assert speaker.contexts == [context]
    assert event.data["calls"] == [
        {"function": "light.turn_on", "entities": ["light.kitchen_lights"]}
    ]


@pytest.mark.parametrize(
    "made",
    [
        [],
        [call("switch.turn_on", name="Fridge")],
        [call("light.turn_on", area="here")],
        [call("state.count", domain="light", state="on")],
        [call("home.never_mind")],
    ],
    ids=["nothing to call", "not there", "asked back", "a question", "never mind"],
)
async def test_sentence_that_did_nothing_is_nowhere(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, told: list[Event], made: Any
) -> None:
    fake_model.answers["Private words"] = made
    await speaker.say("Private words")
    assert not told
    assert "Private words" not in json.dumps(await entries(hass))


async def test_sentence_whose_devices_all_failed_is_nowhere_and_only_what_worked_is_named(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, told: list[Event]
) -> None:
    broken = {"light.kitchen_lights", "light.ceiling_lights"}

    async def moody(service: ServiceCall) -> None:
        if service.data["entity_id"] in broken:
            raise HomeAssistantError("No answer")

    hass.services.async_register("light", "turn_on", moody)
    fake_model.answers["Kitchen"] = [call("light.turn_on", area="Kitchen")]
    await speaker.say("Kitchen")
    assert not told
    broken.remove("light.ceiling_lights")
    await speaker.say("Kitchen")
    (event,) = told
    assert event.data["calls"][0]["entities"] == ["light.ceiling_lights"]


async def test_many_devices_are_counted_and_removed_ones_keep_their_id(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    ids = ["light.gone", "light.bed_light", *(f"light.x{number}" for number in range(5))]
    data = {
        "name": "FunctionGemma",
        "entity_id": speaker.agent_id,
        "sentence": "All",
        "calls": [
            {"function": "light.turn_off", "entities": ids},
            {"function": "timer.start", "entities": []},
        ],
    }
    hass.bus.async_fire(EVENT_ACTED, data)
    (entry,) = [e for e in await entries(hass) if e.get("domain") == DOMAIN]
    assert entry["message"] == (
        "“All” → light.turn_off: light.gone, Bed Light, light.x0, light.x1, light.x2, +2; "
        "timer.start"
    )


async def test_tools_of_other_apis_are_in_it_too(
    hass: HomeAssistant,
    logbook: None,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    told: list[Event],
) -> None:
    set_agent(hass, home_entry, llm_hass_api="assist")
    assert await async_setup_component(hass, "intent", {})
    speaker = await lights_and_switches(hass, home_entry)
    api = await assist(hass)
    turn_on = tool(api, "HassTurnOn")
    fake_model.answers["Counter"] = [call(turn_on, name="Counter")]
    fake_model.answers["Time"] = [call(tool(api, "GetDateTime"))]
    await speaker.say("Time")
    assert not told
    await speaker.say("Counter")
    (event,) = told
    assert event.data["calls"] == [{"function": turn_on, "entities": ["light.kitchen_lights"]}]


async def test_undone_sentence_is_told_with_what_was_put_back(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, told: list[Event]
) -> None:
    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    said = await speaker.say("Light")
    await speaker.say("Undo that", conversation_id=said.conversation_id)
    assert [e.data["sentence"] for e in told] == ["Light", "Undo that"]
    undo = {"function": "undo", "entities": ["light.kitchen_lights"]}
    assert told[-1].data["calls"] == [undo]
    messages = [e["message"] for e in await entries(hass) if e.get("domain") == DOMAIN]
    assert messages[-1] == "“Undo that” → undo: Counter"


@pytest.mark.parametrize("pin", ["", "4071"])
async def test_what_was_confirmed_is_told_by_the_sentence_that_wanted_it_not_by_the_yes(
    hass: HomeAssistant,
    speaker: Speaker,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    told: list[Event],
    pin: str,
) -> None:
    set_agent(hass, home_entry, pin=pin)
    hass.states.async_set("lock.door", "locked", {"friendly_name": "Door"})
    expose(hass, "lock.door")
    async_mock_service(hass, "lock", "unlock")
    fake_model.answers["Let me in"] = [call("lock.unlock", name="Door")]
    asked = await speaker.say("Let me in")
    assert not told
    await speaker.say(f"yes {pin}".strip(), conversation_id=asked.conversation_id)
    (event,) = told
    assert event.data["sentence"] == "Let me in"
    assert event.data["calls"] == [{"function": "lock.unlock", "entities": ["lock.door"]}]


async def test_the_one_that_was_meant_is_told_by_the_sentence_that_left_it_open(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, told: list[Event]
) -> None:
    for entity_id in ("switch.fan_left", "switch.fan_right"):
        hass.states.async_set(entity_id, "off", {"friendly_name": "Fan"})
        expose(hass, entity_id)
    fake_model.answers["Fan on"] = [call("switch.turn_on", name="Fan")]
    asked = await speaker.say("Fan on")
    await speaker.say("the second", conversation_id=asked.conversation_id)
    (event,) = told
    assert event.data["sentence"] == "Fan on"


async def test_pin_in_the_same_breath_is_not_in_the_logbook(
    hass: HomeAssistant,
    speaker: Speaker,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    told: list[Event],
) -> None:
    set_agent(hass, home_entry, pin="4071")
    hass.states.async_set("lock.door", "locked", {"friendly_name": "Door"})
    expose(hass, "lock.door")
    async_mock_service(hass, "lock", "unlock")
    sentence = "Open the door, the code is four zero 7 1"
    fake_model.answers[sentence] = [call("lock.unlock", name="Door")]
    asked = await speaker.say(sentence)
    await speaker.say("yes 4071", conversation_id=asked.conversation_id)
    (event,) = told
    assert event.data["sentence"] == "••••"
