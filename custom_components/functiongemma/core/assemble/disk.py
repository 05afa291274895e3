"""Disk space and the lock: what two assemblies, or an assembly and a full disk, do to each
other.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ..errors import DiskFullError
from .progress import Reporter

_LOCK_NAME: Final = ".assemble.lock"
_HASH_BYTES: Final = 8 << 20
_LOCK_POLL_SECONDS: Final = 0.2


def require_free(directory: Path, needed: int) -> None:
    """Raise DiskFullError unless `needed` bytes are free on the disk of `directory`.

    The error's placeholders are `needed` and `free` in bytes, `needed_mb` and `free_mb` in MB.
    """
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise disk_full(needed, free)


@contextmanager
def disk_full_as_error(directory: Path, needed: int) -> Iterator[None]:
    """Turn the OSError of a full disk, or of a used-up quota, into DiskFullError."""
    try:
        yield
    except OSError as err:
        if err.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise disk_full(needed, shutil.disk_usage(directory).free) from err


def disk_full(needed: int, free: int) -> DiskFullError:
    """The error for a disk with `free` bytes, where `needed` are."""
    needed_mb, free_mb = -(-needed // 1_000_000), free // 1_000_000
    return DiskFullError(
        f"The disk is full: {needed_mb} MB are needed, {free_mb} MB are free",
        needed=needed,
        free=free,
        needed_mb=needed_mb,
        free_mb=free_mb,
    )


@contextmanager
def locked(directory: Path, reporter: Reporter) -> Iterator[None]:
    """Hold the lock of `directory`, waiting for another thread or process that has it.

    The kernel lets go of the lock when its holder dies, so a leftover file never blocks. While
    waiting, a wish to cancel raises AssembleCancelledError.
    """
    descriptor = os.open(directory / _LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                reporter.check()
                time.sleep(_LOCK_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def sha256_of(path: Path, reporter: Reporter | None = None) -> str:
    """SHA-256 of a file, in hexadecimal; reported as the stage `verify` where a reporter is
    given."""
    digest = hashlib.sha256()
    total, done = path.stat().st_size, 0
    with path.open("rb") as stream:
        while data := stream.read(_HASH_BYTES):
            digest.update(data)
            done += len(data)
            if reporter is not None:
                reporter.report("verify", done, total)
    return digest.hexdigest()
