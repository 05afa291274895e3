"""llama.cpp in a process of its own: what breaks it, does not break the house.

`WorkerClient` (asyncio) is what the integration uses, `SyncWorker` what command lines use. They are
imported when somebody asks for them: the process itself, which people wait for, does without.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import WorkerClient, WorkerInfo
    from .machine import most_threads
    from .pace import Pace
    from .sync import SyncWorker

__all__ = ["Pace", "SyncWorker", "WorkerClient", "WorkerInfo", "most_threads"]

_MODULES = {
    "Pace": "pace",
    "SyncWorker": "sync",
    "WorkerClient": "client",
    "WorkerInfo": "client",
    "most_threads": "machine",
}


def __getattr__(name: str) -> Any:
    """One of `__all__`."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)
