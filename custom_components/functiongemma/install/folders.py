"""Where things lie: what the user put down, what is kept, what is in use.

The runtime has a folder of its own, which only the worker looks into. Nothing is installed among
Home Assistant's packages, so nothing of them can be replaced; and an upgrade of Home Assistant,
which wipes those packages where it runs in a container, leaves the runtime where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folders:
    """The folders an installation deals with."""

    dropped: Path
    """Wheel files the user brought. Only read, and in backups."""
    kept: Path
    """Wheel files that were downloaded or built."""
    runtime: Path
    """The unpacked runtime, with `STAMP` in it when it is complete."""
    work: Path
    """What is unfinished; may be deleted at any time between two installations."""

    @classmethod
    def of(cls, config: Path, cache: Path) -> Folders:
        """`config`: Home Assistant's configuration folder; `cache`: ours, left out of backups."""
        return cls(
            dropped=config / "functiongemma" / "wheels",
            kept=cache / "wheels",
            runtime=cache / "runtime",
            work=cache / "installing",
        )
