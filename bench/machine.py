"""The machine: what it is, how fast its memory is, what a process takes of it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

#: Bytes read to measure the memory: many times any cache.
_ARRAY: Final = 256 << 20
_PASSES: Final = 5

#: Load from which on the machine counts as busy when the measurement begins.
BUSY: Final = 0.7


def describe(threads: int) -> dict[str, Any]:
    """What a number needs to go with it."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "llama_cpp_python": importlib.metadata.version("llama-cpp-python"),
        "threads": threads,
        "date": date.today().isoformat(),
        "load": os.getloadavg()[0],
    }


def _processor() -> str:
    """Its name; on a Pi that of the board."""
    for path, key in (("/proc/cpuinfo", "model name"), ("/proc/cpuinfo", "Model")):
        for line in _lines(path):
            name, _, value = line.partition(":")
            if name.strip() == key:
                return value.strip()
    return platform.processor() or "unknown"


def bandwidth(threads: int, size: int = _ARRAY) -> float:
    """Bytes a second that `threads` threads read from memory together.

    The best of several ways to read: what one of them loses to arithmetic is not the memory's.
    """
    part = size // threads // 8
    arrays = [np.ones(part) for _ in range(threads)]
    ways: tuple[Callable[[Any], Any], ...] = (np.sum, np.max, _sum_of_integers)
    with ThreadPoolExecutor(threads) as pool:
        return max(_pace(pool, way, arrays) for way in ways)


def _sum_of_integers(array: Any) -> Any:
    return np.sum(array.view(np.int64))


def _pace(pool: ThreadPoolExecutor, way: Callable[[Any], Any], arrays: list[Any]) -> float:
    times = []
    for _ in range(_PASSES):
        began = time.perf_counter()
        list(pool.map(way, arrays))
        times.append(time.perf_counter() - began)
    return float(sum(array.nbytes for array in arrays) / statistics.median(times))


def memory(pid: int) -> dict[str, float]:
    """Resident memory of a process in MB: all of it, its share of what is shared, its own.

    `rss_mb` counts the model's file as far as it is read, which is memory the system can take back;
    `private_mb` is what it cannot. Empty where the system does not tell.
    """
    wanted = {"Rss": "rss_mb", "Pss": "pss_mb", "Anonymous": "private_mb"}
    found: dict[str, float] = {}
    for line in _lines(f"/proc/{pid}/smaps_rollup"):
        name, _, value = line.partition(":")
        if name in wanted:
            found[wanted[name]] = int(value.split()[0]) * 1024 / 1e6
    return found


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
