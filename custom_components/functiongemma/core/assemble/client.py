"""HTTP by the standard library: certificates and proxies as configured, downloads that resume."""

from __future__ import annotations

import base64
import http.client
import re
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from ..errors import DownloadError
from .progress import Reporter

_CHUNK_BYTES: Final = 256 << 10
_PAGE_BYTES: Final = 16 << 20
_USER_AGENT: Final = "functiongemma-home-assistant"

_BROKEN: Final = (OSError, http.client.HTTPException)
_TEMPORARY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})

T = TypeVar("T")


class _InterruptedError(Exception):
    """The connection or the server failed in a way that may pass. No OSError: those are the disk's
    here.
    """


class _RangeRefusedError(_InterruptedError):
    """The server has no bytes where ours end."""


@dataclass(frozen=True)
class Patience:
    """How long a download waits, and how often it tries again."""

    timeout: float = 30.0
    """Seconds without a byte until the connection counts as dead."""
    attempts: int = 5
    """Tries in a row that bring nothing until the download fails; one that brings bytes starts the
    count again.
    """
    pause: float = 1.0
    """Seconds before the second try, doubled each time."""


class Client:
    """Fetches pages and files over HTTP."""

    def __init__(
        self, reporter: Reporter, patience: Patience, certificates: Iterable[str] = ()
    ) -> None:
        self._reporter = reporter
        self._patience = patience
        handler = urllib.request.HTTPSHandler(context=_ssl_context(certificates))
        self._opener = urllib.request.build_opener(handler)

    def page(self, url: str, accept: str) -> tuple[str, str, bytes]:
        """Fetch a small page: (final URL, content type, body). Raises DownloadError."""

        def fetch() -> tuple[str, str, bytes]:
            with self._open(url, {"Accept": accept}) as response:
                body = _reading(response.read, _PAGE_BYTES)
                return response.geturl(), response.headers.get_content_type(), body

        return self._patiently(url, fetch, lambda: 0)

    def size(self, url: str) -> int:
        """The length of a file in bytes. Raises DownloadError."""

        def fetch() -> int:
            with self._open(url, {}) as response:
                return int(response.headers.get("Content-Length") or 0)

        return self._patiently(url, fetch, lambda: 0)

    def download(self, url: str, target: Path, size: int, on_bytes: Callable[[int], None]) -> None:
        """Bring `target` to `size` bytes, going on where an earlier call stopped.

        `on_bytes` hears the length of `target` after every chunk. Raises DownloadError where the
        server refuses, offers a file of another size, or stays away; AssembleCancelledError;
        OSError where writing fails. What has arrived is kept.
        """
        if _length(target) > size:
            target.unlink()

        def fetch() -> None:
            if (have := _length(target)) < size:
                try:
                    self._append(url, target, have, size, on_bytes)
                except _RangeRefusedError:
                    target.unlink(missing_ok=True)
                    raise

        self._patiently(url, fetch, lambda: _length(target))

    def _append(
        self, url: str, target: Path, have: int, size: int, on_bytes: Callable[[int], None]
    ) -> None:
        with self._open(url, {"Range": f"bytes={have}-"} if have else {}) as response:
            if response.status == 206:
                _check_range(url, response.headers.get("Content-Range", ""), have, size)
            else:
                have = 0  # The server knows no ranges: from the start.
                length = response.headers.get("Content-Length")
                if length is not None and length != str(size):
                    raise DownloadError(f"{_public(url)} is {length} bytes long, expected {size}")
            with target.open("ab" if have else "wb") as out:
                while have < size:
                    # read1, as read would lose what it holds when the connection breaks.
                    if not (chunk := _reading(response.read1, min(_CHUNK_BYTES, size - have))):
                        raise _InterruptedError("the connection closed before the end of the file")
                    out.write(chunk)
                    have += len(chunk)
                    on_bytes(have)

    def _open(self, url: str, headers: dict[str, str]) -> Any:
        self._reporter.check()
        address, authorization = _split_credentials(url)
        if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
            raise DownloadError(f"{_public(url)} is not an HTTP address")
        # identity: a compressed transfer would make lengths and ranges mean something else.
        fixed = {"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"}
        request = urllib.request.Request(address, headers=fixed | headers)
        if authorization:
            request.add_unredirected_header("Authorization", authorization)
        try:
            return self._opener.open(request, timeout=self._patience.timeout)
        except urllib.error.HTTPError as err:
            err.close()
            if err.code == 416 and "Range" in headers:
                raise _RangeRefusedError(f"{err.code} {err.reason}") from err
            if err.code in _TEMPORARY:
                raise _InterruptedError(f"{err.code} {err.reason}") from err
            raise DownloadError(f"{_public(url)}: {err.code} {err.reason}") from err
        except _BROKEN as err:
            reason = err.reason if isinstance(err, urllib.error.URLError) else err
            if isinstance(reason, ssl.SSLCertVerificationError):
                raise DownloadError(f"{_public(url)}: {reason}") from err
            raise _InterruptedError(str(reason) or type(reason).__name__) from err

    def _patiently(self, url: str, fetch: Callable[[], T], length: Callable[[], int]) -> T:
        """Call `fetch` until it gives an answer; a try after which `length` has grown was not in
        vain."""
        tries = 0
        while True:
            before = length()
            try:
                return fetch()
            except _InterruptedError as err:
                tries = 1 if length() > before else tries + 1
                if tries >= self._patience.attempts:
                    raise DownloadError(f"{_public(url)}: {err}") from err
            self._pause(self._patience.pause * 2 ** (tries - 1))

    def _pause(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._reporter.check()
            time.sleep(min(left, 0.2))


def _reading(read: Callable[[int], bytes], count: int) -> bytes:
    try:
        return read(count)
    except _BROKEN as err:
        raise _InterruptedError(str(err) or type(err).__name__) from err


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _check_range(url: str, content_range: str, start: int, size: int) -> None:
    """Refuse an answer that does not begin where our file ends: appending it would spoil the
    file."""
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", content_range.strip())
    if match is None or int(match[1]) != start:
        raise _RangeRefusedError(f"asked for bytes from {start}, got {content_range!r}")
    if match[2] not in ("*", str(size)):
        raise DownloadError(f"{_public(url)} is {match[2]} bytes long, expected {size}")


def _split_credentials(url: str) -> tuple[str, str | None]:
    """(URL without user and password, value of an Authorization header or None)."""
    parts = urllib.parse.urlsplit(url)
    if parts.username is None:
        return url, None
    user = urllib.parse.unquote(parts.username)
    password = urllib.parse.unquote(parts.password or "")
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), f"Basic {token}"


def _public(url: str) -> str:
    """The URL as it may appear in a log: no password, no signed query."""
    return (
        urllib.parse.urlsplit(_split_credentials(url)[0])._replace(query="", fragment="").geturl()
    )


def _ssl_context(certificates: Iterable[str]) -> ssl.SSLContext:
    """The system's certificates (SSL_CERT_FILE and SSL_CERT_DIR included), and those configured for
    pip.
    """
    context = ssl.create_default_context()
    for name in certificates:
        path = Path(name)
        if path.is_file():
            context.load_verify_locations(cafile=name)
        elif path.is_dir():
            context.load_verify_locations(capath=name)
    return context
