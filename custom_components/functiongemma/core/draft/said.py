"""What a sentence has: words, numbers, and how much of a name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

#: Letters of a word that count: its end bends.
_STEM: Final = 6

#: Writing without spaces between words, and Korean, whose particles follow without one.
_UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_NUMERAL: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?")


class Said:
    """A sentence, taken apart once."""

    def __init__(self, sentence: str) -> None:
        self._pairs = _pairs(sentence)
        self._shares: dict[str, float] = {}
        self.numerals = tuple(n.replace(",", ".") for n in _NUMERAL.findall(sentence))
        self.words = frozenset(_words(_plain(sentence)))

    def share(self, name: str) -> float:
        """How much of a name is in the sentence: 0 to 1, by pairs of letters."""
        found = self._shares.get(name)
        if found is None:
            pairs = _pairs(name)
            found = len(pairs & self._pairs) / len(pairs) if pairs else 0.0
            self._shares[name] = found
        return found

    def whole(self, name: str) -> bool:
        """Whether all of a name is in the sentence."""
        return bool(name) and _pairs(name) <= self._pairs


def size(name: str) -> int:
    """How much a name says, in pairs of letters."""
    return len(_pairs(name))


def _words(plain: str) -> list[str]:
    found: list[str] = []
    for word in _WORD.findall(plain):
        if _UNSPACED.search(word):
            found += (word[i : i + 2] for i in range(max(1, len(word) - 1)))
        else:
            found.append(word[:_STEM])
    return found


def _plain(text: str) -> str:
    """Lower case, without accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in folded if not unicodedata.combining(c)))


# Names stay the same from sentence to sentence.
@lru_cache(maxsize=8192)
def _pairs(text: str) -> frozenset[str]:
    """Neighbouring letters within words, where each begins included."""
    words = re.findall(r"\w+", _plain(text))
    return frozenset(f" {word}"[i : i + 2] for word in words for i in range(len(word)))
