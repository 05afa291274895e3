"""A look at the model under Settings → System → Repairs → System information."""

from __future__ import annotations

import sys
from typing import Any

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from packaging.utils import parse_wheel_filename

from . import facts, install
from .const import DOMAIN
from .core.worker import WorkerInfo
from .install.folders import Folders
from .runtime import FunctionGemmaConfigEntry, Runtime

#: What is shown where there is nothing to show; the page translates keys only, so no words.
_NONE = "–"


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register what is shown."""
    register.async_register_info(async_info)


async def async_info(hass: HomeAssistant) -> dict[str, Any]:
    """All entries together, in values that need no translation."""
    entries: list[FunctionGemmaConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    runtimes = [e.runtime_data for e in entries if e.state is ConfigEntryState.LOADED]
    # A server elsewhere has no process here.
    infos = [runtime.info for runtime in runtimes if isinstance(runtime, Runtime)]
    latest = [r.latency for runtime in runtimes if (r := runtime.records.latest) is not None]
    memory = [info.rss for info in infos if info is not None and info.rss is not None]
    version, wheel = await hass.async_add_executor_job(_installed, install.folders_of(hass))
    return {
        "agents_loaded": f"{len(runtimes)}/{len(entries)}",
        "model": ", ".join(info.description for info in infos if info is not None) or _NONE,
        "worker_running": bool(infos) and all(map(_is_alive, infos)),
        "worker_memory": " + ".join(f"{rss >> 20} MB" for rss in memory) or _NONE,
        "runtime_version": version or _NONE,
        "runtime_wheel": wheel or _NONE,
        "last_latency": ", ".join(f"{latency:.0f} ms" for latency in latest) or _NONE,
    }


def _installed(folders: Folders) -> tuple[str | None, str | None]:
    """The runtime's version, and its wheel's name where we installed it. Blocks."""
    origin = install.origin(folders)
    if origin is None or origin.wheel is None:
        return facts.runtime_version(), None
    return parse_wheel_filename(origin.wheel)[1].public, origin.wheel


def _is_alive(info: WorkerInfo | None) -> bool:
    """Whether the process is there: one that is gone has no memory, where the system tells."""
    return info is not None and (bool(info.rss) or sys.platform != "linux")
