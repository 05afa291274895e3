"""Words that link: what leaves something out ("all but"), and what says that more comes ("and").

And those that say how many are meant, all of a kind or both, and that it is in this room.

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

#: What the table has of how many are meant, and where.
MEANT: Final = ("all", "pair", "one_of", "here")

_COMMA: Final = ","
#: Sides on which something stands that leaves out: those it ends at, and those at which it must be
#: a name, and what it is left out of all of something.
_BEFORE: Final = "before"
_DIRECT: Final = ("perhaps", "around")
_COMMAS: Final = re.compile("[,;:.!?、，；：。！？]")
#: What goes on behind what is left out in Chinese: "(all) others", the object before its verb.
_UNSPACED_END: Final = re.compile("以外|之外|[都全把]|其[他它]")
#: What stands before it in Japanese and Korean: "of the living room's lights, …".
_TOPIC: Final = re.compile(r"は|[은는](?=\s)|에서(?=\s)|중에?(?=\s)|のうち|の中で")
#: What is said of no thing: "nur das Licht *an und* im Flur nicht" leaves out neither.
_DONE: Final = "an|aus|ab|zu|auf|und|aan|uit|af|op|open|dicht|en"
#: "All right" means nobody.
_ALL_IDIOMS: Final = re.compile(
    r"\b(?:all right|at all|alles (?:klar|gute|gut)|tout (?:de suite|à l heure|le temps)|"
    r"pas du tout|de tod[ao]s (?:formas|modos|maneras)|todo bien|tudo bem|prima di tutto|"
    r"все равно)\b"
)
_TOKENS: Final = re.compile(rf"[^\W\d_]+|\d+|{_COMMA}")
#: "Out of the house" leaves nothing out, nor does "out of order".
_IDIOMS: Final = re.compile("außer (?:haus|betrieb|dienst|atem)\\b")


@dataclass(frozen=True)
class Table:
    """What links."""

    exceptions: dict[str, list[str]]
    """By where what is left out stands: `after`, `before` or, at a …, `around`; `perhaps` where it
    also says less."""

    meant: dict[str, re.Pattern[str]]
    """What says, in a `_folded` text, that `all` of a kind are meant, a `pair` of them, or `one_of`
    these; or those `here`."""

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
    meant = {key: re.compile("|".join(map(_as_words, data[key]))) for key in MEANT}
    return Table(data["except"], meant, re.compile(rf"(?:{more})\s*"), links)


def _as_words(phrase: str) -> str:
    """A pattern of a phrase; of one around something, of what stands before that."""
    first, _, last = phrase.partition(" … ")
    edge = "" if is_unspaced(first) else r"\b"
    no = rf"(?!\b(?:{re.escape(first)}|{_DONE})\b)[^{_COMMA}]"
    ahead = rf"(?=(?:{no})+\b{re.escape(last)}\b)" if last else ""
    return f"{edge}{re.escape(first)}{edge}{ahead}"


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

    direct: bool
    """Whether it is left out only where a name is next to the word that does so: "less bright"."""


def left_out(sentence: str) -> list[LeftOut]:
    """The parts of a sentence in which stands what is left out."""
    text = _folded(sentence)
    found = []
    for start, end, side in _exceptions(text, certain=True):
        before, spaced = side.startswith(_BEFORE), not is_unspaced(text[start:end])
        part = text[:start] if before else text[end:]
        if not spaced:
            part = _without_rest(part, before=before)
        found.append(LeftOut(part, before, spaced, side.endswith(_DIRECT)))
    return found


def says_all(text: str) -> bool:
    """Whether everything of a kind is meant: "all", "every", "the whole"."""
    return load().meant["all"].search(_ALL_IDIOMS.sub(" ", _folded(text))) is not None


def says_here(text: str) -> bool:
    """Whether it is about the speaker's room."""
    return load().meant["here"].search(_folded(text)) is not None


def both_of(text: str) -> list[str]:
    """What follows where two of a kind are meant, "both lamps", up to a comma; in small letters.

    Nothing where it is not said, or "one of the two" is. In writing that does not set words apart
    it may stand on either side: there it is all of the text.
    """
    meant, folded = load().meant, _folded(text)
    if meant["one_of"].search(folded):
        return []
    return [
        folded if is_unspaced(found[0]) else folded[found.end() :].partition(_COMMA)[0]
        for found in meant["pair"].finditer(folded)
    ]


def kept(sentence: str) -> str:
    """A sentence without the parts in which stands what is left out, in small letters.

    Where something is left out at the end, whatever else is behind it is gone too: "all lights off
    but the lamp in the hall" says of the lamp where it is.
    """
    text = _folded(sentence)
    rests = [_rest(text, *found) for found in _exceptions(text, certain=True)]
    return min((rest for rest in rests if rest.strip(f" {_COMMA}")), key=len, default="")


def _rest(text: str, start: int, end: int, side: str) -> str:
    """What is left of a text without a part that leaves something out."""
    spaced = not is_unspaced(text[start:end])
    front, behind = text[:start], text[end:]
    if side.startswith(_BEFORE):
        topic = front[: len(front) - len(_TOPIC.split(front)[-1])]
        # Without anything behind it, in Chinese: "all lights off, and leave the lamp alone".
        return f"{topic} {behind}" if behind.strip() else front.partition(_COMMA)[0]
    rest = behind.partition(_COMMA)[2]
    if not (rest or spaced):
        rest = "".join(_UNSPACED_END.split(behind, maxsplit=1)[1:])
    return f"{front} {_COMMA} {rest}"


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


def _exceptions(text: str, *, certain: bool) -> Iterator[tuple[int, int, str]]:
    """Where what leaves out stands in a `_folded` text, and on which side (`Table.exceptions`)."""
    for side, phrases in load().exceptions.items():
        for phrase in phrases:
            found = re.finditer(_as_words(phrase), text)
            match = next((m for m in found if not _IDIOMS.match(text, m.start())), None)
            if match is None:
                continue
            rest = text[match.end() :] if side.startswith(_BEFORE) else text[: match.start()]
            if certain and side.endswith(_DIRECT) and not says_all(rest):
                continue
            yield match.start(), match.end(), side
