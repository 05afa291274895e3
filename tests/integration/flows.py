"""Walks through config flows as the dialog does, and sees that everything has a text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components import functiongemma
from custom_components.functiongemma.const import DOMAIN
from custom_components.functiongemma.core.assemble.disk import locked
from custom_components.functiongemma.core.assemble.progress import Reporter

from .hub_server import Hub, Repository

ENGLISH = json.loads(
    (Path(functiongemma.__file__).parent / "translations" / "en.json").read_text(encoding="utf-8")
)
HTML = b"<!DOCTYPE html><html><body>Not found</body></html>"


def shown(result: ConfigFlowResult) -> ConfigFlowResult:
    """The result, whose every field, error and placeholder has a text to go with it."""
    if result["type"] is FlowResultType.FORM:
        texts = ENGLISH["config"]["step"][result["step_id"]]
        assert result["data_schema"] is not None
        for field in result["data_schema"].schema:
            assert str(field) in texts["data"]
        given = {key: "x" for key in result["description_placeholders"] or {}}
        texts.get("description", "").format(**given)
        for error in (result["errors"] or {}).values():
            ENGLISH["config"]["error"][error].format(**given)
    return result


async def choose(hass: HomeAssistant, source: str) -> ConfigFlowResult:
    """Start a flow and pick a kind of model."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert result["type"] is FlowResultType.MENU
    return await submit(hass, result, {"next_step_id": source})


async def submit(
    hass: HomeAssistant, result: ConfigFlowResult, user_input: dict[str, Any]
) -> ConfigFlowResult:
    return shown(await hass.config_entries.flow.async_configure(result["flow_id"], user_input))


async def finish(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Wait until the progress is over; what the dialog shows then."""
    if result["type"] is not FlowResultType.SHOW_PROGRESS:
        return result  # it was over before there was anything to show
    assert result["progress_action"] in ENGLISH["config"]["progress"]
    await hass.async_block_till_done(wait_background_tasks=True)
    return shown(await hass.config_entries.flow.async_configure(result["flow_id"]))


def suggested(result: ConfigFlowResult, field: str) -> Any:
    """What stands in a field of a form."""
    assert result["data_schema"] is not None
    for key in result["data_schema"].schema:
        if key == field:
            return (key.description or {}).get("suggested_value")
    raise AssertionError(f"no field {field}")


def fields(result: ConfigFlowResult) -> set[str]:
    assert result["data_schema"] is not None
    return {str(key) for key in result["data_schema"].schema}


def cache(hass: HomeAssistant) -> Path:
    return Path(hass.config.cache_path(DOMAIN))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something other tasks bring about."""
    async with asyncio.timeout(300):
        while not condition():
            await asyncio.sleep(0.01)


async def cancelled(
    hass: HomeAssistant, hub: Hub, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A download of someone/tiny's tiny.gguf that was cancelled half-way; what is left of it."""
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1_000)
    repository.pause_after = [200_000]  # more than Python holds back before it writes
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    await submit(hass, result, {"file": "tiny.gguf"})
    await until(lambda: any(path.stat().st_size > 0 for path in cache(hass).rglob("*.part")))
    hass.config_entries.flow.async_abort(result["flow_id"])
    hub.go_on.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    (partial,) = cache(hass).rglob("*.part")

    def until_it_has_stopped() -> None:
        with locked(partial.parent, Reporter()):
            pass

    await hass.async_add_executor_job(until_it_has_stopped)
    return partial
