"""An update of the integration: whoever had an agent still has it, under the same name."""

from __future__ import annotations

from pathlib import Path

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.const import DOMAIN

from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches, speech

OPTIONS = {
    "llm_hass_api": "functiongemma",
    "fallback_agent": "conversation.home_assistant",
    "confidence": 75,
    "confirm": False,
    "pin": "4071",
}


@pytest.fixture
def old_entry(hass: HomeAssistant, tiny_model: Path) -> MockConfigEntry:
    """An entry as version 0.1.0 made it, with its registries, renamed here and there."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Jeeves",
        unique_id=str(tiny_model),
        version=1,
        data={"source": "local", "path": str(tiny_model)},
        options={**OPTIONS, "threads": 1},
    )
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, entry.entry_id)}, name="Jeeves"
    )
    for domain, unique_id, object_id in (
        ("conversation", entry.entry_id, "butler"),
        ("sensor", f"{entry.entry_id}_latency", "butler_latency"),
    ):
        er.async_get(hass).async_get_or_create(
            domain,
            DOMAIN,
            unique_id,
            config_entry=entry,
            device_id=device.id,
            suggested_object_id=object_id,
        )
    return entry


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await async_setup_component(hass, "conversation", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def test_options_become_those_of_one_agent_and_threads_stay_the_models(
    hass: HomeAssistant, old_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    await set_up(hass, old_entry)
    assert old_entry.version == 2
    (agent,) = old_entry.subentries.values()
    assert (agent.subentry_type, agent.title) == ("conversation", "Jeeves")
    assert dict(agent.data) == OPTIONS
    assert old_entry.options == {"threads": 1}
    await hass.config_entries.async_reload(old_entry.entry_id)
    assert len(old_entry.subentries) == 1


async def test_pipelines_and_dashboards_find_the_entities_they_knew(
    hass: HomeAssistant, old_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    registry = er.async_get(hass)
    before = {
        e.entity_id: e for e in er.async_entries_for_config_entry(registry, old_entry.entry_id)
    }
    assert before.keys() == {"conversation.butler", "sensor.butler_latency"}
    await set_up(hass, old_entry)
    (agent_id,) = old_entry.subentries
    for entity_id, was in before.items():
        now = registry.async_get(entity_id)
        assert now is not None
        assert (now.id, now.device_id) == (was.id, was.device_id)
        assert now.config_subentry_id == agent_id
    device = dr.async_get(hass).async_get(before["conversation.butler"].device_id or "")
    assert device is not None
    assert device.identifiers == {(DOMAIN, agent_id)}
    state = hass.states.get("conversation.butler")
    assert state is not None and state.state != "unavailable"
    agents = [
        e
        for e in er.async_entries_for_config_entry(registry, old_entry.entry_id)
        if e.domain == "conversation"
    ]
    assert len(agents) == 1


async def test_migrated_agent_behaves_as_it_was_told_before(
    hass: HomeAssistant, old_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    await set_up(hass, old_entry)
    speaker: Speaker = await lights_and_switches(hass, old_entry)
    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    await speaker.say("Light")
    assert len(speaker.services) == 1
    fake_model.confidence = 0.7
    assert speech(await speaker.say("Light")) != "Turned on the light"
    assert len(speaker.services) == 1


async def test_entry_that_was_never_loaded_is_migrated_too(
    hass: HomeAssistant, fake_model: FakeModel, tiny_model: Path
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, version=1, data={"source": "local", "path": str(tiny_model)}
    )
    entry.add_to_hass(hass)
    await set_up(hass, entry)
    assert len(entry.subentries) == 1


async def test_entry_of_a_later_version_is_left_alone(
    hass: HomeAssistant, fake_model: FakeModel, tiny_model: Path
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, version=3, data={"source": "local", "path": str(tiny_model)}
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    assert not entry.subentries
