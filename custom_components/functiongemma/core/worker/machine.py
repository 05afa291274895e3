"""What the worker needs to know about the machine."""

from __future__ import annotations

import os
from pathlib import Path

#: More cores than these only wait for the memory.
_MOST_THREADS = 4


def most_threads() -> int:
    """Threads that are worth trying: one a core, four at most."""
    return max(1, min(_MOST_THREADS, _physical_cores()))


def _physical_cores() -> int:
    """Cores this process may run on, hyper-threads counted once."""
    try:
        usable = os.sched_getaffinity(0)
    except AttributeError:  # not Linux
        return os.cpu_count() or 1
    cores = set()
    for cpu in usable:
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        try:
            cores.add(siblings.read_text())
        except OSError:
            cores.add(str(cpu))
    return len(cores)


def resident(pid: int) -> int | None:
    """Resident memory of a process in bytes; None where the system does not tell."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except OSError:
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
