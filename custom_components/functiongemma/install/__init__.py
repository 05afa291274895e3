"""Makes llama-cpp-python available to the worker, by installing it if need be.

It is no requirement of the manifest, because it has no ready-made build for every machine, and a
requirement that cannot be installed keeps the integration from showing even its form.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.metadata
import importlib.util
import shutil
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.setup import async_setup_component
from homeassistant.util.hass_dict import HassKey
from packaging.version import InvalidVersion, Version

from ..const import DOMAIN, LOGGER
from ..core.assemble.progress import Reporter
from ..core.errors import RuntimeMissingError
from ..core.worker.process import runtime_paths
from ..errors import FileUnreadableError, RuntimeInPreparationError
from .errors import InstallError, NoRuntimeError
from .folders import Folders
from .issue import async_clear_issue, async_raise_issue
from .machine import Machine, look_around
from .pins import PACKAGE, read_pins
from .place import fits, prove, read_stamp
from .ways import Progress, install_first


@dataclass(frozen=True)
class Location:
    """Where the runtime is."""

    folder: Path | None
    """Our own folder for it; None: among Home Assistant's packages."""


@dataclass(frozen=True)
class Origin:
    """How the runtime came here."""

    way: str
    """`dropped`, `pinned`, `source` or `packages`."""
    wheel: str | None
    """The file's name; None: Home Assistant's packages do not tell."""
    why: str | None
    """In English, without paths; None: nobody kept it."""


@dataclass
class _Installation:
    """The one installation that runs at a time, and who watches it."""

    task: asyncio.Task[None] | None = None
    watchers: list[Progress] = field(default_factory=list)
    accepted: bool = False
    """There is a version nobody tried, and nothing better can be had."""

    @callback
    def tell(self, kind: str, share: float) -> None:
        for watcher in tuple(self.watchers):
            watcher(kind, share)


#: The way of a runtime that we did not install.
PACKAGES: Final = "packages"

_INSTALLATION: HassKey[_Installation] = HassKey(f"{DOMAIN}_installation")


def folders_of(hass: HomeAssistant) -> Folders:
    """Where the runtime and its wheels lie in this installation of Home Assistant."""
    return Folders.of(Path(hass.config.config_dir), Path(hass.config.cache_path(DOMAIN)))


async def async_is_installed(hass: HomeAssistant) -> bool:
    """Whether there is a runtime now, of a version the engine is known to work with."""
    location = await hass.async_add_executor_job(locate, folders_of(hass))
    if location is not None:
        _use(location)
    return location is not None or _installation(hass).accepted


async def async_install_runtime(
    hass: HomeAssistant,
    patience: float | None = None,
    progress: Progress | None = None,
    *,
    doubt: bool = False,
) -> None:
    """Make llama_cpp available to the worker.

    `patience`: seconds to wait for it; None: as long as it takes. It goes on without whoever
    waits, because two must not build the same thing. `progress` is told which way is gone
    (`dropped`, `pinned`, `source`) and the share of it that is done. `doubt`: what seems to be
    installed is tried first, and replaced if it does not run.

    Raises NoRuntimeError where no way is left, and a repair issue then tells what can be done;
    DownloadError, DiskFullError and FileUnreadableError; and RuntimeInPreparationError when
    `patience` is over: a failure after that is raised by the next call.
    """
    if not doubt and await async_is_installed(hass):
        async_clear_issue(hass)
        return
    installation = _installation(hass)
    task = installation.task
    # One that failed meanwhile is told to this caller; what succeeded then is not what is missing.
    if task is None or (task.done() and (patience is None or _has_succeeded(task))):
        task = hass.async_create_background_task(
            _async_install(hass, installation, doubt), f"{DOMAIN} install"
        )
        installation.task = task
    if progress is not None:
        installation.watchers.append(progress)
    try:
        done, _ = await asyncio.wait({task}, timeout=patience)
    finally:
        if progress is not None:
            installation.watchers.remove(progress)
    if not done:
        raise RuntimeInPreparationError
    installation.task = None
    task.result()


