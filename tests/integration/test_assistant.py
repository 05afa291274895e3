"""The last step of the set-up: who answers in the assistant that somebody uses already."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from homeassistant.components import conversation
from homeassistant.components.assist_pipeline.pipeline import (
    Pipeline,
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import MATCH_ALL
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.core.errors import WorkerCrashedError

from .fake_model import FakeModel
from .flows import ENGLISH, choose, finish, submit, until

OURS = "conversation.fake"


@pytest.fixture
async def assistant(hass: HomeAssistant) -> Pipeline:
    """What Home Assistant comes with: one assistant, with its own agent."""
    assert await async_setup_component(hass, "assist_pipeline", {})
    pipeline = async_get_pipeline(hass)
    assert pipeline.conversation_engine == conversation.HOME_ASSISTANT_AGENT
    return pipeline


async def obtain(hass: HomeAssistant, model: Path) -> ConfigFlowResult:
    """Everything before the last step."""
    result = await submit(hass, await choose(hass, "local"), {"path": str(model)})
    return await finish(hass, result)


async def test_agent_answers_in_the_assistant_without_another_visit_to_the_settings(
    hass: HomeAssistant, fake_model: FakeModel, assistant: Pipeline, tiny_model: Path
) -> None:
    result = await obtain(hass, tiny_model)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "assistant"
    assert result["description_placeholders"] == {"assistant": assistant.name}
    # On unless somebody unticks it: pressing the button is enough.
    result = await submit(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    text = ENGLISH["config"]["create_entry"][result["description"]]
    assert assistant.name in text.format(**result["description_placeholders"])
    used = async_get_pipeline(hass)
    assert (used.id, used.name) == (assistant.id, assistant.name)
    assert used.conversation_engine == OURS
    assert used.conversation_language == MATCH_ALL
    # Nothing else was touched.
    ours = {"conversation_engine": OURS, "conversation_language": MATCH_ALL}
    assert used.to_json() == {**assistant.to_json(), **ours}
    await conversation.async_converse(
        hass, "Good evening", None, Context(), agent_id=used.conversation_engine
    )
    assert fake_model.sentences == ["Good evening"]


async def test_first_sentence_finds_an_agent_that_has_read_the_home(
    hass: HomeAssistant, fake_model: FakeModel, assistant: Pipeline, tiny_model: Path
) -> None:
    result = await obtain(hass, tiny_model)
    fake_model.hold = asyncio.Event()
    last = asyncio.create_task(submit(hass, result, {}))
    await until(lambda: async_get_pipeline(hass).conversation_engine == OURS)
    # It is being read: nobody is told yet that the agent is ready.
    assert not (await asyncio.wait([last], timeout=0.2))[0]
    fake_model.hold.set()
    assert (await last)["description"] == "in_use"


async def test_home_that_takes_long_to_read_does_not_keep_the_dialogue_open(
    hass: HomeAssistant,
    fake_model: FakeModel,
    assistant: Pipeline,
    tiny_model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.functiongemma.flow.assistant._READING", 0.01)
    result = await obtain(hass, tiny_model)
    fake_model.hold = asyncio.Event()
    result = await submit(hass, result, {})
    assert result["description"] == "in_use"
    # Reading goes on meanwhile.
    fake_model.hold.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert fake_model.prepared


async def test_assistant_stays_as_it_is_for_who_says_no(
    hass: HomeAssistant, fake_model: FakeModel, assistant: Pipeline, tiny_model: Path
) -> None:
    result = await submit(hass, await obtain(hass, tiny_model), {"use": False})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    # Told how to do it later.
    assert result["description"] is None
    assert async_get_pipeline(hass) == assistant


async def test_agent_that_somebody_chose_is_not_even_asked_about(
    hass: HomeAssistant, fake_model: FakeModel, assistant: Pipeline, tiny_model: Path
) -> None:
    await async_update_pipeline(hass, assistant, conversation_engine="conversation.cloud")
    result = await obtain(hass, tiny_model)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert async_get_pipeline(hass).conversation_engine == "conversation.cloud"


async def test_agent_chosen_while_the_question_was_open_is_kept(
    hass: HomeAssistant, fake_model: FakeModel, assistant: Pipeline, tiny_model: Path
) -> None:
    result = await obtain(hass, tiny_model)
    await async_update_pipeline(hass, assistant, conversation_engine="conversation.cloud")
    result = await submit(hass, result, {"use": True})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["description"] is None
    assert async_get_pipeline(hass).conversation_engine == "conversation.cloud"


async def test_assistant_is_not_left_with_an_agent_that_could_not_be_started(
    hass: HomeAssistant, fake_model: FakeModel, assistant: Pipeline, tiny_model: Path
) -> None:
    result = await obtain(hass, tiny_model)
    fake_model.load_error = WorkerCrashedError("killed")
    result = await submit(hass, result, {"use": True})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].state is ConfigEntryState.SETUP_RETRY
    assert result["description"] is None
    assert async_get_pipeline(hass) == assistant


async def test_home_without_assistants_is_set_up_all_the_same(
    hass: HomeAssistant, fake_model: FakeModel, tiny_model: Path
) -> None:
    result = await obtain(hass, tiny_model)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_another_model_for_an_entry_asks_nothing_about_assistants(
    hass: HomeAssistant,
    fake_model: FakeModel,
    assistant: Pipeline,
    home_entry: MockConfigEntry,
    tiny_model: Path,
    tmp_path: Path,
) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(tiny_model.read_bytes())
    result = await home_entry.start_reconfigure_flow(hass)
    result = await submit(hass, result, {"next_step_id": "local"})
    result = await finish(hass, await submit(hass, result, {"path": str(other)}))
    assert result["type"] is FlowResultType.ABORT
    assert async_get_pipeline(hass) == assistant
