"""Which kinds of device a sentence speaks of, in any of the languages.

"Louder in the kitchen" says no name, and yet it can only mean what plays in the kitchen. A few
words do so in every language: what a kind of device is called, what it does and what is set of it.
They are general words of the languages, by their stems, as endings bend. A word that several
languages use for different things counts for all of them: here it only says what to look at first.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import letters

#: Stems by domain, in lines by language. A word begins with a stem, is it where a dot follows, and
#: has it anywhere where a tilde precedes: German and Dutch write compounds. In writing without
#: spaces it may be anywhere.
_PATH: Final = Path(__file__).parent / "kinds.json"

_Table = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class _Tables:
    """Domains by stem: those that are a word, that one begins with, that one may have anywhere."""

    whole: _Table
    begun: _Table
    within: _Table
    longest: int
    """Letters of the longest stem that may be anywhere."""


#: What may stand behind a Korean word of one syllable: particles.
_PARTICLES: Final = "을를은는이가도만의좀"


def spoken(sentence: str) -> frozenset[str]:
    """The domains of which a sentence says the name, or what only they do; none: of no kind."""
    parts = (part for word in letters.words(sentence) for part in _parts(word))
    return frozenset(domain for table, part in parts for domain in table.get(part, ()))


def _parts(word: str) -> Iterator[tuple[_Table, str]]:
    """The parts of a word that may be stems, each with the table where it would be."""
    if letters.is_hangul(word):
        yield _TABLES.whole, (word.rstrip(_PARTICLES) or word)[-1]
    elif not letters.is_unspaced(word):
        yield _TABLES.whole, word
        yield from ((_TABLES.begun, word[:end]) for end in range(2, len(word) + 1))
    for start in range(len(word)):
        ends = range(start + 1, min(len(word), start + _TABLES.longest) + 1)
        yield from ((_TABLES.within, word[start:end]) for end in ends)


def _read() -> _Tables:
    whole: defaultdict[str, list[str]] = defaultdict(list)
    begun: defaultdict[str, list[str]] = defaultdict(list)
    within: defaultdict[str, list[str]] = defaultdict(list)
    data: dict[str, list[str]] = json.loads(_PATH.read_text(encoding="utf-8"))
    for domains, lines in data.items():
        for stem in letters.folded(" ".join(lines)).split():
            if stem.startswith("~") or letters.is_unspaced(stem):
                table = within
            elif letters.is_hangul(stem):
                table = whole if len(stem) == 1 else within
            else:
                table = whole if stem.endswith(".") else begun
            table[stem.strip("~.")] += domains.split()
    return _Tables(whole, begun, within, max(map(len, within)))


#: Read when this is imported, not when somebody speaks: Home Assistant imports in a thread.
_TABLES: Final = _read()
