"""Wheels from built libraries: what they need of a system, and the file with its name.

The wheel says what the libraries say: the newest version of a glibc symbol they ask for, or musl.
https://packaging.python.org/specifications/binary-distribution-format/
https://peps.python.org/pep-0600/ (manylinux), https://peps.python.org/pep-0656/ (musllinux)
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: The C library, in its parts, and the loader: on every system a wheel's tag promises.
_SYSTEM: Final = re.compile(
    r"lib(c|m|dl|pthread|rt)\.so\.6|lib(dl|pthread|rt)\.so\.\d|ld-linux-[\w-]+\.so\.\d"
    r"|libc\.musl-\w+\.so\.1|libc\.so"
)
_NEEDED: Final = re.compile(r"\(NEEDED\).*\[(.+)\]")
_GLIBC: Final = re.compile(r"Name: GLIBC_(\d+)\.(\d+)")
#: musl has no versions of symbols. What the images called musllinux_1_2 build runs on 1.2.
_MUSL: Final = (1, 2)
#: When everything in a wheel was made: the same files give the same wheel.
_TIME: Final = (2026, 1, 1, 0, 0, 0)


class WheelError(Exception):
    """Something that must not become a wheel; the message says why."""


@dataclass(frozen=True)
class Demands:
    """What libraries need of a system."""

    libraries: frozenset[str]
    glibc: tuple[int, int] | None
    """None: no glibc."""

    @property
    def platform(self) -> str:
        """The first part of the platform tag, such as `manylinux_2_28`. Raises WheelError."""
        others = sorted(name for name in self.libraries if not _SYSTEM.fullmatch(name))
        if others:
            raise WheelError(f"the libraries need {', '.join(others)}, which not every system has")
        if self.glibc is not None:
            return "manylinux_{}_{}".format(*self.glibc)
        if not any("musl" in name or name == "libc.so" for name in self.libraries):
            raise WheelError("the libraries need neither glibc nor musl")
        return "musllinux_{}_{}".format(*_MUSL)


def read_demands(libraries: Iterable[Path]) -> Demands:
    """What libraries need besides each other, by `readelf`. Raises CalledProcessError."""
    paths = list(libraries)
    command = ["readelf", "--wide", "--dynamic", "--version-info", *map(str, paths)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return parse_demands(said, {path.name for path in paths})


def parse_demands(said: str, own: set[str]) -> Demands:
    """The same from readelf's output; `own`: names of the libraries themselves."""
    versions = [(int(major), int(minor)) for major, minor in _GLIBC.findall(said)]
    return Demands(frozenset(_NEEDED.findall(said)) - own, max(versions, default=None))


def write_wheel(
    folder: Path, *, version: str, build: str, platform: str, files: Mapping[str, bytes]
) -> Path:
    """Write a wheel for every Python 3 into `folder`; its path.

    `build`: the build number, such as `1pi5`. `platform`: such as `musllinux_1_2_aarch64`. `files`:
    content by name in the wheel, METADATA and licences in `.dist-info` included.
    """
    info = f"llama_cpp_python-{version}.dist-info"
    tag = f"py3-none-{platform}"
    said = f"Wheel-Version: 1.0\nGenerator: build_wheel\nRoot-Is-Purelib: false\nTag: {tag}\n"
    content = {**files, f"{info}/WHEEL": f"{said}Build: {build}\n".encode()}
    record = "".join(f"{name},{_digest(data)},{len(data)}\n" for name, data in content.items())
    content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"llama_cpp_python-{version}-{build}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name.endswith(".so") else 0o644) << 16
            wheel.writestr(entry, data)
    return path


def _digest(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
    return f"sha256={digest.decode()}"
