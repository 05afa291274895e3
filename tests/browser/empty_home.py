"""A Home Assistant that nobody has used yet: `scripts/demo --serve --empty` as a process."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

#: Home Assistant's Python; the one that runs this has only Playwright.
PYTHON: Final = ROOT / ".venv" / "bin" / "python"

_START: Final = 600.0
_STOP: Final = 60.0
#: Characters of what it printed that are told when something went wrong.
_TOLD: Final = 3000


@contextmanager
def empty_home(hub: str) -> Iterator[str]:
    """Its address; `hub`: address of what it takes for Hugging Face.

    Raises RuntimeError, with what it printed, when it does not start.
    """
    port = _free_port()
    proxies = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    environment = {key: value for key, value in os.environ.items() if key not in proxies}
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [PYTHON, "-m", "demo", "--serve", "--empty", "--port", str(port)],
            cwd=ROOT,
            env={**environment, "PYTHONPATH": str(ROOT), "HF_ENDPOINT": hub},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            if not _wait(process, f"{url}/api/onboarding"):
                output.seek(0)
                raise RuntimeError(f"Home Assistant does not start:\n{output.read()}")
            yield url
        except Exception as error:
            output.seek(0)
            error.add_note(f"Home Assistant printed:\n{output.read()[-_TOLD:]}")
            raise
        finally:
            process.terminate()
            try:
                process.wait(_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], url: str) -> bool:
    """Until it answers; False when it ended instead, or took too long."""
    give_up = time.monotonic() + _START
    while process.poll() is None and time.monotonic() < give_up:
        try:
            with urllib.request.urlopen(url, timeout=10):
                return True
        except OSError:
            time.sleep(0.5)
    return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
