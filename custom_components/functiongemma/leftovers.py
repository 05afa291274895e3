"""Downloads that no entry came of: kept for a day, then deleted.

Somebody who closes the dialog may open it again, and the download goes on where it stopped. After
a day it is taken for given up. Looked after when a set-up dialog was closed, a day later, and
whenever an entry is set up; removing the last entry deletes everything at once (`models`). What
runs models is no download of one, and stays for the next attempt.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .const import CONF_SOURCE, DOMAIN, LOGGER, SOURCE_HOME, SOURCE_HUB, SOURCE_REMOTE
from .core.assemble import own_files
from .models import model_path, models_folder

#: How long a download that nobody needs is kept after its last byte.
KEPT: Final = timedelta(days=1)
#: A cancelled download may write for some seconds more.
_LATER: Final = KEPT + timedelta(minutes=1)

_TIMER: HassKey[Callable[[], None]] = HassKey(f"{DOMAIN}_leftovers")


@callback
def async_sweep_later(hass: HomeAssistant) -> None:
    """Have a look in a day; one look is enough, and Home Assistant's end is none."""
    if (cancel := hass.data.pop(_TIMER, None)) is not None:
        cancel()

    async def sweep(_: datetime) -> None:
        hass.data.pop(_TIMER, None)
        await async_sweep(hass)

    job = HassJob(sweep, f"{DOMAIN} leftovers", cancel_on_shutdown=True)
    hass.data[_TIMER] = async_call_later(hass, _LATER, job)


@callback
def async_sweep_now(hass: HomeAssistant) -> None:
    """Have a look while other things go on; no entry waits for it, and none ends it."""
    hass.async_create_background_task(async_sweep(hass), f"{DOMAIN} leftovers")


async def async_sweep(hass: HomeAssistant) -> None:
    """Delete what is older than a day and belongs to no entry, unless a dialog is open."""
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    if any(flow["context"]["source"] != SOURCE_REAUTH for flow in flows):
        return  # Its end is followed by another look.
    needed = [dict(entry.data) for entry in hass.config_entries.async_entries(DOMAIN)]
    try:
        young = await hass.async_add_executor_job(_sweep, hass, needed)
    except OSError as err:
        LOGGER.warning(
            "An abandoned download could not be deleted: %s. Delete it by hand in %s",
            err,
            models_folder(hass),
        )
    else:
        if young:
            async_sweep_later(hass)


def _sweep(hass: HomeAssistant, needed: Sequence[Mapping[str, Any]]) -> bool:
    """Delete what is old; whether there is something younger that nobody needs either."""
    folder = models_folder(hass)
    sources = {data[CONF_SOURCE] for data in needed}
    found = [] if SOURCE_HOME in sources else own_files(folder)
    downloads = folder / SOURCE_HUB
    found += [path for path in downloads.rglob("*") if path.suffix.lower() in (".gguf", ".part")]
    kept = [
        model_path(hass, data)
        for data in needed
        if data[CONF_SOURCE] not in (SOURCE_HOME, SOURCE_REMOTE)
    ]
    unneeded = [path for path in found if not any(_is_of(path, model) for model in kept)]
    limit = time.time() - KEPT.total_seconds()
    old = [path for path in unneeded if _written(path) < limit]
    for path in old:
        LOGGER.info("Deleting %s: no entry was made of it for a day", path.name)
        path.unlink(missing_ok=True)
    if old:
        _delete_empty(downloads, kept)
    return len(old) < len(unneeded)


def _written(path: Path) -> float:
    """When a file was last written; now, if somebody has just moved or deleted it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _is_of(path: Path, model: Path) -> bool:
    """Whether a file is `model`, by whatever name, or a part of it."""
    part = path.parent == model.parent and path.name.startswith(f"{model.name}.")
    return part or path.resolve() == model.resolve()


def _delete_empty(downloads: Path, kept: Sequence[Path]) -> None:
    """Delete folders of repositories in which only a lock is left."""
    for folder in downloads.glob("*/"):
        used = any(model.is_relative_to(folder) for model in kept)
        if not used and not any(folder.rglob("*.gguf*")):
            shutil.rmtree(folder, ignore_errors=True)
    if downloads.is_dir() and not any(downloads.iterdir()):
        downloads.rmdir()
