"""Our agent in the demo's Home Assistant: set up through its own config flow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import (
    EVENT_DATA_ENTRY_FLOW_PROGRESS_UPDATE,
    EVENT_DATA_ENTRY_FLOW_PROGRESSED,
    FlowResultType,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component

from .home import DemoError

DOMAIN: Final = "functiongemma"

#: Told a stage in words and the share of all that is done, 0..1.
type Progress = Callable[[str, float], None]


def link_models(folder: Path, models: Path) -> None:
    """Let the integration keep its models where all homes of the demo find them.

    It keeps them in `.cache/functiongemma` of the configuration folder; that is a link here.
    """
    models.mkdir(parents=True, exist_ok=True)
    link = folder / ".cache" / DOMAIN
    if link.is_symlink() and link.resolve() == models.resolve():
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(models.resolve(), target_is_directory=True)


async def async_setup(
    hass: HomeAssistant, model: Path | None, threads: int | None, progress: Progress
) -> tuple[ConfigEntry[Any], str]:
    """The agent's entry, set up, and its entity id. Raises DemoError."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        _set_threads(hass, entry, threads)
    if not await async_setup_component(hass, DOMAIN, {}):
        raise DemoError("The integration does not start; see the log")
    entries = hass.config_entries.async_entries(DOMAIN)
    entry = entries[0] if entries else await _async_flow(hass, model, progress)
    if not entries and threads is not None:
        _set_threads(hass, entry, threads)
        await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    if entry.state is not ConfigEntryState.LOADED:
        raise DemoError(f"The agent is not ready: {entry.reason or entry.state.value}")
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return entry, next(item.entity_id for item in found if item.domain == "conversation")


@callback
def _set_threads(hass: HomeAssistant, entry: ConfigEntry[Any], threads: int | None) -> None:
    options = {key: value for key, value in entry.options.items() if key != "threads"}
    if threads is not None:
        options["threads"] = threads
    hass.config_entries.async_update_entry(entry, options=options)


async def _async_flow(
    hass: HomeAssistant, model: Path | None, progress: Progress
) -> ConfigEntry[Any]:
    """Go through the config flow as a user does: choose a model, watch, done."""
    flow = hass.config_entries.flow
    texts = await async_get_translations(hass, "en", "config", [DOMAIN])
    result: Any = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    choice = {"next_step_id": "local" if model else "home"}
    result = await flow.async_configure(result["flow_id"], choice)
    if model is not None and result["type"] is FlowResultType.FORM:
        result = await flow.async_configure(result["flow_id"], {"path": str(model)})
    if result["type"] is FlowResultType.SHOW_PROGRESS:
        result = await _async_watch(hass, result, texts, progress)
    if result["type"] is FlowResultType.CREATE_ENTRY:
        entry: ConfigEntry[Any] = result["result"]
        return entry
    key = next(iter((result.get("errors") or {}).values()), None)
    text = texts.get(f"component.{DOMAIN}.config.error.{key}", key or result.get("reason"))
    try:
        text = str(text).format(**(result.get("description_placeholders") or {}))
    except (KeyError, IndexError):
        text = str(text)
    raise DemoError(f"The model cannot be used: {text}")


async def _async_watch(
    hass: HomeAssistant, result: Any, texts: dict[str, str], progress: Progress
) -> Any:
    """Show the flow's progress until it is over, one way or the other; returns its last result."""
    flow_id = result["flow_id"]
    moved = asyncio.Event()
    text, share = "", 0.0

    @callback
    def on_share(event: Event[Any]) -> None:
        nonlocal share
        if event.data["flow_id"] == flow_id:
            share = event.data["progress"]
            progress(text, share)

    @callback
    def on_step(event: Event[Any]) -> None:
        if event.data["flow_id"] == flow_id:
            moved.set()

    unsubscribe = [
        hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESS_UPDATE, on_share),
        hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, on_step),
    ]
    try:
        while result["type"] is FlowResultType.SHOW_PROGRESS:
            action = result["progress_action"]
            text = texts.get(f"component.{DOMAIN}.config.progress.{action}", action)
            progress(text, share)
            await moved.wait()
            moved.clear()
            result = await hass.config_entries.flow.async_configure(flow_id)
    finally:
        for stop in unsubscribe:
            stop()
    return result
