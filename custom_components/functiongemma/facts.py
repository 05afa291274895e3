"""The machine and the programs on it, as far as they matter to the model. Everything blocks."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from pathlib import Path
from typing import Any, Final

from packaging.tags import sys_tags

from .core.worker import most_threads
from .install.machine import libc_of

#: Distributions whose versions explain what goes wrong.
_PACKAGES: Final = ("llama-cpp-python", "gguf", "huggingface-hub", "numpy")

#: Instructions that llama.cpp computes faster with, as Linux spells them.
_WORTH_KNOWING: Final = frozenset(
    "sse3 ssse3 sse4_2 avx avx2 avx_vnni avx512f avx512bw avx512_vnni avx512_bf16 f16c fma bmi2 "
    "amx_int8 amx_bf16 asimd asimdhp asimddp fphp i8mm bf16 sve sve2".split()
)


def runtime_version() -> str | None:
    """Version of llama-cpp-python; None where it is not installed."""
    return _version("llama-cpp-python")


def software() -> dict[str, Any]:
    """Python, the C library and the packages that run the model."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "libc": _libc(),
        "packages": {name: _version(name) for name in _PACKAGES},
    }


def machine() -> dict[str, Any]:
    """Processor and memory. Nothing in it tells one machine from another of its kind."""
    cpu = _table("/proc/cpuinfo")
    memory = _table("/proc/meminfo")
    flags = (cpu.get("flags") or cpu.get("Features") or "").split()
    return {
        "architecture": platform.machine(),
        "bits": 64 if sys.maxsize > 2**32 else 32,
        "board": _text("/proc/device-tree/model"),
        "processor": cpu.get("model name"),
        "cores": os.cpu_count(),
        "most_threads": most_threads(),
        "instructions": sorted(_WORTH_KNOWING.intersection(flags)),
        "memory_mb": _megabytes(memory.get("MemTotal")),
        "available_mb": _megabytes(memory.get("MemAvailable")),
    }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _libc() -> str | None:
    """Such as `glibc 2.41`: the one that package files have to be made for."""
    name, version = libc_of(tuple(sys_tags()))
    return f"{name} {version}" if version else None


def _table(path: str) -> dict[str, str]:
    """A file of `key: value` lines; of several values, the first."""
    found: dict[str, str] = {}
    for line in (_text(path) or "").splitlines():
        key, colon, value = line.partition(":")
        if colon:
            found.setdefault(key.strip(), value.strip())
    return found


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip("\0\n ") or None
    except OSError:
        return None


def _megabytes(value: str | None) -> int | None:
    """`8048972 kB` in megabytes."""
    number = (value or "").split()
    return int(number[0]) // 1024 if number and number[0].isdigit() else None
