"""Several agents on one model: added, changed, removed, and each with a choice of its own."""

from __future__ import annotations

from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import llm
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.const import DOMAIN, HOME_API

from .fake_model import FakeModel
from .flows import ENGLISH, suggested
from .house import Speaker, agent_of, call, lights_and_switches, speech

TEXTS = ENGLISH["config_subentries"]["conversation"]
CHOICE: dict[str, Any] = {
    "name": "Kitchen",
    "llm_hass_api": HOME_API,
    "confidence": 50,
    "confirm": True,
}


async def open_form(
    hass: HomeAssistant, entry: MockConfigEntry, agent: str | None = None
) -> SubentryFlowResult:
    """The form of a new agent, or of one there is; every field has its words."""
    context: Any = {"source": SOURCE_USER}
    if agent is not None:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": agent}
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "conversation"), context=context
    )
    assert result["type"] is FlowResultType.FORM
    words = TEXTS["step"][result["step_id"]]
    assert result["data_schema"] is not None
    assert {str(field) for field in result["data_schema"].schema} == words["data"].keys()
    assert words["data_description"].keys() <= words["data"].keys()
    return result


async def save(
    hass: HomeAssistant, result: SubentryFlowResult, choice: dict[str, Any]
) -> SubentryFlowResult:
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], choice)
    await hass.async_block_till_done()
    return result


async def add(hass: HomeAssistant, entry: MockConfigEntry, **choice: Any) -> tuple[str, str]:
    """Another agent; its id and its entity's."""
    before = set(entry.subentries)
    result = await save(hass, await open_form(hass, entry), {**CHOICE, **choice})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (agent,) = entry.subentries.keys() - before
    return agent, entity_of(hass, agent)


def entity_of(hass: HomeAssistant, agent: str) -> str:
    found = er.async_get(hass).async_get_entity_id("conversation", DOMAIN, agent)
    assert found is not None
    return found


def first_of(entry: MockConfigEntry) -> str:
    return next(iter(entry.subentries))


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return await lights_and_switches(hass, home_entry)


