"""Numbers that a sentence has, in digits and in words, of all languages at once.

Which language a sentence is in, the core does not know, and people mix them. So a word counts as
the number it is in any of them; one that also says something else is only perhaps a number. The
table is written by `python -m training.numbers`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from .wording import is_unspaced

PATH: Final = Path(__file__).parent / "numbers.json"

_NUMERAL: Final = re.compile(r"(?<![0-9])[0-9]{1,12}(?:[.,][0-9]{1,6})?(?![0-9])")
_WORD: Final = re.compile(r"[^\W\d_]+")
#: A run of digits in Chinese writing; not the hundred of a percentage or of blinds (百叶窗), nor
#: "very" (十分) and "around" (四周).
_HAN: Final = re.compile(
    "(?:(?!百分之|百[叶葉合货貨]|(?<![一二三四五六七八九])十分(?![钟鐘])|四周|零食)[〇零一二两三四五六七八九十百])+"
)
#: What stands behind the number of a floor or of a thing among its like.
_ORDINAL: Final = re.compile("(?:[0-9]+|[一二三四五六七八九十]+)(?=[층번호階番号楼樓层層號])")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]+")
#: Before it one syllable of Hangul is a number, and not a particle or "this".
_COUNTED: Final = re.compile("[도분초시%퍼프]")
#: The last sign of a number, in digits, Chinese or Korean.
_DIGITS: Final = "0-9〇零一二两三四五六七八九十百일이삼사오육칠팔구십"
#: 20½ in one sign, which otherwise becomes "201/2".
_FRACTION: Final = re.compile(r"(?<=\d) ?([½¼¾])|[½¼¾]")
_FRACTIONS: Final = {"½": ".5", "¼": ".25", "¾": ".75"}
#: Words before a half that may have the number: "twenty-one degrees and a half".
_BEFORE_HALF: Final = 3
#: Words of a number: a hundred and twenty one.
_LONGEST: Final = 4


@dataclass(frozen=True)
class Numbers:
    """The numbers of a sentence, as numerals: with a point, without zeros that say nothing."""

    sure: frozenset[str]
    perhaps: frozenset[str]
    """Words that may be numbers, or not."""


@dataclass(frozen=True)
class Table:
    """What words stand for."""

    sure: dict[str, list[int]]
    unsure: dict[str, list[int]]
    halves: re.Pattern[str]
    """What makes the number before it half more, in small letters."""


@cache
def load() -> Table:
    """The table, read from its file the first time."""
    data = json.loads(PATH.read_text(encoding="utf-8"))
    return Table(
        data["sure"], data["unsure"], re.compile("|".join(map(_half_pattern, data["halves"])))
    )


def _half_pattern(half: str) -> str:
    if is_unspaced(half):
        # Right behind a digit: 도 반 is a degree and a half, and "also to half".
        return rf"(?<=[{_DIGITS}])\s*" + r"\s*".join(half.split())
    return re.escape(half).replace(r"\ ", r"\s+") + r"(?!\w)"


def folded(words: str) -> str:
    """Words as they are compared: small, without hyphens; with accents: très is not tres."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", words.replace("\xad", "")).lower()))


def numbers_in(sentence: str) -> Numbers:
    """The numbers of a sentence."""
    # One that stands alone is no number of anything's.
    text = _FRACTION.sub(lambda found: _FRACTIONS.get(found[1] or "", " "), sentence)
    text = _ORDINAL.sub(" ", unicodedata.normalize("NFKC", text))
    sure = {_canonical(numeral) for numeral in _NUMERAL.findall(text)}
    perhaps: set[str] = set()
    words = folded(text).split()
    _spaced([word for word in words if not is_unspaced(word)], sure, perhaps)
    for run in _HAN.findall(text.replace("兩", "两")):
        sure.update(map(str, load().sure.get(run, ())))
    for word in _HANGUL.findall(text):
        sure.update(_korean(word))
    if whole := _halved(text):
        sure = sure - {whole} | {f"{whole}.5"}
    return Numbers(frozenset(sure), frozenset(perhaps))


def _halved(text: str) -> str | None:
    """The number that is half more: "nineteen and a half"; None: there is none, or who knows."""
    match = load().halves.search(text.lower())
    if match is None:
        return None
    numbers = numbers_in(" ".join(text[: match.start()].split()[-_BEFORE_HALF:])).sure
    whole = next(iter(numbers)) if len(numbers) == 1 else ""
    return whole if whole.isdecimal() else None


def _canonical(numeral: str) -> str:
    whole, _, fraction = numeral.replace(",", ".").partition(".")
    fraction = fraction.rstrip("0")
    return f"{int(whole)}.{fraction}" if fraction else str(int(whole))


def _spaced(words: list[str], sure: set[str], perhaps: set[str]) -> None:
    """The longest number from each word on; none inside another."""
    table = load()
    index = 0
    while index < len(words):
        for length in range(min(_LONGEST, len(words) - index), 0, -1):
            said = " ".join(words[index : index + length])
            found, numbers = sure, table.sure.get(said)
            if numbers is None:
                found, numbers = perhaps, table.unsure.get(said)
            if numbers is not None:
                found.update(map(str, numbers))
                index += length - 1
                break
        index += 1


def _korean(word: str) -> set[str]:
    """The longest number a word begins with: 이십오도."""
    for length in range(len(word), 0, -1):
        numbers = load().sure.get(word[:length])
        if numbers and (length > 1 or _COUNTED.match(word, length)):
            return set(map(str, numbers))
    return set()
