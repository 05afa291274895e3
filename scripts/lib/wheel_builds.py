"""The builds of llama-cpp-python that wheels are made of, and their CMake arguments."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Build:
    """One build for a kind of processors."""

    cpu: str
    """What it is called; part of the wheel's build number."""
    architecture: str
    """As wheels and Linux call it."""
    needs: tuple[str, ...]
    """Features a processor must have, as /proc/cpuinfo spells them."""
    arguments: tuple[str, ...]
    """Of CMake."""


def _x86(*instructions: str) -> tuple[str, ...]:
    known = ("SSE42", "AVX", "AVX2", "FMA", "F16C", "BMI2")
    return tuple(f"-DGGML_{name}={'ON' if name in instructions else 'OFF'}" for name in known)


#: Instruction sets are named one by one: what ggml takes without GGML_NATIVE depends on whether
#: it is cross-compiled, and is AVX2 on x86 otherwise, which many small machines lack.
BUILDS: Final = {
    build.cpu: build
    for build in (
        Build("pi4", "aarch64", (), ("-DGGML_CPU_ARM_ARCH=armv8-a",)),
        Build(
            "pi5",
            "aarch64",
            ("asimddp", "asimdhp"),
            ("-DGGML_CPU_ARM_ARCH=armv8.2-a+dotprod+fp16",),
        ),
        Build("x86-64-v2", "x86_64", ("sse4_2",), _x86("SSE42")),
        Build(
            "x86-64-v3",
            "x86_64",
            ("avx2", "bmi2", "f16c", "fma"),
            _x86("SSE42", "AVX", "AVX2", "FMA", "F16C", "BMI2"),
        ),
    )
}

#: Of all builds. Only the library: no tools, server, tests, examples, and nothing that downloads.
#: No OpenMP: libgomp is one library more, which Home Assistant's container need not have. No
#: numbers in the libraries' names: wheels hold no links, each name would be a copy. The C++ library
#: is linked in, its version differs between systems.
COMMON: Final = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DBUILD_SHARED_LIBS=ON",
    "-DGGML_NATIVE=OFF",
    "-DGGML_OPENMP=OFF",
    "-DGGML_CCACHE=OFF",
    "-DLLAMA_BUILD_COMMON=OFF",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_TOOLS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_SERVER=OFF",
    "-DLLAMA_BUILD_APP=OFF",
    "-DLLAMA_OPENSSL=OFF",
    "-DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON",
    "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON",
    "-DCMAKE_INSTALL_RPATH=$ORIGIN",
    "-DCMAKE_SHARED_LINKER_FLAGS=-static-libstdc++ -static-libgcc -s",
)


def compilers(architecture: str) -> tuple[str, ...]:
    """CMake's arguments for a compiler that makes code for `architecture`.

    `CC` and `CXX` come first, otherwise the machine's own, or Debian's and Fedora's cross compiler.
    Raises FileNotFoundError.
    """
    own = platform.machine() == architecture
    prefix = "" if own else f"{architecture.replace('_', '-')}-linux-gnu-"
    default = ("cc", "c++") if own else (f"{prefix}gcc", f"{prefix}g++")
    names = (os.environ.get("CC") or default[0], os.environ.get("CXX") or default[1])
    for name in names:
        if shutil.which(name) is None:
            raise FileNotFoundError(f"no compiler for {architecture}: {name} is missing")
    found = (f"-DCMAKE_C_COMPILER={names[0]}", f"-DCMAKE_CXX_COMPILER={names[1]}")
    if own:
        return found
    return (*found, "-DCMAKE_SYSTEM_NAME=Linux", f"-DCMAKE_SYSTEM_PROCESSOR={architecture}")
