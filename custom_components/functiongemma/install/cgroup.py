"""What a container, or a service with a limit, leaves of the machine's memory: cgroup files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final


@dataclass(frozen=True)
class _Files:
    """Names in a group's folder, and in its `memory.stat`; the first that is there counts."""

    limit: str
    used: str
    reclaimable: tuple[str, ...]


_V2: Final = _Files("memory.max", "memory.current", ("inactive_file",))
#: Use is counted with that of the groups below, so their cache is wanted too.
_V1: Final = _Files(
    "memory.limit_in_bytes", "memory.usage_in_bytes", ("total_inactive_file", "inactive_file")
)


@dataclass(frozen=True)
class Limit:
    """One group's share, in bytes. Without a limit of its own, version 1 gives a huge number."""

    total: int
    free: int
    """What is not used; a cache of files that can be given back is not in use. 0 or more."""


def read_limits(proc: Path, root: Path) -> list[Limit]:
    """The limits this process is under, its own group's and those above. Blocks.

    `proc` is /proc and `root` /sys/fs/cgroup. What cannot be read is no limit.
    """
    read = (_limit(folder, files) for folder, files in _groups(proc, root))
    return [limit for limit in read if limit is not None]


def _groups(proc: Path, root: Path) -> Iterator[tuple[Path, _Files]]:
    """Folders of the process's groups, which may be mounted in a container by another path."""
    for line in _text(proc / "self" / "cgroup").splitlines():
        controllers, _, path = line.partition(":")[2].partition(":")
        if not controllers:
            mounted, files = root, _V2
        elif "memory" in controllers.split(","):
            mounted, files = root / "memory", _V1
        else:
            continue
        own = PurePosixPath(path.lstrip("/"))
        for group in (own, *own.parents) if ".." not in own.parts else (PurePosixPath(),):
            yield mounted / group, files


def _limit(folder: Path, files: _Files) -> Limit | None:
    try:
        total, used = (int(_text(folder / name)) for name in (files.limit, files.used))
    except ValueError:
        return None  # "max", or there is no such file
    rows = (line.split() for line in _text(folder / "memory.stat").splitlines())
    stat = {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdecimal()}
    cache = next((stat[name] for name in files.reclaimable if name in stat), 0)
    return Limit(total, max(total - max(used - cache, 0), 0))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
