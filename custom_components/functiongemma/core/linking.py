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

_COMMA: Final = ","
_COMMAS: Final = re.compile("[,;:.!?、，；：。！？]")
#: What goes on behind what is left out in Chinese: "(all) others", the object before its verb.
_UNSPACED_END: Final = re.compile("以外|之外|[都全把]|其[他它]")
#: "Out of the house" leaves nothing out, nor does "out of order".
_IDIOMS: Final = re.compile("außer (?:haus|betrieb|dienst|atem)\\b")


@dataclass(frozen=True)
class Table:
    """What links."""

    exceptions: dict[str, list[str]]
    """By where what is left out stands: `after` or `before`; `perhaps` where it also says less."""

    more: re.Pattern[str]
    """At the beginning of what follows one of several things, `plain`."""

    between: re.Pattern[str]
    """Between several things: a comma, or "and" where words are set apart by spaces."""


@cache
def load() -> Table:
    """The table, read from its file the first time."""
    data = json.loads(PATH.read_text(encoding="utf-8"))
    more = "|".join(
        re.escape(word) if is_unspaced(word) else rf"\s+{re.escape(word)}(?!\w)"
        for word in data["and"]
    )
    spaced = "|".join(re.escape(folded(word)) for word in data["and"] if not is_unspaced(word))
    between = re.compile(rf"\s*{_COMMA}\s*|\s+(?:{spaced})\s+")
    return Table(data["except"], re.compile(rf"(?:{more})\s*"), between)


def has_exception(sentence: str) -> bool:
    """Whether a sentence may leave something out: "all but …"."""
    return any(True for _ in _exceptions(_folded(sentence), certain=False))


def left_out(sentence: str) -> list[list[str]]:
    """What a sentence says, small, that is certainly left out: each time in pieces.

    The first piece is next to the word that leaves it out; whether the others belong to it, only
    who knows the names can tell: "except the hall, the attic and turn off the fan".
    """
    text = _folded(sentence)
    found = []
    for start, end, before in _exceptions(text, certain=True):
        part = text[:start] if before else _UNSPACED_END.split(text[end:], maxsplit=1)[0]
        pieces = [piece.strip() for piece in load().between.split(part) if piece.strip()]
        found.append(pieces[::-1] if before else pieces)
    return [pieces for pieces in found if pieces]


def _folded(sentence: str) -> str:
    """`folded`, with commas."""
    return f" {_COMMA} ".join(map(folded, _COMMAS.split(sentence)))


def _exceptions(text: str, *, certain: bool) -> Iterator[tuple[int, int, bool]]:
    """Where what leaves out stands in a `_folded` text; and whether it follows what it is for."""
    for side, phrases in load().exceptions.items():
        before = side.startswith("before")
        if certain and side.endswith("perhaps"):
            continue
        for phrase in phrases:
            edge = "" if is_unspaced(phrase) else r"\b"
            match = re.search(f"{edge}{re.escape(phrase)}{edge}", text)
            if match and not _IDIOMS.match(text, match.start()):
                yield match.start(), match.end(), before