def _has_succeeded(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


async def async_with_runtime[T](
    hass: HomeAssistant,
    work: Callable[[], Awaitable[T]],
    patience: float | None = None,
    progress: Progress | None = None,
) -> T:
    """What `work` gives; where a worker of it finds no usable runtime, after installing one.

    What lies in the right place need not run: half of it may have been deleted, or an upgrade was
    cut off in the middle. Raises what `work` and `async_install_runtime` raise.
    """
    try:
        return await work()
    except RuntimeMissingError as err:
        LOGGER.warning(
            "What runs the model is there but of no use, and is installed again: %s. If that "
            "happens at every start, please report it with the entry's diagnostics",
            err,
        )
    await async_install_runtime(hass, patience, progress, doubt=True)
    return await work()


async def _async_install(hass: HomeAssistant, installation: _Installation, doubt: bool) -> None:
    stop = threading.Event()

    def tell(kind: str, share: float) -> None:
        if not stop.is_set():
            hass.loop.call_soon_threadsafe(installation.tell, kind, share)

    folders = folders_of(hass)
    machine = await hass.async_add_executor_job(look_around, folders.runtime)
    try:
        location = await hass.async_add_executor_job(
            lambda: _install(folders, machine, hass.config.skip_pip, doubt, stop, tell)
        )
    except NoRuntimeError as err:
        await hass.async_add_executor_job(_make_folder, folders.dropped)
        if DOMAIN not in hass.config.components:
            # Before there is an entry: Home Assistant asks for the repair's steps only then.
            await async_setup_component(hass, DOMAIN, {})
        async_raise_issue(hass, err, machine, folders)
        raise
    except OSError as err:
        raise FileUnreadableError(str(err)) from err
    finally:
        stop.set()
    _use(location)
    installation.accepted = location.folder is None
    async_clear_issue(hass)


def _install(
    folders: Folders,
    machine: Machine,
    forbidden: bool,
    doubt: bool,
    stop: threading.Event,
    tell: Progress,
) -> Location:
    """Install, unless what is there runs; where the runtime is then. Blocks."""
    if doubt and (location := locate(folders)) is not None:
        try:
            prove(location.folder)
            return location
        except InstallError as err:
            LOGGER.warning(
                "llama-cpp-python is there, but %s. Another one is looked for; if there is none, a "
                "repair under Settings → System → Repairs says what to do",
                err,
            )
            if location.folder is not None:
                shutil.rmtree(location.folder, ignore_errors=True)
    try:
        if forbidden:
            message = "Home Assistant was started with --skip-pip, which forbids installing"
            raise NoRuntimeError(message, attempted=True)
        install_first(machine, read_pins(), folders, Reporter(None, stop.is_set), tell)
    except NoRuntimeError:
        # Better than nothing, and loading the model will show whether it is good enough.
        if (version := importable_version()) is None or not _runs():
            raise
        LOGGER.warning(
            "Using llama-cpp-python %s, which this integration was not tried with. If sentences "
            "fail, put %s in its place",
            version,
            read_pins().versions[0],
        )
        return Location(None)
    return Location(folders.runtime)


def _runs() -> bool:
    try:
        prove(None)
    except InstallError:
        return False
    return True


def locate(folders: Folders) -> Location | None:
    """Where a runtime of a good version is; None: nowhere. Blocks."""
    versions = read_pins().versions
    stamp = read_stamp(folders)
    if stamp is not None and fits(stamp, look_around(folders.runtime), versions):
        return Location(folders.runtime)
    if importable_version() in versions:
        return Location(None)
    return None


def origin(folders: Folders) -> Origin | None:
    """What the next worker would run, and how it came here; None: nothing is there. Blocks."""
    location = locate(folders)
    if location is not None and location.folder is not None:
        stamp = read_stamp(folders)
        if stamp is not None:
            return Origin(stamp.kind, stamp.wheel, stamp.why or None)
    if (version := importable_version()) is None:
        return None
    good = version in read_pins().versions
    doubt = "" if good else f", though {PACKAGE} {version} was not tried with this integration"
    return Origin(PACKAGES, None, f"it is among Home Assistant's packages{doubt}")


def importable_version() -> str | None:
    """The version of llama-cpp-python among Home Assistant's packages; None: it is not there."""
    importlib.invalidate_caches()
    if importlib.util.find_spec("llama_cpp") is None:
        return None
    try:
        return Version(importlib.metadata.version(PACKAGE)).public
    except (importlib.metadata.PackageNotFoundError, InvalidVersion):
        return "of an unknown version"


def _use(location: Location) -> None:
    """Workers that are started from now on find the runtime there."""
    runtime_paths[:] = [] if location.folder is None else [str(location.folder)]


def _installation(hass: HomeAssistant) -> _Installation:
    return hass.data.setdefault(_INSTALLATION, _Installation())


def _make_folder(folder: Path) -> None:
    """Make the folder the repair names, so that there is something to find."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        LOGGER.warning(
            "%s cannot be made: %s. Make it by hand if a package file is to be put there",
            folder,
            err,
        )
