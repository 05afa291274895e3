"""Whether a model fits this machine's memory: an estimate from the size of its file.

A container's limit counts as the machine's memory where that is less.

What the worker takes beside the weights was measured: docs/performance.md, "Memory".
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from .core.errors import WorkerOutOfMemoryError
from .errors import MemoryShortError
from .install.machine import Memory, read_memory

#: Python, numpy, llama.cpp and its buffers, and the home that was read, in bytes.
_PROCESS: Final = 200_000_000
#: What Home Assistant and the system never give up, in bytes.
_HOME_ASSISTANT: Final = 400_000_000
_PROC: Final = Path("/proc")
_CGROUP: Final = Path("/sys/fs/cgroup")


def memory_here() -> Memory:
    """This machine's memory. Blocks."""
    return read_memory(_PROC, _CGROUP)


def needed(size: int) -> int:
    """Bytes that a model of `size` bytes needs to run, roughly.

    The weights, and a fifth on top: the context's cache grows with the model.
    """
    return size + size // 5 + _PROCESS


def can_fit(size: int, memory: Memory) -> bool:
    """Whether the machine can hold the model at all, beside Home Assistant."""
    return not (size and memory.total) or needed(size) <= memory.total - _HOME_ASSISTANT


def fits_now(size: int, memory: Memory) -> bool:
    """Whether so much is free just now. True where size or memory are not known."""
    return not (size and memory.free) or needed(size) <= memory.free


def in_mb(size: int, memory: Memory) -> dict[str, str]:
    """What an error says of it: `needed_mb`, rounded up, and `free_mb`, rounded down."""
    mb = 1_000_000
    return {"needed_mb": str(-(-needed(size) // mb)), "free_mb": str(memory.free // mb)}


@asynccontextmanager
async def explained(model: Path) -> AsyncIterator[None]:
    """Around asking a worker for the model in the file `model`.

    Where memory was too little, raises MemoryShortError with what is needed and what is free. The
    error stays as it is where that is not known, or would explain nothing: a process that took the
    memory for a moment, or another limit.
    """
    try:
        yield
    except WorkerOutOfMemoryError as err:
        numbers = await asyncio.to_thread(_shortage, model)
        if numbers is None:
            raise
        text = "{}: {needed_mb} MB are needed, {free_mb} MB are free".format(err, **numbers)
        raise MemoryShortError(text, **err.placeholders | numbers) from err


def _shortage(model: Path) -> dict[str, str] | None:
    """The numbers, where less is free than is needed."""
    try:
        size = model.stat().st_size
    except OSError:
        return None
    here = memory_here()
    return None if fits_now(size, here) else in_mb(size, here)
