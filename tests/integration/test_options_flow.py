"""The options: saved, applied, and not able to send a sentence in a circle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import llm
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.const import DOMAIN, HOME_API

from .fake_model import FakeModel
from .flows import ENGLISH, suggested

DEFAULTS: dict[str, Any] = {"llm_hass_api": HOME_API, "confidence": 50, "confirm": True}


async def open_options(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["type"] is FlowResultType.FORM
    assert result["data_schema"] is not None
    labels = ENGLISH["options"]["step"][result["step_id"]]["data"]
    assert {str(key) for key in result["data_schema"].schema} == labels.keys()
    return result


async def save(
    hass: HomeAssistant, entry: MockConfigEntry, options: dict[str, Any]
) -> ConfigFlowResult:
    flow = await open_options(hass, entry)
    result = await hass.config_entries.options.async_configure(flow["flow_id"], options)
    await hass.async_block_till_done()
    return result


def agent_of(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    (agent_id,) = [e.entity_id for e in entities if e.domain == "conversation"]
    return agent_id


async def test_defaults_are_the_home_functions_and_half_certainty(
    hass: HomeAssistant, home_entry: MockConfigEntry
) -> None:
    result = await save(hass, home_entry, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert home_entry.options == DEFAULTS


async def test_saved_options_apply_at_once(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    (before,) = fake_model.running
    chosen = {
        "llm_hass_api": llm.LLM_API_ASSIST,
        "fallback_agent": "conversation.home_assistant",
        "confidence": 75.0,
        "threads": 1.0,
        "confirm": False,
        "pin": "0123",
    }
    await save(hass, home_entry, chosen)
    assert json.loads(json.dumps(dict(home_entry.options))) == {
        **chosen,
        "confidence": 75,
        "threads": 1,
    }
    (after,) = fake_model.running
    assert before.stopped
    assert after.info is not None and after.info.threads == 1


async def test_an_option_can_be_emptied_again(
    hass: HomeAssistant, home_entry: MockConfigEntry
) -> None:
    await save(hass, home_entry, {**DEFAULTS, "threads": 1, "fallback_agent": "conversation.x"})
    flow = await open_options(hass, home_entry)
    assert suggested(flow, "threads") == 1
    await hass.config_entries.options.async_configure(flow["flow_id"], DEFAULTS)
    await hass.async_block_till_done()
    assert home_entry.options == DEFAULTS


async def test_api_that_is_gone_falls_back_to_ours(
    hass: HomeAssistant, home_entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(home_entry, options={"llm_hass_api": "uninstalled"})
    assert suggested(await open_options(hass, home_entry), "llm_hass_api") == HOME_API


@pytest.mark.parametrize(
    "wrong", [{"confidence": 101}, {"threads": 0}, {"threads": 10_000}, {"llm_hass_api": "none"}]
)
async def test_out_of_range(
    hass: HomeAssistant, home_entry: MockConfigEntry, wrong: dict[str, Any]
) -> None:
    flow = await open_options(hass, home_entry)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(flow["flow_id"], {**DEFAULTS, **wrong})


@pytest.mark.parametrize("wrong", ["123", "123456789", "12a4", "12 34", "١٢٣٤"])
async def test_pin_that_cannot_be_said_in_digits_is_refused(
    hass: HomeAssistant, home_entry: MockConfigEntry, wrong: str
) -> None:
    result = await save(hass, home_entry, {**DEFAULTS, "pin": wrong})
    assert result["errors"] == {"pin": "bad_pin"}
    assert "bad_pin" in ENGLISH["options"]["error"]


async def test_agent_cannot_hand_over_to_itself(
    hass: HomeAssistant, home_entry: MockConfigEntry
) -> None:
    for itself in (agent_of(hass, home_entry), home_entry.entry_id):
        options = {**DEFAULTS, "confidence": 60, "fallback_agent": itself}
        result = await save(hass, home_entry, options)
        assert result["errors"] == {"fallback_agent": "fallback_loop"}
        assert "fallback_loop" in ENGLISH["options"]["error"]
        assert suggested(result, "confidence") == 60
    assert "fallback_agent" not in home_entry.options


async def test_two_agents_cannot_hand_over_to_each_other(
    hass: HomeAssistant, home_entry: MockConfigEntry, tmp_path: Path, tiny_model: Path
) -> None:
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(tiny_model.read_bytes())
    other = MockConfigEntry(
        domain=DOMAIN, unique_id="other", data={"source": "local", "path": str(copy)}
    )
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)
    await hass.async_block_till_done()

    options = {**DEFAULTS, "fallback_agent": agent_of(hass, home_entry)}
    assert (await save(hass, other, options))["type"] is FlowResultType.CREATE_ENTRY
    result = await save(hass, home_entry, {**DEFAULTS, "fallback_agent": agent_of(hass, other)})
    assert result["errors"] == {"fallback_agent": "fallback_loop"}
