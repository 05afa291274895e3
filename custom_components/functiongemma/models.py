"""Model files: where each kind lies, how it gets there, and when it goes.

The home model and downloads are in `.cache/functiongemma` in the configuration folder. Home
Assistant leaves `.cache` out of backups, and everything in ours can be had again: a restored
backup, or a cleared cache, makes the next start prepare the file anew.
"""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from . import hub
from .const import (
    CONF_FILE,
    CONF_PATH,
    CONF_REPOSITORY,
    CONF_SOURCE,
    CONF_TOKEN,
    DOMAIN,
    LOGGER,
    SOURCE_HOME,
    SOURCE_HUB,
    SOURCE_LOCAL,
    SOURCE_REMOTE,
)
from .core.assemble import (
    DEFAULT_ADAPTER,
    DEFAULT_SOURCES,
    GgufInfo,
    assemble,
    check_gguf,
    clear_cache,
    merged_path,
)
from .core.errors import CoreError, ModelFileError
from .errors import FileMissingError, FileUnreadableError, InPreparationError

#: What the home model is made from.
ADAPTER = DEFAULT_ADAPTER
SOURCES = DEFAULT_SOURCES

#: Seconds that setting up an entry waits for its model; what takes longer goes on without it, and
#: Home Assistant's next attempt finds it done.
SETUP_PATIENCE: Final = 20.0

#: Models that were neither downloaded nor made by us.
_NOT_OURS: Final = frozenset((SOURCE_LOCAL, SOURCE_REMOTE))

#: Told a stage (`download`, `verify`, `merge`, `write`) and the share of all that is done, 0..1.
Progress = Callable[[str, float], None]

_MAKING: HassKey[dict[Path, asyncio.Task[Path]]] = HassKey(f"{DOMAIN}_making")


def models_folder(hass: HomeAssistant) -> Path:
    """Our folder for models that can be had again."""
    return Path(hass.config.cache_path(DOMAIN))


def model_path(hass: HomeAssistant, data: Mapping[str, Any]) -> Path:
    """Where an entry's model is, or will be. Blocks: the home model's name is a hash.

    Raises OSError when the adapter cannot be read.
    """
    if data[CONF_SOURCE] == SOURCE_LOCAL:
        # No system takes a NUL in a path; Python has an error of its own for it.
        return Path(hass.config.path(data[CONF_PATH].replace("\0", "")))
    folder = models_folder(hass)
    if data[CONF_SOURCE] == SOURCE_HUB:
        return hub.target_path(folder / SOURCE_HUB, data[CONF_REPOSITORY], data[CONF_FILE])
    return merged_path(folder, ADAPTER, sources=SOURCES)


def check_model_file(path: Path) -> GgufInfo:
    """What the model at `path` says of itself. Blocks.

    Raises FileMissingError, FileUnreadableError and what `check_gguf` raises.
    """
    try:
        if not path.is_file():
            raise FileMissingError(f"{path} does not exist", path=path)
        return check_gguf(path)
    except OSError as err:
        raise FileUnreadableError(str(err)) from err


async def async_is_there(hass: HomeAssistant, data: Mapping[str, Any]) -> bool:
    """Whether there is nothing to download or to make for an entry; says nothing of the content."""

    def is_there() -> bool:
        try:
            return model_path(hass, data).is_file()
        except OSError:
            return False

    return await hass.async_add_executor_job(is_there)


async def async_obtain(
    hass: HomeAssistant, data: Mapping[str, Any], progress: Progress | None = None
) -> Path:
    """Download or make an entry's model, unless it is there, and have a look at it.

    Cancelled, it stops soon and keeps what has arrived. Raises the errors of `assemble`, of
    `hub.download` and of `check_model_file`.
    """
    stop = threading.Event()

    def report(stage: str, fraction: float) -> None:
        if progress is not None and not stop.is_set():
            hass.loop.call_soon_threadsafe(progress, stage, fraction)

    try:
        return await hass.async_add_executor_job(_obtain, hass, data, report, stop.is_set)
    except OSError as err:
        raise FileUnreadableError(str(err)) from err
    finally:
        stop.set()


def _obtain(
    hass: HomeAssistant, data: Mapping[str, Any], report: Progress, cancelled: Callable[[], bool]
) -> Path:
    path = model_path(hass, data)
    if data[CONF_SOURCE] == SOURCE_HOME:
        path = assemble(
            path.parent,
            ADAPTER,
            progress=lambda step: report(step.stage, step.fraction),
            cancelled=cancelled,
            sources=SOURCES,
        )
    elif data[CONF_SOURCE] == SOURCE_HUB:
        path = hub.download(
            data[CONF_REPOSITORY],
            data[CONF_FILE],
            data.get(CONF_TOKEN),
            models_folder(hass) / SOURCE_HUB,
            progress=lambda fraction: report("download", fraction),
            cancelled=cancelled,
        )
    try:
        check_model_file(path)
    except ModelFileError:
        if data[CONF_SOURCE] == SOURCE_HUB:
            # No entry comes of it whose removal would delete it.
            path.unlink(missing_ok=True)
        raise
    return path


