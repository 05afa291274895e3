"""A small Hugging Face Hub on loopback: lists files, serves them, guards them, and breaks off.

Answers what `huggingface_hub` asks, with the headers it reads: paths and headers as in
https://huggingface.co/docs/hub/api.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"

#: Opens every private and gated repository.
GOOD_TOKEN = "hf_right"
#: An account's, but one that has accepted no terms.
OTHER_TOKEN = "hf_other"
#: Of an account that has accepted them, and without the right to read what is gated.
NARROW_TOKEN = "hf_narrow"


@dataclass
class Repository:
    """A repository and how it behaves."""

    files: dict[str, bytes] = field(default_factory=dict)
    gated: bool = False
    private: bool = False
    sha256: str | None = None
    """Hash the hub claims, instead of the true one."""
    size: int | None = None
    """Size the hub claims, instead of the true one."""
    listed: dict[str, int] = field(default_factory=dict)
    """Sizes in the listing, instead of the true ones."""
    pause_after: list[int] = field(default_factory=list)
    """Bytes sent before the hub falls silent until `Hub.go_on` is set; one entry a download."""
    cut_after: int | None = None
    """Bytes sent of the next download before the network is cut (`Hub.offline`)."""


@dataclass(frozen=True)
class Seen:
    """One request."""

    method: str
    path: str
    start: int
    """First byte asked for."""
    token: str | None


class Hub:
    """Serves `repositories` on a free port of 127.0.0.1 until closed."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.seen: list[Seen] = []
        self.paused = threading.Event()
        self.go_on = threading.Event()
        self.offline = False
        """Every connection is closed without an answer."""
        self.page: bytes | None = None
        """What is answered to everything, as the log-in page of a Wi-Fi is."""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()

    def close(self) -> None:
        """Stop, and wait for every thread; closed twice is closed."""
        self.go_on.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
            self._http.server_close()

    def add(self, name: str, repository: Repository) -> Repository:
        """Serve a repository as `owner/name`."""
        self.repositories[name] = repository
        return repository

    def downloads(self) -> list[Seen]:
        """Requests for the bytes of a file."""
        return [seen for seen in self.seen if seen.method == "GET" and "/resolve/" in seen.path]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if hub.offline:
                    self.close_connection = True
                elif hub.page is not None:
                    _send_page(self, hub.page)
                else:
                    hub._answer(self)

            do_HEAD = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = urllib.parse.unquote(urllib.parse.urlsplit(request.path).path)
        ranged = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        start = int(ranged[1]) if ranged else 0
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or None
        self.seen.append(Seen(request.command, path, start, token))
        if match := re.fullmatch(r"/api/models/([^/]+/[^/]+)", path):
            if (repository := self._open(request, match[1], token)) is not None:
                self._send_info(request, match[1], repository)
        elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/main/(.+)", path):
            repository = self._open(request, match[1], token)
            if repository is not None and self._passes_gate(request, repository, token):
                self._send_file(request, repository, match[2], start, bool(ranged))
        else:
            _refuse(request, 404)

    def _open(
        self, request: BaseHTTPRequestHandler, name: str, token: str | None
    ) -> Repository | None:
        """The repository, unless there is none or the asker may not know of it."""
        if token not in (None, GOOD_TOKEN, OTHER_TOKEN, NARROW_TOKEN):
            _refuse(request, 401, message="Invalid credentials in Authorization header")
            return None
        repository = self.repositories.get(name)
        if repository is None or (repository.private and token != GOOD_TOKEN):
            _refuse(request, 404 if token else 401, code="RepoNotFound")
            return None
        return repository

    def _passes_gate(
        self, request: BaseHTTPRequestHandler, repository: Repository, token: str | None
    ) -> bool:
        if repository.gated and token == NARROW_TOKEN:
            # No code: the client then speaks of the token's permissions, and of no gate.
            _refuse(request, 403, message="Please enable access to public gated repositories")
            return False
        if repository.gated and token != GOOD_TOKEN:
            _refuse(request, 403 if token else 401, code="GatedRepo")
            return False
        return True

    def _send_info(
        self, request: BaseHTTPRequestHandler, repository_name: str, repository: Repository
    ) -> None:
        rows = []
        for name, data in repository.files.items():
            sha256 = hashlib.sha256(data).hexdigest()
            size = repository.listed.get(name, len(data))
            large = {"sha256": sha256, "size": size, "pointerSize": 134}
            rows.append({"rfilename": name, "blobId": COMMIT, "size": size, "lfs": large})
        info = {"id": repository_name, "sha": COMMIT, "gated": repository.gated and "manual"}
        body = json.dumps({**info, "private": repository.private, "siblings": rows}).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _send_file(
        self,
        request: BaseHTTPRequestHandler,
        repository: Repository,
        name: str,
        start: int,
        ranged: bool,
    ) -> None:
        data = repository.files.get(name)
        if data is None:
            _refuse(request, 404, code="EntryNotFound")
            return
        sha256 = repository.sha256 or hashlib.sha256(data).hexdigest()
        size = len(data) if repository.size is None else repository.size
        request.send_response(206 if ranged else 200)
        request.send_header("X-Repo-Commit", COMMIT)
        request.send_header("X-Linked-Etag", f'"{sha256}"')
        request.send_header("X-Linked-Size", str(size))
        request.send_header("ETag", f'"{sha256}"')
        request.send_header("Content-Length", str(len(data) - start))
        if ranged:
            request.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        request.end_headers()
        if request.command == "GET":
            self._send_body(request, repository, data[start:])

    def _send_body(
        self, request: BaseHTTPRequestHandler, repository: Repository, body: bytes
    ) -> None:
        if repository.pause_after:
            first = repository.pause_after.pop(0)
            request.wfile.write(body[:first])
            request.wfile.flush()
            self.paused.set()
            self.go_on.wait(20)
            body = body[first:]
        if repository.cut_after is not None:
            body, repository.cut_after = body[: repository.cut_after], None
            self.offline = True
        with contextlib.suppress(OSError):  # the client may have left
            request.wfile.write(body)
        request.close_connection = True


def _send_page(request: BaseHTTPRequestHandler, page: bytes) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.send_header("Content-Length", str(len(page)))
    request.end_headers()
    if request.command == "GET":
        request.wfile.write(page)


def _refuse(
    request: BaseHTTPRequestHandler, status: int, *, code: str = "", message: str = ""
) -> None:
    request.send_response(status)
    if code:
        request.send_header("X-Error-Code", code)
    if message:
        request.send_header("X-Error-Message", message)
    request.send_header("Content-Length", "0")
    request.end_headers()
