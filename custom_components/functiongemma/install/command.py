"""Runs a command that may take long: its lines are passed on, and it ends when nobody wants it."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ..core.assemble.progress import Reporter

_POLL_SECONDS: Final = 0.5
_GRACE_SECONDS: Final = 3.0
_CHUNK_BYTES: Final = 1 << 16
_KEPT_LINES: Final = 60
_KEPT_CHARACTERS: Final = 400


class CommandError(Exception):
    """A command that ended with another code than 0; `lines` are the last it said."""

    def __init__(self, code: int, lines: Sequence[str]) -> None:
        super().__init__(f"exit code {code}")
        self.code = code
        self.lines = tuple(lines)


def run(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    reporter: Reporter,
    on_line: Callable[[str], None] = lambda line: None,
) -> str:
    """Run a command to its end; what it said last.

    Standard output and error are one stream of lines. Raises CommandError, what `reporter.check`
    raises (the command and all it started are killed then), and OSError.
    """
    said: deque[str] = deque(maxlen=_KEPT_LINES)

    def hear(line: str) -> None:
        said.append(line[:_KEPT_CHARACTERS])
        on_line(line)

    process = subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        # A group of its own, to end all of it.
        start_new_session=True,
    )
    try:
        _listen(process, reporter, hear)
        code = process.wait()
    except BaseException:
        _end(process)
        raise
    finally:
        assert process.stdout is not None
        process.stdout.close()
    if code:
        raise CommandError(code, tuple(said))
    return "\n".join(said)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command and what it started."""
    with contextlib.suppress(ProcessLookupError):
        # Politely first: ninja's compilers are in groups of their own, and only ninja ends them.
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _listen(
    process: subprocess.Popen[bytes], reporter: Reporter, hear: Callable[[str], None]
) -> None:
    """Pass lines on until the stream ends."""
    assert process.stdout is not None
    stream = process.stdout.fileno()
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            reporter.check()
            if not selector.select(_POLL_SECONDS):
                continue
            if not (data := os.read(stream, _CHUNK_BYTES)):
                break
            *lines, rest = (rest + data).replace(b"\r", b"\n").split(b"\n")
            for line in lines:
                hear(line.decode("utf-8", "replace"))
    if rest:
        hear(rest.decode("utf-8", "replace"))
