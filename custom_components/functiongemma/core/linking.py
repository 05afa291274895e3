"""Words that link: what leaves something out ("all but"), and what says that more comes ("and").

Of all languages at once, as people mix them. The table is written by `python -m training.linking`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from .wording import is_unspaced, plain

PATH: Final = Path(__file__).parent / "linking.json"

_COMMA: Final = ","
_COMMAS: Final = re.compile("[,;:.!?、，；：。！？]")
#: What goes on behind what is left out in Chinese: "(all) others", the object before its verb.
_UNSPACED_END: Final = re.compile("以外|之外|[都全把]|其[他它]")
#: "Out of the house" leaves nothing out, nor does "out of order".
#: What stands before it in Japanese and Korean: "of the living room's lights, …".
_TOPIC: Final = re.compile(r"は|[은는](?=\s)|에서(?=\s)|중에?(?=\s)|のうち|の中で")
_TOKENS: Final = re.compile(rf"[^\W\d_]+|\d+|{_COMMA}")
_IDIOMS: Final = re.compile("außer (?:haus|betrieb|dienst|atem)\\b")


@dataclass(frozen=True)
class Table:
    """What links."""

    exceptions: dict[str, list[str]]
    """By where what is left out stands: `after` or `before`; `perhaps` where it also says less."""

    more: re.Pattern[str]
    """At the beginning of what follows one of several things, `plain`."""

    links: tuple[tuple[str, ...], ...]
    """The same, each as its words, where these are set apart by spaces; the longest first."""


@cache
def load() -> Table:
    """The table, read from its file the first time."""
    data = json.loads(PATH.read_text(encoding="utf-8"))
    more = "|".join(
        re.escape(word) if is_unspaced(word) else rf"\s+{re.escape(word)}(?!\w)"
        for word in data["and"]
    )
    spaced = {tuple(plain(word).split()) for word in data["and"] if not is_unspaced(word)}
    links = tuple(sorted(spaced, key=len, reverse=True))
    return Table(data["except"], re.compile(rf"(?:{more})\s*"), links)


def has_exception(sentence: str) -> bool:
    """Whether a sentence may leave something out: "all but …"."""
    return any(True for _ in _exceptions(_folded(sentence), certain=False))


@dataclass(frozen=True)
class LeftOut:
    """What certainly is left out, in small letters, with commas and whatever follows it."""

    text: str
    before: bool
    """Whether it ends next to the word that leaves it out; otherwise it begins there."""

    spaced: bool
    """Whether it is in writing that sets words apart."""


def left_out(sentence: str) -> list[LeftOut]:
    """The parts of a sentence in which stands what is left out."""
    text = _folded(sentence)
    found = []
    for start, end, before in _exceptions(text, certain=True):
        spaced = not is_unspaced(text[start:end])
        part = text[:start] if before else text[end:]
        if not spaced:
            part = _without_rest(part, before=before)
        found.append(LeftOut(part, before, spaced))
    return found


def _without_rest(part: str, *, before: bool) -> str:
    """A part in unspaced writing without what it is left out of."""
    if not before:
        return _UNSPACED_END.split(part, maxsplit=1)[0]
    rest = _TOPIC.split(part)[-1]
    return rest if rest.strip(f" {_COMMA}") else part


def _folded(sentence: str) -> str:
    """In small letters, with numbers and commas and no other signs; with accents."""
    text = unicodedata.normalize("NFKC", sentence.replace("\xad", "")).lower()
    return " ".join(_TOKENS.findall(_COMMAS.sub(f" {_COMMA} ", text)))


def _exceptions(text: str, *, certain: bool) -> Iterator[tuple[int, int, bool]]:
    """Where what leaves out stands in a `_folded` text; and whether it follows what it is for."""
    for side, phrases in load().exceptions.items():
        before = side.startswith("before")
        if certain and side.endswith("perhaps"):
            continue
        for phrase in phrases:
            edge = "" if is_unspaced(phrase) else r"\b"
            found = re.finditer(f"{edge}{re.escape(phrase)}{edge}", text)
            match = next((m for m in found if not _IDIOMS.match(text, m.start())), None)
            if match is not None:
                yield match.start(), match.end(), before