async def test_second_agent_has_its_own_name_device_and_sensors_and_the_same_worker(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    result = await open_form(hass, home_entry)
    assert suggested(result, "name") == "FunctionGemma"
    _, entity_id = await add(hass, home_entry)
    assert entity_id == "conversation.kitchen"
    assert len(fake_model.running) == 1
    first, second = (er.async_get(hass).async_get(e) for e in (speaker.agent_id, entity_id))
    assert first is not None and second is not None
    assert first.device_id != second.device_id
    device = dr.async_get(hass).async_get(second.device_id or "")
    assert device is not None
    assert (device.name, device.model) == ("Kitchen", "FunctionGemma")
    entities = er.async_entries_for_device(
        er.async_get(hass), device.id, include_disabled_entities=True
    )
    assert {e.domain for e in entities} == {"conversation", "sensor"}

    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    speaker.agent_id = entity_id
    await speaker.say("Light")
    assert speaker.services == [("light.turn_on", {"entity_id": "light.kitchen_lights"})]


async def test_agents_differ_in_how_sure_the_model_must_be(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    _, careful = await add(hass, home_entry, name="Careful", confidence=90.0)
    fake_model.confidence = 0.7
    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    await speaker.say("Light")
    assert len(speaker.services) == 1
    speaker.agent_id = careful
    assert speech(await speaker.say("Light")) == "Sorry, I am not sure what you meant"
    assert len(speaker.services) == 1


async def test_here_is_the_area_of_the_agent_where_nobody_knows_the_speakers(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    kitchen = ar.async_get(hass).async_get_area_by_name("Kitchen")
    assert kitchen is not None
    _, speaker.agent_id = await add(hass, home_entry, area=kitchen.id)
    fake_model.answers["Light"] = [call("light.turn_on", area="here")]
    await speaker.say("Light")
    assert {service for service, _ in speaker.services} == {"light.turn_on"}
    switched = {data["entity_id"] for _, data in speaker.services}
    assert switched == {"light.ceiling_lights", "light.kitchen_lights"}


async def test_changing_an_agent_applies_to_the_next_sentence_without_loading_the_model_again(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    agent = first_of(home_entry)
    (worker,) = fake_model.running
    result = await open_form(hass, home_entry, agent)
    assert suggested(result, "confidence") == 50
    result = await save(hass, result, {**CHOICE, "name": "FunctionGemma", "confidence": 99.0})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert home_entry.subentries[agent].data["confidence"] == 99
    assert isinstance(home_entry.subentries[agent].data["confidence"], int)
    assert fake_model.running == [worker]
    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    assert speech(await speaker.say("Light")) == "Sorry, I am not sure what you meant"


async def test_renaming_an_agent_renames_its_device_and_keeps_its_entity_id(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    form = await open_form(hass, home_entry, first_of(home_entry))
    await save(hass, form, {**CHOICE, "name": " Jeeves "})
    entity = er.async_get(hass).async_get(speaker.agent_id)
    assert entity is not None
    device = dr.async_get(hass).async_get(entity.device_id or "")
    assert device is not None and device.name == "Jeeves"


async def test_removed_agent_leaves_nothing_and_the_others_alone(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    agent, entity_id = await add(hass, home_entry)
    hass.config_entries.async_remove_subentry(home_entry, agent)
    await hass.async_block_till_done()
    assert hass.states.get(entity_id) is None
    assert er.async_get(hass).async_get(entity_id) is None
    assert hass.states.get(speaker.agent_id) is not None
    assert len(fake_model.running) == 1
    assert agent_of(hass, home_entry) == speaker.agent_id


async def test_optional_choices_can_be_emptied_again(
    hass: HomeAssistant, home_entry: MockConfigEntry
) -> None:
    agent = first_of(home_entry)
    chosen = {"fallback_agent": "conversation.home_assistant", "pin": "0123"}
    await save(hass, await open_form(hass, home_entry, agent), {**CHOICE, **chosen})
    form = await open_form(hass, home_entry, agent)
    assert suggested(form, "pin") == "0123"
    await save(hass, form, CHOICE)
    saved = {key: value for key, value in CHOICE.items() if key != "name"}
    assert dict(home_entry.subentries[agent].data) == saved


async def test_api_that_is_gone_falls_back_to_ours(
    hass: HomeAssistant, home_entry: MockConfigEntry
) -> None:
    agent, _ = await add(hass, home_entry, llm_hass_api=llm.LLM_API_ASSIST)
    subentry = home_entry.subentries[agent]
    hass.config_entries.async_update_subentry(
        home_entry, subentry, data={**subentry.data, "llm_hass_api": "uninstalled"}
    )
    assert suggested(await open_form(hass, home_entry, agent), "llm_hass_api") == HOME_API


@pytest.mark.parametrize("wrong", [{"confidence": 101}, {"llm_hass_api": "none"}])
async def test_out_of_range(
    hass: HomeAssistant, home_entry: MockConfigEntry, wrong: dict[str, Any]
) -> None:
    form = await open_form(hass, home_entry)
    with pytest.raises(InvalidData):
        await save(hass, form, {**CHOICE, **wrong})


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        *(({"pin": pin}, "bad_pin") for pin in ("123", "123456789", "12a4", "12 34", "١٢٣٤")),
        ({"name": "  "}, "no_name"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_the_rest_is_kept(
    hass: HomeAssistant, home_entry: MockConfigEntry, wrong: dict[str, Any], error: str
) -> None:
    form = await open_form(hass, home_entry)
    result = await save(hass, form, {**CHOICE, "confidence": 60, **wrong})
    assert result["errors"] == {next(iter(wrong)): error}
    assert error in TEXTS["error"]
    assert suggested(result, "confidence") == 60
    assert len(home_entry.subentries) == 1


async def test_agent_cannot_hand_over_to_itself(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    form = await open_form(hass, home_entry, first_of(home_entry))
    result = await save(hass, form, {**CHOICE, "fallback_agent": speaker.agent_id})
    assert result["errors"] == {"fallback_agent": "fallback_loop"}
    assert "fallback_loop" in TEXTS["error"]


async def test_two_agents_cannot_hand_over_to_each_other(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    agent, entity_id = await add(hass, home_entry, fallback_agent=speaker.agent_id)
    form = await open_form(hass, home_entry, first_of(home_entry))
    result = await save(hass, form, {**CHOICE, "fallback_agent": entity_id})
    assert result["errors"] == {"fallback_agent": "fallback_loop"}
    # A third one may hand over to either: it is in no circle.
    await add(hass, home_entry, name="Third", fallback_agent=entity_id)
    # Nor does a circle of others, left from earlier, keep anybody waiting.
    first = home_entry.subentries[first_of(home_entry)]
    hass.config_entries.async_update_subentry(
        home_entry, first, data={**first.data, "fallback_agent": entity_id}
    )
    assert home_entry.subentries[agent].data["fallback_agent"] == speaker.agent_id
    await add(hass, home_entry, name="Fourth", fallback_agent=entity_id)


async def test_one_agent_of_an_entry_hands_over_to_another(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    """A careful agent first, and a bold one on the same model after it."""
    _, bold = await add(hass, home_entry, name="Bold", confidence=10)
    form = await open_form(hass, home_entry, first_of(home_entry))
    await save(hass, form, {**CHOICE, "confidence": 90, "fallback_agent": bold})
    fake_model.confidence = 0.5
    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    await speaker.say("Light")
    assert len(speaker.services) == 1


async def test_question_of_one_agent_is_not_answered_to_another(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    _, second = await add(hass, home_entry)
    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    said = await speaker.say("Light")
    speaker.agent_id = second
    undone = await speaker.say("undo that", conversation_id=said.conversation_id)
    assert speech(undone) == "There is nothing of mine to undo"


async def test_action_asks_the_agent_that_is_named(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    agent, entity_id = await add(hass, home_entry, confidence=99)
    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]

    async def ask(**data: Any) -> Any:
        data = {"text": "Light", "execute": False, **data}
        return await hass.services.async_call(
            DOMAIN, "ask", data, blocking=True, return_response=True
        )

    assert (await ask())["decision"] == "act"
    assert (await ask(agent_id=entity_id))["decision"] == "unsure"
    assert [r.agent for r in home_entry.runtime_data.records] == [first_of(home_entry), agent]
