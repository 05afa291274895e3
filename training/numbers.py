"""python -m training.numbers

Writes the words for numbers of all languages there are templates for to the integration's
`core/numbers.json`: what `unicode_rbnf` makes of CLDR's rules, in all genders and cases. Words that
people also say for something else, in their own or in another of these languages, stand apart as
`unsure`; `halves` is what makes a number half more.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from unicode_rbnf import RbnfEngine

from custom_components.functiongemma.core.numbers import PATH, folded

from .dataset.lexicon import LANGUAGES, Lexicon
from .tables import write

#: Numbers with words: what people say to devices. 1 is also an article.
_NUMBERS = (0, *range(2, 101))


def table(codes: list[str]) -> dict[str, object]:
    """`sure` and `unsure`: the numbers each word, or words with a space, stands for; `halves`."""
    own = {code: {words: n for n in _NUMBERS for words in _words(code, n)} for code in codes}
    sure: dict[str, set[int]] = {}
    unsure: dict[str, set[int]] = {}
    for code in codes:
        others = set().union(*(_vocabulary(c) - own[c].keys() for c in codes if c != code))
        for words, number in own[code].items():
            doubt = words in others or any(
                own[c].get(words, number) != number for c in codes if c != code
            )
            (unsure if doubt else sure).setdefault(words, set()).add(number)
    return {
        "sure": {words: sorted(numbers) for words, numbers in sorted(sure.items())},
        "unsure": {words: sorted(numbers) for words, numbers in sorted(unsure.items())},
        "halves": sorted({said for code in codes for said in _halves(Lexicon.load(code))}),
    }


@cache
def _vocabulary(code: str) -> set[str]:
    """All words of a language's files."""
    paths = (LANGUAGES / code).rglob("*.yaml")
    return {w for p in paths for w in folded(p.read_text(encoding="utf-8")).split()}


def _halves(lexicon: Lexicon) -> Iterator[str]:
    """What stands behind a number and makes it half more; a space first where one must be."""
    for template in lexicon.data.get("halves") or ():
        behind = template.rpartition("}")[2]
        yield " " * behind.startswith(" ") + folded(behind)


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


if __name__ == "__main__":
    write(PATH, table)
