"""Wheel files on this machine: which of them can be used here, and why others cannot."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from .machine import Machine
from .pins import PACKAGE


@dataclass(frozen=True)
class Found:
    """What lies in a folder of wheels."""

    usable: tuple[Path, ...]
    """The best first."""
    refused: tuple[str, ...]
    """A sentence for each file that does not fit."""


def find_wheels(folder: Path, machine: Machine, versions: tuple[str, ...]) -> Found:
    """Look through the wheel files of `folder`. Blocks."""
    usable: list[tuple[int, str, Path]] = []
    refused: list[str] = []
    for path in sorted(folder.glob("*.whl")) if folder.is_dir() else ():
        reason = refusal(path, machine, versions)
        if reason is None:
            rank = machine.rank(parse_wheel_filename(path.name)[3])
            assert rank is not None
            usable.append((rank, path.name, path))
        else:
            refused.append(reason)
    return Found(tuple(path for _, _, path in sorted(usable)), tuple(refused))


def refusal(path: Path, machine: Machine, versions: tuple[str, ...]) -> str | None:
    """Why a wheel file cannot be used, as a sentence; None: it can, by all that its name says."""
    try:
        name, version, _, tags = parse_wheel_filename(path.name)
    except InvalidWheelFilename:
        return (
            f"{path.name} does not have a wheel's name (it must be the name it was published with)"
        )
    if name != canonicalize_name(PACKAGE):
        return f"{path.name} is not {PACKAGE}"
    # A build such as 0.3.36+cpu is that version.
    if version.public not in versions:
        return f"{path.name} is version {version.public}, and {versions[0]} is needed"
    if machine.rank(tags) is None:
        made_for = ", ".join(sorted({str(tag) for tag in tags}))
        return f"{path.name} is made for {made_for}, which is not this machine"
    if not zipfile.is_zipfile(path):
        return f"{path.name} is damaged or incomplete"
    return None


def wanted_name(machine: Machine, version: str) -> str:
    """What the name of a wheel for this machine looks like."""
    family = {"glibc": "manylinux", "musl": "musllinux"}.get(machine.libc, machine.system.lower())
    return f"llama_cpp_python-{version}-py3-none-{family}_*_{machine.architecture}.whl"
