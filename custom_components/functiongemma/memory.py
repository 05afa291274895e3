"""Whether a model fits this machine's memory: an estimate from the size of its file.

What the worker takes beside the weights was measured: docs/performance.md, "Memory".
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .install.machine import Memory, read_memory

#: Python, numpy, llama.cpp and its buffers, and the home that was read, in bytes.
_PROCESS: Final = 280_000_000
#: What Home Assistant and the system never give up, in bytes.
_HOME_ASSISTANT: Final = 400_000_000
_PROC: Final = Path("/proc")


def memory_here() -> Memory:
    """This machine's memory. Blocks."""
    return read_memory(_PROC)


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
