"""A small HTTP server on loopback that can misbehave: drop, stall, refuse, redirect, forget
ranges.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Resource:
    """What the server answers for one path."""

    body: bytes = b""
    content_type: str = "application/octet-stream"
    ranges: bool = True
    """Answers Range requests with 206."""
    drop_after: list[int] = field(default_factory=list)
    """Bytes sent before the connection is cut, one entry a request; afterwards all is sent."""
    stall_after: list[int] = field(default_factory=list)
    """Bytes sent before the server falls silent, one entry a request."""
    fail: list[int] = field(default_factory=list)
    """Status codes of the first requests."""
    redirect: str = ""
    password: str = ""
    """`user:password` (base64) the path asks for."""
    on_request: Callable[[], None] | None = None


@dataclass(frozen=True)
class Seen:
    """One request the server got."""

    path: str
    start: int
    """First byte asked for."""
    authorization: str | None


class Server:
    """Serves `resources` on a free port of 127.0.0.1 until closed."""

    def __init__(self) -> None:
        self.resources: dict[str, Resource] = {}
        self.seen: list[Seen] = []
        self.closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()

    def close(self) -> None:
        """Stop, and wait for every thread."""
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def add(self, path: str, resource: Resource) -> Resource:
        """Serve `resource` at `path`."""
        self.resources[path] = resource
        return resource

    def add_index(self, wheels: dict[str, bytes]) -> dict[str, Resource]:
        """Serve wheels as a package index does; returns file name → resource."""
        added = {}
        for filename, wheel in wheels.items():
            project = filename.partition("-")[0].replace("_", "-")
            digest = hashlib.sha256(wheel).hexdigest()
            page = f'<html><a href="../../files/{filename}#sha256={digest}">{filename}</a></html>'
            self.add(f"/simple/{project}/", Resource(page.encode(), "text/html; charset=utf-8"))
            added[filename] = self.add(f"/files/{filename}", Resource(wheel))
        return added

    def count(self, part: str) -> int:
        """How many requests had `part` in their path."""
        return sum(part in seen.path for seen in self.seen)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                # The client may hang up as soon as it has seen enough.
                with contextlib.suppress(ConnectionError):
                    server._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        match = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        start = int(match[1]) if match else 0
        self.seen.append(Seen(request.path, start, request.headers.get("Authorization")))
        resource = self.resources.get(request.path)
        if resource is None:
            request.send_error(404)
            return
        if resource.on_request is not None:
            resource.on_request()
        if (
            resource.password
            and request.headers.get("Authorization") != f"Basic {resource.password}"
        ):
            request.send_error(401)
        elif resource.redirect:
            request.send_response(302)
            request.send_header("Location", resource.redirect)
            request.end_headers()
        elif resource.fail:
            request.send_error(resource.fail.pop(0))
        elif match and resource.ranges and start >= len(resource.body):
            request.send_error(416)
        else:
            self._send(request, resource, start if resource.ranges else 0, bool(match))

    def _send(
        self, request: BaseHTTPRequestHandler, resource: Resource, start: int, ranged: bool
    ) -> None:
        body = resource.body[start:]
        if ranged and resource.ranges:
            request.send_response(206)
            end = len(resource.body)
            request.send_header("Content-Range", f"bytes {start}-{end - 1}/{end}")
        else:
            request.send_response(200)
        request.send_header("Content-Type", resource.content_type)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if resource.drop_after:
            body = body[: resource.drop_after.pop(0)]
        if resource.stall_after:
            request.wfile.write(body[: resource.stall_after.pop(0)])
            request.wfile.flush()
            self.closing.wait(20)
        else:
            request.wfile.write(body)
        request.close_connection = True
