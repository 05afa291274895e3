"""What the benchmark says meanwhile, on standard error."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """One line that changes, or on anything but a terminal one line for every stage."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """`stream`: standard error, unless another is given."""
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._began = time.monotonic()
        self._stage = ""

    def __call__(self, stage: str, detail: str = "") -> None:
        """Show `stage`; `detail` is what changes within it, and only a terminal is told."""
        line = f"[{time.monotonic() - self._began:4.0f}s] {stage}"
        if self._terminal:
            shown = f"{line}: {detail}" if detail else line
            print(f"\r\x1b[K{shown[:100]}", end="", file=self._stream, flush=True)
        elif stage != self._stage:
            print(line, file=self._stream, flush=True)
        self._stage = stage

    def line(self, text: str) -> None:
        """A line that stays."""
        self.clear()
        print(text, file=self._stream, flush=True)

    def clear(self) -> None:
        """Take the changing line away."""
        if self._terminal:
            print("\r\x1b[K", end="", file=self._stream, flush=True)
