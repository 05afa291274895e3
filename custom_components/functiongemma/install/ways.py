"""All ways to a runtime on this machine, in order, and the attempt to go one of them.

A wheel the user brought comes first: whoever copies a file here wants it used. Then a ready-made
wheel with a pinned hash, then the source package where a compiler is.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ..core.assemble.progress import AssembleCancelledError, Reporter
from ..core.errors import CoreError, DiskFullError, DownloadError
from .errors import NoRuntimeError
from .fetch import fetch
from .folders import Folders
from .machine import Machine
from .pins import PinnedFile, Pins
from .place import install_wheel
from .source import build, built_folder
from .wheels import Found, find_wheels

_LOGGER = logging.getLogger(__package__)

DROPPED: Final = "dropped"
PINNED: Final = "pinned"
SOURCE: Final = "source"

#: Told a kind of way and the share of it that is done, 0..1.
Progress = Callable[[str, float], None]
#: Share of a way after which only unpacking and trying is left.
_OBTAINED: Final = 0.9


@dataclass(frozen=True)
class Way:
    """One way to a runtime."""

    kind: str
    name: str
    """What is installed."""
    why: str
    """Why this one, for the log and the diagnostics: without paths, which may bear names."""
    file: Path | None = None
    """The wheel, where it is here already."""
    pinned: PinnedFile | None = None
    """What has to be fetched, where it is not."""


def find_ways(machine: Machine, pins: Pins, folders: Folders) -> tuple[list[Way], Found]:
    """Ways in the order they are tried, and what was found in the user's folder. Blocks."""
    dropped = find_wheels(folders.dropped, machine, pins.versions)
    ways = [
        Way(DROPPED, file.name, "it was put there by hand and fits this machine", file)
        for file in dropped.usable
    ]
    pinned = pins.best(machine)
    for wheel in pinned:
        needs = f", and uses {' '.join(sorted(wheel.needs))}" if wheel.needs else ""
        ways.append(
            Way(PINNED, wheel.file, f"it is made for machines like this{needs}", pinned=wheel)
        )
    built = find_wheels(built_folder(folders.kept, machine), machine, pins.versions).usable
    if built:
        ways.append(Way(SOURCE, built[0].name, "it was built on this machine before", built[0]))
    elif machine.compiler:
        why = "this machine has a compiler"
        if not pinned:
            why = "no ready-made package fits this machine, but it has a compiler"
        ways.append(Way(SOURCE, pins.source.file, why, pinned=pins.source))
    return ways, dropped


def install_first(
    machine: Machine, pins: Pins, folders: Folders, reporter: Reporter, progress: Progress
) -> Way:
    """Go the first way that leads anywhere; that way. Blocks, minutes where something is built.

    Raises DiskFullError or DownloadError where a later attempt may do better, NoRuntimeError
    otherwise, and what `reporter.check` raises.
    """
    _LOGGER.debug("This machine: %s", machine.describe())
    ways, dropped = find_ways(machine, pins, folders)
    for reason in dropped.refused:
        _LOGGER.warning(
            "A package file is not used: %s. Take it out of %s, or put one there that fits",
            reason,
            folders.dropped,
        )
    failures: list[tuple[Way, CoreError]] = []
    folders.work.mkdir(parents=True, exist_ok=True)
    for way in ways:
        if failures:
            tried = ", ".join(failed.name for failed, _ in failures)
            way = replace(way, why=f"{way.why}; tried before and not installed: {tried}")
        _LOGGER.info("Installing %s: %s", way.file or way.name, way.why)
        try:
            _go(way, machine, folders, reporter, progress)
        except AssembleCancelledError:
            raise
        except CoreError as err:
            _LOGGER.warning(
                "%s was not installed: %s. If no other way leads there either, the entry or a "
                "repair says what to do",
                way.name,
                err,
            )
            failures.append((way, err))
            continue
        _LOGGER.info("Installed %s", way.name)
        shutil.rmtree(folders.work, ignore_errors=True)
        return way
    raise _failure(failures, dropped, machine)


def _go(
    way: Way, machine: Machine, folders: Folders, reporter: Reporter, progress: Progress
) -> None:
    def tell(share: float) -> None:
        progress(way.kind, share * _OBTAINED)

    tell(0.0)
    if way.file is not None:
        wheel = way.file
    else:
        assert way.pinned is not None
        if way.kind == PINNED:
            wheel = fetch(way.pinned, folders.kept, reporter, tell)
        else:
            wheel = build(way.pinned, folders.kept, folders.work, machine, reporter, tell)
    tell(1.0)
    try:
        install_wheel(wheel, way.kind, folders, machine, reporter, way.why)
    except (DiskFullError, DownloadError):
        raise
    except CoreError:
        if way.kind == SOURCE and way.file is not None:
            # Kept from an earlier time, and of no use any more: the next attempt builds anew.
            wheel.unlink(missing_ok=True)
        raise
    progress(way.kind, 1.0)


def _failure(failures: list[tuple[Way, CoreError]], dropped: Found, machine: Machine) -> CoreError:
    """The error that tells most: what may pass comes before what will not."""
    for kind in (DiskFullError, DownloadError):
        if passing := next((err for _, err in failures if isinstance(err, kind)), None):
            return passing
    reasons = [*dropped.refused, *(f"{way.name}: {err}" for way, err in failures)]
    if not failures:
        reasons.append("there is no ready-made package for it")
        if not machine.compiler:
            reasons.append("it has no C and C++ compiler to build one")
    return NoRuntimeError("; ".join(reasons), attempted=bool(failures))
