"""Runs tests in a process of their own: in another environment, or on another disk.

All of a file in one process, because starting one takes longer than most of the tests. What came of
each is then asserted by a test of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_OUTCOME = re.compile(r"^\S+::(\S+) (PASSED|FAILED|ERROR|SKIPPED)", re.MULTILINE)


class Outcomes:
    """What came of the tests of one file."""

    def __init__(self, python: Sequence[str | Path], file: str, environ: Mapping[str, str]) -> None:
        """`python`: the command that runs Python. Blocks until all tests are done."""
        command = [*python, "-m", "pytest", "-v", "--show-capture=no"]
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider", f"tests/integration/{file}"],
            cwd=_ROOT,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
        )
        self._said = done.stdout[-30_000:] + done.stderr[-2000:]
        self._found = dict(_OUTCOME.findall(done.stdout))

    def expect(self, name: str) -> None:
        """The test of this name has passed."""
        assert self._found.get(name) == "PASSED", self._said
