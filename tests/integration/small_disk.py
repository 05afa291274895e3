"""A small disk: a file system in memory, mounted where only one command and its children see it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def on_a_small_disk(folder: Path, megabytes: int) -> list[str]:
    """A command that runs another, its arguments, with a disk of this size at `folder`.

    Skips where this machine does not let us mount one; where CI is set it fails instead, because
    there nobody would notice that no disk is ever filled.
    """
    mount = f'mount -t tmpfs -o size={megabytes}m tmpfs "{folder}" && exec "$@"'
    command = ["unshare", "-rm", "sh", "-c", mount, "sh"]
    if (refused := _refusal(command)) is not None:
        message = f"this machine does not let us mount a small disk: {refused}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return command


def _refusal(command: list[str]) -> str | None:
    """Why the command cannot be run; None: it can."""
    if shutil.which(command[0]) is None:
        return f"there is no {command[0]}"
    done = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    return (done.stderr.strip() or f"exit status {done.returncode}") if done.returncode else None
