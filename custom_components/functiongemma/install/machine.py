"""What is here: all that decides which build of llama-cpp-python can run on this machine."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.tags import Tag, sys_tags

from .cgroup import read_limits

#: Instructions llama.cpp has kernels for, as /proc/cpuinfo spells them. Others make no difference,
#: and a new kernel that names more of those must not look like another processor.
_FEATURES: Final = frozenset(
    "asimd asimddp asimdhp i8mm sve sve2 sme "
    "sse3 ssse3 sse4_1 sse4_2 avx avx2 avx_vnni bmi2 f16c fma amx_bf16 amx_int8 "
    "avx512f avx512bw avx512vl avx512vbmi avx512_vnni avx512_bf16".split()
)
_LIBCS: Final = {"manylinux": "glibc", "musllinux": "musl"}

#: A limit beyond this many bytes is none, on a machine that does not tell its memory.
_NO_LIMIT: Final = 1 << 50

C_COMPILERS: Final = ("cc", "gcc", "clang")
CXX_COMPILERS: Final = ("c++", "g++", "clang++")


@dataclass(frozen=True)
class Memory:
    """How much memory there is, in bytes; 0 where the system does not tell."""

    total: int
    free: int
    """What a new program can have without anything being written to a swap file."""


@dataclass(frozen=True)
class Machine:
    """This computer, as far as an installation depends on it."""

    system: str
    """Such as `Linux`."""
    architecture: str
    """Such as `aarch64` or `x86_64`."""
    libc: str
    """`glibc`, `musl`, or `unknown` where Python does not say, as on other systems."""
    libc_version: str
    """Such as `2.36`; empty where unknown."""
    features: frozenset[str]
    """The processor's instructions that llama.cpp can use."""
    python: str
    """Such as `3.14.2`."""
    abi: str
    """Python's ABI, such as `cpython-314-aarch64-linux-musl`."""
    tags: tuple[Tag, ...]
    """What a wheel may be made for, the most specific first."""
    compiler: bool
    """Whether there are a C and a C++ compiler."""
    cmake: bool
    free_disk: int
    """In bytes, where the configuration is."""
    free_memory: int
    """In bytes; 0 where the system does not tell."""
    cores: int

    @property
    def fingerprint(self) -> str:
        """Equal for machines that can run the same native build."""
        parts = (self.system, self.architecture, self.libc, *sorted(self.features))
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:12]

    def rank(self, tags: frozenset[Tag]) -> int | None:
        """How well a wheel for `tags` fits, 0 the best; None: it does not."""
        return next((rank for rank, tag in enumerate(self.tags) if tag in tags), None)

    def describe(self) -> str:
        """One line for a log or a person."""
        libc = f"{self.libc} {self.libc_version}".strip()
        tools = "a C and C++ compiler" if self.compiler else "no C and C++ compiler"
        tools += ", cmake" if self.cmake else ", no cmake"
        features = " ".join(sorted(self.features)) or "no known extensions"
        return (
            f"{self.system} {self.architecture}, {libc}, {self.cores} cores ({features}), "
            f"Python {self.python} ({self.abi}), {tools}, {self.free_disk / 1e9:.1f} GB disk and "
            f"{self.free_memory / 1e9:.1f} GB memory free"
        )


def look_around(
    folder: Path, proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup")
) -> Machine:
    """Describe this machine; `folder` is where things would be installed. Blocks."""
    tags = tuple(sys_tags())
    libc, libc_version = libc_of(tags)
    return Machine(
        system=platform.system(),
        architecture=platform.machine(),
        libc=libc,
        libc_version=libc_version,
        features=read_features(_text(proc / "cpuinfo")),
        python=platform.python_version(),
        abi=str(sysconfig.get_config_var("SOABI") or ""),
        tags=tags,
        compiler=_has(os.environ.get("CC"), C_COMPILERS)
        and _has(os.environ.get("CXX"), CXX_COMPILERS),
        cmake=_has(None, ("cmake",)),
        free_disk=shutil.disk_usage(_existing(folder)).free,
        free_memory=read_memory(proc, cgroup).free,
        cores=os.process_cpu_count() or 1,
    )


def libc_of(tags: tuple[Tag, ...]) -> tuple[str, str]:
    """(libc, version) of the Python that takes wheels for `tags`."""
    for tag in tags:
        kind, _, rest = tag.platform.partition("_")
        if kind in _LIBCS:
            major, minor = rest.split("_")[:2]
            return _LIBCS[kind], f"{major}.{minor}"
    return "unknown", ""


def read_features(cpuinfo: str) -> frozenset[str]:
    """The features in the text of /proc/cpuinfo, `flags` on x86 and `Features` on ARM.

    Cores may differ: only what all of them have counts.
    """
    cores = [
        set(value.split())
        for name, _, value in (line.partition(":") for line in cpuinfo.splitlines())
        if name.strip() in ("flags", "Features")
    ]
    return _FEATURES.intersection(*cores) if cores else frozenset()


def read_memory(proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup")) -> Memory:
    """The memory of this machine, or of the container that has less. Blocks."""
    rows = (line.partition(":") for line in _text(proc / "meminfo").splitlines())
    sizes = {name: int(value.split()[0]) * 1024 for name, _, value in rows if value.strip()}
    total, free = sizes.get("MemTotal", 0), sizes.get("MemAvailable", 0)
    limits = [one for one in read_limits(proc, cgroup) if one.total < (total or _NO_LIMIT)]
    if not limits:
        return Memory(total, free)
    left = min(one.free for one in limits)
    # Nothing left is known to be nothing, and 0 would be unknown.
    return Memory(min(one.total for one in limits), max(min(free or left, left), 1))


def _has(configured: str | None, names: tuple[str, ...]) -> bool:
    # CC may hold arguments too: "gcc -m64".
    wanted = (configured.split()[0],) if configured and configured.strip() else names
    return any(shutil.which(name) for name in wanted)


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
