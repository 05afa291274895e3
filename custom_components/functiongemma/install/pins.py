"""What may be downloaded: files with known hashes, from `wheels.json` beside this module.

`scripts/lib/pin_wheels.py` writes that file. A file whose hash nobody has seen is not in it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from packaging.tags import Tag
from packaging.utils import parse_wheel_filename

from .machine import Machine

PACKAGE: Final = "llama-cpp-python"
PINS: Final = Path(__file__).with_name("wheels.json")


@dataclass(frozen=True)
class PinnedFile:
    """A file whose content is known."""

    file: str
    """Its name."""
    sha256: str
    """In hexadecimal."""
    size: int
    """In bytes."""
    url: str | None = None
    """Where it is; None: the package index lists it."""
    needs: frozenset[str] = frozenset()
    """Features the processor must have, as in `Machine.features`."""

    @property
    def tags(self) -> frozenset[Tag]:
        """What a wheel is made for."""
        return parse_wheel_filename(self.file)[3]


@dataclass(frozen=True)
class Pins:
    """All that may be downloaded, and what counts as good."""

    versions: tuple[str, ...]
    """Versions of llama-cpp-python the engine works with, the one to install first."""
    source: PinnedFile
    wheels: tuple[PinnedFile, ...]

    def best(self, machine: Machine) -> list[PinnedFile]:
        """Wheels that fit, the one that uses most of the processor first."""
        fitting = [
            (-len(wheel.needs), rank, wheel)
            for wheel in self.wheels
            if wheel.needs <= machine.features and (rank := machine.rank(wheel.tags)) is not None
        ]
        return [wheel for _, _, wheel in sorted(fitting, key=lambda found: found[:2])]


@cache
def read_pins(path: Path = PINS) -> Pins:
    """Read the data file. Blocks, once."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Pins(tuple(data["versions"]), _file(data["source"]), tuple(map(_file, data["wheels"])))


def _file(data: dict[str, Any]) -> PinnedFile:
    return PinnedFile(
        data["file"],
        data["sha256"],
        data["size"],
        data.get("url"),
        frozenset(data.get("needs", ())),
    )
