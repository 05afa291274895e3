"""What the values of a home are called: red is "rouge", "czerwony" and 빨간색.

Of all languages at once, as people mix them. The table is written by `python -m training.spoken`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from .said import outermost
from .wording import is_unspaced, plain

PATH: Final = Path(__file__).parent / "spoken.json"

_PARTS: Final = re.compile(r"[^\W\d_]+")
#: Words, or letters of unspaced writing, that a value's name has at most.
_WORDS, _LETTERS = 3, 8
#: What colours end in besides the forms in the table: verte, rouges, gelben.
_ENDINGS: Final = ("", "e", "s", "es", "en", "er", "em")

#: Where something stands: the word it begins in and the one behind it, letters as thousandths.
Span = tuple[float, float]


@cache
def load() -> dict[str, frozenset[str]]:
    """Values by what people say for them, read from the file the first time."""
    data = json.loads(PATH.read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for kind, endings in (("others", ("",)), ("colours", _ENDINGS)):
        for value, said in data[kind].items():
            for words in said:
                for ending in endings if not is_unspaced(words) else ("",):
                    found.setdefault(words + ending, set()).add(value)
    return {words: frozenset(values) for words, values in found.items()}


def spoken(sentence: str, values: Iterable[str]) -> frozenset[str]:
    """Those of the values that a sentence has, by what they are called.

    What is but a part of a longer one does not count: "bleu turquoise" is no blue.
    """
    table, wanted = load(), frozenset(values)
    found = [
        (span, value)
        for words, span in _phrases(parts(sentence).split())
        for value in table.get(words, frozenset()) & wanted
    ]
    whole = outermost({span for span, _ in found})
    return frozenset(value for span, value in found if span in whole)


def parts(text: str) -> str:
    """Its words as they are compared, `plain`; a hyphen parts two."""
    return " ".join(_PARTS.findall(plain(text)))


def _phrases(words: list[str]) -> Iterator[tuple[str, Span]]:
    """What may be a value's name, and where it stands."""
    for i, word in enumerate(words):
        if is_unspaced(word):
            for a in range(min(len(word), 1000)):
                for b in range(a + 1, min(a + _LETTERS, len(word)) + 1):
                    yield word[a:b], (i + a / 1000, i + b / 1000)
        for n in range(1, _WORDS + 1):
            if i + n <= len(words):
                yield " ".join(words[i : i + n]), (i, i + n)
