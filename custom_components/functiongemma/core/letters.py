"""Names by their letters, in threes: what a sentence has of each of them.

Letters stay alike where a word is bent, joined to another, misspelt or misheard. What few names
have tells more than what many have.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from .wording import plain

_HANGUL = "\u1100-\u11ff\uac00-\ud7af"
#: Thai, Lao, kana, Han.
_UNSPACED = "\u0e00-\u0eff\u3005\u3041-\u30ff\u3400-\u9fff"
#: A run of one kind of writing: in "灯をOFF" and "TV를" there are two.
_RUN: Final = re.compile(f"[{_HANGUL}]+|[{_UNSPACED}]+|[^{_HANGUL}{_UNSPACED}]+")
_IN_HANGUL: Final = re.compile(f"[{_HANGUL}]")
_IN_UNSPACED: Final = re.compile(f"[{_UNSPACED}]")
#: Letters that no accent makes, and hiragana as katakana: both are heard the same.
_FOLDED: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i"}
    | {chr(c): chr(c + 0x60) for c in range(0x3041, 0x3097)}
)


def folded(text: str) -> str:
    """Lower case, without accents, kana of one kind."""
    return plain(text).translate(_FOLDED)


def words(text: str) -> list[str]:
    """The words of a text, `folded`; where writing changes, one ends."""
    spaced = "".join(c if c.isalnum() else " " for c in folded(text)).split()
    return [run for word in spaced for run in _RUN.findall(word)]


def is_hangul(word: str) -> bool:
    """Whether one of `words` is in Korean writing."""
    return _IN_HANGUL.match(word) is not None


def is_unspaced(word: str) -> bool:
    """Whether one of `words` is in writing that sets no words apart."""
    return _IN_UNSPACED.match(word) is not None


def _grams(text: str, *, said: bool = False) -> Iterator[str]:
    """Three letters in a row, where words begin and end included.

    In Korean those that the syllables are made of, and no end: particles follow. In writing that
    sets no words apart, one and two characters. A name of signs only is one of a kind.
    """
    found = words(text)
    if not found and not said:
        yield text
    if said:
        yield from (sign for sign in text.split() if not any(map(str.isalnum, sign)))
    for word in found:
        if is_unspaced(word):
            yield from word
            yield from (word[i : i + 2] for i in range(len(word) - 1))
            continue
        edged = f" {unicodedata.normalize('NFD', word)}" if is_hangul(word) else f" {word} "
        yield from (edged[i : i + 3] for i in range(len(edged) - 2))


class Index:
    """What names there are, made once; asked for every sentence."""

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        """`names`: one or more for each of the things that have names."""
        rows = [frozenset(_grams(name)) for several in names for name in several]
        #: The thing that each name is of.
        self.things = np.repeat(np.arange(len(names)), [len(several) for several in names])
        self.names = [name for several in names for name in several]
        found: defaultdict[str, list[int]] = defaultdict(list)
        for row, grams in enumerate(rows):
            for gram in grams:
                found[gram].append(row)
        self._rows = {gram: np.array(where) for gram, where in found.items()}
        self._weights = {
            gram: math.log((len(rows) + 1) / (len(where) + 0.5)) for gram, where in found.items()
        }
        totals = [sum(self._weights[gram] for gram in grams) for grams in rows]
        #: Weight of all letters of each name, above 0.
        self.totals = np.maximum(np.array(totals, np.float32), 1e-6)

    def said(self, sentence: str) -> npt.NDArray[np.float32]:
        """Shape (names, letters): the weight of each of the sentence's letters in each name."""
        grams = [gram for gram in frozenset(_grams(sentence, said=True)) if gram in self._rows]
        found = np.zeros((len(grams), len(self.names)), np.float32)
        for row, gram in zip(found, sorted(grams), strict=True):
            row[self._rows[gram]] = self._weights[gram]
        return found.T
