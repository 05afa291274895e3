"""Words that link: what leaves something out ("all but"), and what says that more comes ("and").

Of all languages at once, as people mix them. The table is written by `python -m training.linking`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from .numbers import folded
from .wording import is_unspaced

PATH: Final = Path(__file__).parent / "linking.json"


@dataclass(frozen=True)
class Table:
    """What links."""

    exceptions: dict[str, list[str]]
    """By where what is left out stands: `after` or `before`; `perhaps` where it also says less."""

    more: re.Pattern[str]
    """At the beginning of what follows one of several things, `plain`."""


@cache
def load() -> Table:
    """The table, read from its file the first time."""
    data = json.loads(PATH.read_text(encoding="utf-8"))
    more = "|".join(
        re.escape(word) if is_unspaced(word) else rf"\s+{re.escape(word)}(?!\w)"
        for word in data["and"]
    )
    return Table(data["except"], re.compile(rf"(?:{more})\s*"))


def has_exception(sentence: str) -> bool:
    """Whether a sentence may leave something out: "all but …"."""
    return any(True for _ in _exceptions(folded(sentence), certain=False))


def left_out(sentence: str) -> list[str]:
    """The parts of a sentence, small, that say what is certainly left out."""
    text = folded(sentence)
    found = []
    for start, end, before in _exceptions(text, certain=True):
        found.append(text[:start] if before else text[end:])
    return found


def _exceptions(text: str, *, certain: bool) -> Iterator[tuple[int, int, bool]]:
    """Where what leaves out stands in a `folded` text, and whether what it leaves out is before."""
    for side, phrases in load().exceptions.items():
        before = side.startswith("before")
        if certain and side.endswith("perhaps"):
            continue
        for phrase in phrases:
            edge = "" if is_unspaced(phrase) else r"\b"
            if match := re.search(f"{edge}{re.escape(phrase)}{edge}", text):
                yield match.start(), match.end(), before
