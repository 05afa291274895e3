"""The options of a model: saved, applied, and only where there is something to choose."""

from __future__ import annotations

from typing import Any

import pytest
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.config_flow import FunctionGemmaConfigFlow
from custom_components.functiongemma.const import DOMAIN

from .fake_model import FakeModel
from .flows import ENGLISH, suggested


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


async def test_threads_apply_at_once(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    (before,) = fake_model.running
    assert (await save(hass, home_entry, {"threads": 1.0}))["type"] is FlowResultType.CREATE_ENTRY
    assert home_entry.options == {"threads": 1}
    assert isinstance(home_entry.options["threads"], int)
    (after,) = fake_model.running
    assert before.stopped
    assert after.info is not None and after.info.threads == 1


async def test_an_option_can_be_emptied_again(
    hass: HomeAssistant, home_entry: MockConfigEntry
) -> None:
    await save(hass, home_entry, {"threads": 1})
    flow = await open_options(hass, home_entry)
    assert suggested(flow, "threads") == 1
    await hass.config_entries.options.async_configure(flow["flow_id"], {})
    await hass.async_block_till_done()
    assert home_entry.options == {}


async def test_nothing_changed_loads_nothing_again(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    (before,) = fake_model.running
    await save(hass, home_entry, {})
    assert fake_model.running == [before]


@pytest.mark.parametrize("wrong", [{"threads": 0}, {"threads": 10_000}])
async def test_out_of_range(
    hass: HomeAssistant, home_entry: MockConfigEntry, wrong: dict[str, Any]
) -> None:
    flow = await open_options(hass, home_entry)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(flow["flow_id"], wrong)


@pytest.mark.parametrize(("source", "has"), [("home", True), ("hub", True), ("remote", False)])
async def test_server_elsewhere_has_no_options_here(source: str, has: bool) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={"source": source})
    assert FunctionGemmaConfigFlow.async_supports_options_flow(entry) is has
