"""Our agent in the demo's Home Assistant: set up through its own config flow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

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

from custom_components.functiongemma import models
from custom_components.functiongemma.const import (
    CONF_PATH,
    CONF_THREADS,
    DOMAIN,
    SOURCE_HOME,
    SOURCE_LOCAL,
)
from custom_components.functiongemma.core.assemble.download import base_path

from .home import DemoError
from .options import Options

#: Told a stage in words and the share of all that is done, 0..1.
type Progress = Callable[[str, float], None]


def link_models(folder: Path, shared: Path) -> None:
    """Show the integration, in its `folder` for models, what other houses of the demo have there.

    As links, one for each file: the integration tidies up its folder, which is none of the others'
    business.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shared.mkdir(parents=True, exist_ok=True)
    for link in folder.glob("*.gguf"):
        if link.is_symlink() and not link.exists():
            link.unlink()
    for model in shared.glob("*.gguf"):
        if not (folder / model.name).exists():
            (folder / model.name).symlink_to(model.resolve())


def link_base(folder: Path, shared: Path) -> None:
    """Spare the integration the download, where the base model is in `shared`.

    It removes its base when the model is made: the link, not the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    base = base_path(shared, models.SOURCES)
    if base.is_file():
        (folder / base.name).symlink_to(base.resolve())


def share_models(folder: Path, shared: Path) -> None:
    """Move what the integration made to where the next house finds it."""
    for made in folder.glob("*.gguf"):
        if not made.is_symlink():
            made.replace(shared / made.name)
            made.symlink_to((shared / made.name).resolve())


async def async_setup(
    hass: HomeAssistant, options: Options, shared: Path, progress: Progress
) -> tuple[ConfigEntry[Any], str]:
    """The agent's entry, set up, and its entity id; `shared`: where models are kept for all houses.

    Raises DemoError.
    """
    folder = models.models_folder(hass)
    run = hass.async_add_executor_job
    for entry in hass.config_entries.async_entries(DOMAIN):
        await run(link_models, folder, shared)
        path = await run(models.model_path, hass, entry.data)
        if await run(path.exists):
            _set_threads(hass, entry, options.threads)
        else:
            # There is a new adapter, or somebody tidied up. The flow shows how long that takes.
            await hass.config_entries.async_remove(entry.entry_id)
    await run(link_models, folder, shared)
    if not await async_setup_component(hass, DOMAIN, {}):
        raise DemoError("The integration does not start; see the log")
    entries = hass.config_entries.async_entries(DOMAIN)
    entry = entries[0] if entries else await _async_flow(hass, options.model, progress)
    await run(share_models, folder, shared)
    if not entries and options.threads is not None:
        _set_threads(hass, entry, options.threads)
        await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    if entry.state is not ConfigEntryState.LOADED:
        raise DemoError(f"The agent is not ready: {entry.reason or entry.state.value}")
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return entry, next(item.entity_id for item in found if item.domain == "conversation")


@callback
def _set_threads(hass: HomeAssistant, entry: ConfigEntry[Any], threads: int | None) -> None:
    options = {key: value for key, value in entry.options.items() if key != CONF_THREADS}
    if threads is not None:
        options[CONF_THREADS] = threads
    hass.config_entries.async_update_entry(entry, options=options)


async def _async_flow(
    hass: HomeAssistant, model: Path | None, progress: Progress
) -> ConfigEntry[Any]:
    """Go through the config flow as a user does: choose a model, watch, done."""
    flow = hass.config_entries.flow
    texts = await async_get_translations(hass, "en", "config", [DOMAIN])
    result: Any = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    choice = {"next_step_id": SOURCE_LOCAL if model else SOURCE_HOME}
    result = await flow.async_configure(result["flow_id"], choice)
    if model is not None and result["type"] is FlowResultType.FORM:
        result = await flow.async_configure(result["flow_id"], {CONF_PATH: str(model)})
    if result["type"] is FlowResultType.SHOW_PROGRESS:
        result = await _async_watch(hass, result, texts, progress)
    if result["type"] is FlowResultType.FORM and result["step_id"] == "assistant":
        # Where voice or the frontend are set up, there is an assistant: it may use the agent too.
        result = await flow.async_configure(result["flow_id"], {})
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