async def async_ensure(hass: HomeAssistant, data: Mapping[str, Any]) -> Path:
    """The model of an entry that is being set up.

    One that disappeared is made or downloaded again; where that takes long, InPreparationError is
    raised and it goes on, and what comes of it is told the next time. Otherwise raises what
    `async_obtain` raises.
    """
    try:
        path = await hass.async_add_executor_job(model_path, hass, data)
    except OSError as err:
        raise FileUnreadableError(str(err)) from err
    try:
        await hass.async_add_executor_job(check_model_file, path)
    except (FileMissingError, ModelFileError):
        if data[CONF_SOURCE] == SOURCE_LOCAL:
            raise
    else:
        return path
    making = hass.data.setdefault(_MAKING, {})
    if (task := making.get(path)) is None:
        LOGGER.info("%s is not there or spoiled: getting it again", path.name)
        task = hass.async_create_background_task(async_obtain(hass, data), f"{DOMAIN} {path.name}")
        making[path] = task
        task.add_done_callback(_forget(making, path))
    done, _ = await asyncio.wait({task}, timeout=SETUP_PATIENCE)
    if not done:
        raise InPreparationError
    making.pop(path, None)
    return task.result()


def _forget(
    making: dict[Path, asyncio.Task[Path]], path: Path
) -> Callable[[asyncio.Task[Path]], None]:
    @callback
    def forget(task: asyncio.Task[Path]) -> None:
        if not task.cancelled() and (err := task.exception()):
            # It stays: otherwise the entry would be "in preparation" for ever, and never say why.
            LOGGER.warning(
                "%s cannot be had: %s. The entry under Settings → Devices & services tells what "
                "to do; reloading it tries again",
                path.name,
                err,
            )
        else:
            making.pop(path, None)

    return forget


async def async_delete_old(hass: HomeAssistant, data: Mapping[str, Any], path: Path) -> None:
    """Delete home models that an earlier version of the integration made; `path` is in use."""
    if data[CONF_SOURCE] == SOURCE_HOME:
        await hass.async_add_executor_job(lambda: clear_cache(path.parent, keep=path))


async def async_delete(hass: HomeAssistant, removed: ConfigEntry[Any]) -> None:
    """Delete the files of an entry that is gone, unless another one uses them."""
    await async_delete_unused(hass, removed.data, removed)


async def async_delete_unused(
    hass: HomeAssistant, data: Mapping[str, Any], removed: ConfigEntry[Any] | None = None
) -> None:
    """Delete the files that were had for `data`, unless an entry other than `removed` uses them.

    A local file is its owner's and stays, wherever it lies.
    """
    others: list[Mapping[str, Any]] = [
        entry.data
        for entry in hass.config_entries.async_entries(DOMAIN)
        if removed is None or entry.entry_id != removed.entry_id
    ]
    try:
        path = await hass.async_add_executor_job(_unused, hass, data, others)
        if path is not None and (task := hass.data.get(_MAKING, {}).pop(path, None)):
            task.cancel()
        await hass.async_add_executor_job(_delete, hass, data, path, others)
    except (OSError, CoreError) as err:
        LOGGER.warning(
            "Some model files could not be deleted: %s. Nothing needs them any more; delete them "
            "by hand in %s",
            err,
            models_folder(hass),
        )


def _unused(
    hass: HomeAssistant, data: Mapping[str, Any], others: list[Mapping[str, Any]]
) -> Path | None:
    """The file that was had for `data`; None where there is none, or it is in use."""
    if data[CONF_SOURCE] in _NOT_OURS:
        return None
    path = model_path(hass, data)
    used = {model_path(hass, row) for row in others if row[CONF_SOURCE] != SOURCE_REMOTE}
    return None if path.resolve() in {file.resolve() for file in used} else path


def _delete(
    hass: HomeAssistant,
    data: Mapping[str, Any],
    path: Path | None,
    others: list[Mapping[str, Any]],
) -> None:
    folder = models_folder(hass)
    local = [model_path(hass, r) for r in (data, *others) if r[CONF_SOURCE] == SOURCE_LOCAL]
    if not any(file.resolve().is_relative_to(folder.resolve()) for file in local):
        if not others:
            # Nobody has anything in there any more: what runs models goes as well.
            shutil.rmtree(folder, ignore_errors=True)
            return
        if all(row[CONF_SOURCE] in _NOT_OURS for row in others):
            # No model of ours is left: abandoned downloads go as well.
            clear_cache(folder)
            shutil.rmtree(folder / SOURCE_HUB, ignore_errors=True)
    if path is None:
        pass
    elif data[CONF_SOURCE] == SOURCE_HOME:
        clear_cache(folder)
    else:
        for file in (path, *path.parent.glob(f"{path.name}.*.part")):
            file.unlink(missing_ok=True)
        if not any(path.parent.rglob("*.gguf*")):
            shutil.rmtree(path.parent, ignore_errors=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
