"""python -m training.numbers

Writes the words for numbers of all languages there are templates for to the integration's
`core/numbers.json`: what `unicode_rbnf` makes of CLDR's rules, in all genders and cases. Left out
are words that say something else in another of these languages, and what is an article somewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from unicode_rbnf import RbnfEngine

from custom_components import functiongemma
from custom_components.functiongemma.core.numbers import PATH, folded

from .dataset.__main__ import languages

#: Numbers with words: what people say to devices; and 1, which is also "a".
_NUMBERS = (0, *range(2, 101), *range(110, 301, 10))
_COMMON = Path(functiongemma.__file__).parent / "languages" / "words.json"


def table(codes: list[str]) -> dict[str, list[int]]:
    """The numbers that each word, or words with a space, stands for in any of the languages."""
    common = {code: set(words.split()) for code, words in _common().items()}
    found: dict[str, set[int]] = {}
    for code in codes:
        elsewhere = set().union(*(words for other, words in common.items() if other != code))
        for number in _NUMBERS:
            for words in _words(code, number):
                if words not in elsewhere:
                    found.setdefault(words, set()).add(number)
    return {words: sorted(numbers) for words, numbers in sorted(found.items())}


def _common() -> dict[str, str]:
    data: dict[str, str] = json.loads(_COMMON.read_text(encoding="utf-8"))
    return data


def _words(code: str, number: int) -> Iterator[str]:
    """The words for a number wherever the language is spoken: soixante-dix, septante."""
    for region in RbnfEngine.get_supported_languages():
        if region.partition("_")[0] != code:
            continue
        rules = _engine(region).format_number(number).text_by_ruleset
        for name, words in rules.items():
            if "cardinal" in name or name.endswith("numbering"):
                yield folded(words)


_engine = cache(RbnfEngine.for_language)


def main() -> None:
    """Write the file."""
    text = json.dumps(table(languages()), ensure_ascii=False, separators=(",", ":"))
    PATH.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
