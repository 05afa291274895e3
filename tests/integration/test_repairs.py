"""The repair of a machine without a runtime, as the dialog walks through it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import install, repairs
from custom_components.functiongemma.const import DOMAIN
from custom_components.functiongemma.core.errors import DownloadError
from custom_components.functiongemma.install.errors import NoRuntimeError
from custom_components.functiongemma.install.machine import look_around

from .fake_model import FakeModel
from .flows import ENGLISH
from .install.packages import drop, make_pins, make_wheel, wheel_name

_LOCATE = install.locate
TEXTS = ENGLISH["issues"]["runtime_missing"]["fix_flow"]


@pytest.fixture
async def broken(
    hass: HomeAssistant,
    fake_model: FakeModel,
    local_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[MockConfigEntry]:
    """An entry on a machine for which there is nothing."""
    hass.config.skip_pip = False
    monkeypatch.setattr(install, "importable_version", lambda: None)
    monkeypatch.setattr(
        install, "look_around", lambda folder: replace(look_around(folder), compiler=False)
    )
    monkeypatch.setattr(install, "read_pins", make_pins)
    assert await async_setup_component(hass, REPAIRS, {})
    # No monkeypatch: undone after the scripted model's own patch, it would bring that back.
    with patch.object(install, "locate", _LOCATE):
        await hass.config_entries.async_setup(local_entry.entry_id)
        assert local_entry.state is ConfigEntryState.SETUP_ERROR
        yield local_entry


def shown(result: Any) -> Any:
    """The result, all of whose texts there are."""
    given = {key: "x" for key in result.get("description_placeholders") or {}}
    if result["type"] in (FlowResultType.FORM, FlowResultType.MENU):
        texts = TEXTS["step"][result["step_id"]]
        texts["description"].format(**given)
        for error in (result.get("errors") or {}).values():
            TEXTS["error"][error].format(**given)
        for option in result.get("menu_options") or ():
            assert texts["menu_options"][option]
    elif result["type"] is FlowResultType.SHOW_PROGRESS:
        assert TEXTS["progress"][result["progress_action"]]
    return result


async def start(hass: HomeAssistant) -> Any:
    manager = repairs_flow_manager(hass)
    assert manager is not None
    return shown(
        await manager.async_init(
            DOMAIN, context={"issue_id": "runtime_missing"}, data={"issue_id": "runtime_missing"}
        )
    )


async def submit(hass: HomeAssistant, result: Any, user_input: dict[str, Any] | None = None) -> Any:
    """Answer a step, and wait until what it begins is over."""
    manager = repairs_flow_manager(hass)
    assert manager is not None
    result = shown(await manager.async_configure(result["flow_id"], user_input))
    while result["type"] in (FlowResultType.SHOW_PROGRESS, FlowResultType.SHOW_PROGRESS_DONE):
        await hass.async_block_till_done(wait_background_tasks=True)
        result = shown(await manager.async_configure(result["flow_id"]))
    return result


async def test_repair_says_what_the_machine_lacks(
    hass: HomeAssistant, broken: MockConfigEntry
) -> None:
    result = await start(hass)
    assert result["step_id"] == "impossible"
    facts = result["description_placeholders"]
    assert "no C and C++ compiler" in facts["machine"]
    assert "no ready-made package" in facts["reason"]


async def test_wheel_that_is_brought_repairs_it(
    hass: HomeAssistant, broken: MockConfigEntry
) -> None:
    result = await submit(hass, await start(hass), {"next_step_id": "wheel"})
    assert result["description_placeholders"]["wheel"].startswith("llama_cpp_python-0.3.36-")
    folder = install.folders_of(hass).dropped
    assert result["description_placeholders"]["folder"] == str(folder)

    result = await submit(hass, result, {})
    assert result["errors"] == {"base": "no_wheel"}
    drop(folder, make_wheel(), "llama_cpp_python-0.3.36-py3-none-win_amd64.whl")
    result = await submit(hass, result, {})
    assert result["errors"] == {"base": "wheel_refused"}
    assert "win_amd64" in result["description_placeholders"]["reason"]

    drop(folder, make_wheel())
    result = await submit(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert broken.state is ConfigEntryState.LOADED
    assert ir.async_get(hass).async_get_issue(DOMAIN, "runtime_missing") is None


async def test_trying_again_without_a_change_leads_back_to_the_choice(
    hass: HomeAssistant, broken: MockConfigEntry
) -> None:
    result = await submit(hass, await start(hass), {"next_step_id": "retry"})
    assert (result["step_id"], result["errors"]) == ("again", {"base": "runtime_missing"})
    result = await submit(hass, result, {})
    assert result["step_id"] == "failed"
    assert ir.async_get(hass).async_get_issue(DOMAIN, "runtime_missing") is not None
    assert broken.state is ConfigEntryState.SETUP_ERROR


async def test_network_that_is_away_during_the_repair_is_told(
    hass: HomeAssistant, broken: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DownloadError("no route to host")

    monkeypatch.setattr(install, "install_first", fail)
    result = await submit(hass, await start(hass), {"next_step_id": "retry"})
    assert result["errors"] == {"base": "download_failed"}
    assert "no route" in result["description_placeholders"]["reason"]


async def test_runtime_that_does_not_load_is_replaced(
    hass: HomeAssistant, broken: MockConfigEntry
) -> None:
    folders = install.folders_of(hass)
    path = drop(folders.dropped, make_wheel())
    await install.async_install_runtime(hass)
    (folders.runtime / "llama_cpp" / "__init__.py").write_text("raise ImportError('damaged')")
    path.rename(path.with_name(wheel_name("0.3.36-2")))
    flow = await repairs.async_create_fix_flow(hass, "runtime_missing", None)
    assert flow is not None
    await install.async_install_runtime(hass, doubt=True)
    assert "damaged" not in (folders.runtime / "llama_cpp" / "__init__.py").read_text()


async def test_repair_of_a_first_set_up_says_the_same_though_there_is_no_entry_yet(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else Home Assistant shows an empty dialog, and submitting it deletes the repair."""
    hass.config.skip_pip = False
    monkeypatch.setattr(install, "importable_version", lambda: None)
    monkeypatch.setattr(
        install, "look_around", lambda folder: replace(look_around(folder), compiler=False)
    )
    monkeypatch.setattr(install, "read_pins", make_pins)
    assert await async_setup_component(hass, REPAIRS, {})
    assert DOMAIN not in hass.config.components
    with patch.object(install, "locate", _LOCATE), pytest.raises(NoRuntimeError):
        await install.async_install_runtime(hass)
    await hass.async_block_till_done()
    result = await start(hass)
    assert result["step_id"] == "impossible"
