"""llama.cpp in a process of its own: what breaks it, does not break the house.

`WorkerClient` (asyncio) is what the integration uses, `SyncWorker` what command lines use.
"""

from __future__ import annotations

from .client import WorkerClient, WorkerInfo
from .machine import most_threads
from .pace import Pace
from .sync import SyncWorker

__all__ = ["Pace", "SyncWorker", "WorkerClient", "WorkerInfo", "most_threads"]
