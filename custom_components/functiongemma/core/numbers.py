"""Numbers that a sentence has, in digits and in words, of all languages at once.

Which language a sentence is in, the core does not know, and people mix them. So a word counts as
the number it is in any of them; words that say something else in another one are not in the table
(`python -m training.numbers` writes it).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Final

from .wording import is_unspaced, plain

PATH: Final = Path(__file__).parent / "numbers.json"

_NUMERAL: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_WORD: Final = re.compile(r"[^\W\d_]+")
#: A run of digits in Chinese writing, and what is the same word in a percentage.
_HAN: Final = re.compile("[〇零一二两兩三四五六七八九十百]+")
_PERCENT: Final = re.compile("百分之")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]+")
#: Before it one syllable of Hangul is a number, and not a particle or "this".
_COUNTED: Final = re.compile("[도분초시번개%퍼프]")
#: Words of a number: a hundred and twenty one.
_LONGEST: Final = 4


def folded(words: str) -> str:
    """Words as they are compared: small, without accents and hyphens."""
    return " ".join(_WORD.findall(plain(words.replace("\xad", ""))))


@cache
def _table() -> dict[str, list[int]]:
    data: dict[str, list[int]] = json.loads(PATH.read_text(encoding="utf-8"))
    return data


def numbers_in(sentence: str) -> frozenset[str]:
    """The numbers of a sentence as numerals: with a point, without zeros that say nothing."""
    found = {_canonical(numeral) for numeral in _NUMERAL.findall(sentence)}
    found.update(_spaced([word for word in folded(sentence).split() if not is_unspaced(word)]))
    for run in _HAN.findall(_PERCENT.sub(" ", sentence).replace("兩", "两")):
        found.update(map(str, _table().get(run, ())))
    for word in _HANGUL.findall(sentence):
        found.update(_korean(word))
    return frozenset(found)


def _canonical(numeral: str) -> str:
    whole, _, fraction = numeral.replace(",", ".").partition(".")
    fraction = fraction.rstrip("0")
    return f"{int(whole)}.{fraction}" if fraction else str(int(whole))


def _spaced(words: list[str]) -> set[str]:
    """The longest number from each word on; none inside another."""
    found: set[str] = set()
    index = 0
    while index < len(words):
        for length in range(_LONGEST, 0, -1):
            numbers = _table().get(" ".join(words[index : index + length]))
            if numbers and index + length <= len(words):
                found.update(map(str, numbers))
                index += length - 1
                break
        index += 1
    return found


def _korean(word: str) -> set[str]:
    """The longest number a word begins with: 이십오도."""
    for length in range(len(word), 0, -1):
        numbers = _table().get(word[:length])
        if numbers and (length > 1 or _COUNTED.match(word, length)):
            return set(map(str, numbers))
    return set()
