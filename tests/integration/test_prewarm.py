"""The first sentence of the day: the home's prompt is evaluated before somebody speaks."""

from __future__ import annotations

import asyncio
import logging

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.errors import WorkerCrashedError

from .conftest import expose
from .fake_model import FakeModel
from .house import agent_of


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set the entry up without waiting for what goes on in the background."""
    assert await async_setup_component(hass, "conversation", {})
    assert await hass.config_entries.async_setup(entry.entry_id)


async def test_first_sentence_finds_the_whole_home_evaluated(
    hass: HomeAssistant, local_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    hass.set_state(CoreState.starting)
    await set_up(hass, local_entry)
    # Another integration is later than ours.
    hass.states.async_set("light.desk", "on", {"friendly_name": "Desk lamp"})
    expose(hass, "light.desk")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not fake_model.prepared

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done(wait_background_tasks=True)
    (static,) = fake_model.prepared
    assert "Desk lamp" in tokens.spell(static.segments)


async def test_set_up_does_not_wait_for_the_evaluation_and_unloading_ends_it(
    hass: HomeAssistant, local_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    fake_model.hold = asyncio.Event()
    await set_up(hass, local_entry)
    await hass.async_block_till_done()
    assert local_entry.state is ConfigEntryState.LOADED
    assert not fake_model.prepared
    assert await hass.config_entries.async_unload(local_entry.entry_id)
    # Would wait for ever if something still held on to the event.
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not fake_model.prepared
    assert not fake_model.running


async def test_evaluation_that_fails_leaves_the_agent_and_the_log_alone(
    hass: HomeAssistant,
    local_entry: MockConfigEntry,
    fake_model: FakeModel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake_model.prepare_error = WorkerCrashedError("gone")
    await set_up(hass, local_entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert local_entry.state is ConfigEntryState.LOADED
    ours = [r for r in caplog.records if "functiongemma" in r.name and r.levelno > logging.INFO]
    assert not ours


def desk_lamp(hass: HomeAssistant) -> str:
    """An exposed light that can be renamed: its entity id."""
    entity = er.async_get(hass).async_get_or_create("light", "demo", "1", original_name="Desk lamp")
    hass.states.async_set(entity.entity_id, "on", {"friendly_name": "Desk lamp"})
    expose(hass, entity.entity_id)
    return entity.entity_id


async def test_a_renamed_device_is_evaluated_before_somebody_names_it(
    hass: HomeAssistant,
    local_entry: MockConfigEntry,
    fake_model: FakeModel,
    freezer: FrozenDateTimeFactory,
) -> None:
    lamp = desk_lamp(hass)
    await set_up(hass, local_entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(fake_model.prepared) == 1
    for name in ("Desk", "Old desk"):
        er.async_get(hass).async_update_entity(lamp, name=name)
        hass.states.async_set(lamp, "on", {"friendly_name": name})
        await hass.async_block_till_done()
    assert len(fake_model.prepared) == 1, "every keystroke would be evaluated"
    freezer.tick(11)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    (_, static) = fake_model.prepared
    assert "Old desk" in tokens.spell(static.segments)


async def test_a_sentence_meanwhile_is_answered_with_the_new_name(
    hass: HomeAssistant, local_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    lamp = desk_lamp(hass)
    await set_up(hass, local_entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    er.async_get(hass).async_update_entity(lamp, name="Reading lamp")
    hass.states.async_set(lamp, "on", {"friendly_name": "Reading lamp"})
    fake_model.hold = asyncio.Event()  # the new listing is never read
    fake_model.answers["Off"] = [FunctionCall("light.turn_off", {"name": "Reading lamp"})]
    calls = async_mock_service(hass, "light", "turn_off")
    await conversation.async_converse(
        hass, "Off", None, Context(), "en", agent_of(hass, local_entry)
    )
    assert [call.data["entity_id"] for call in calls] == [lamp]
    assert "light Desk lamp\nHome: light Reading lamp\n" in fake_model.prompts[-1]
