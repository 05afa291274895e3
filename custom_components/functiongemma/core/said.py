"""What a sentence has: words, numbers, and how much of a name or a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cached_property, lru_cache
from typing import Final, TypeVar

from .linking import has_exception, load
from .numbers import Numbers, numbers_in
from .wording import is_unspaced, plain

#: Letters of a word that count: its end bends.
_STEM: Final = 6

#: Letters of a word that bends at least, and those of an ending at most.
_BENT, _ENDING = 4, 2
_VOWELS: Final = "aeiouyаеиоуыэюя"
#: "Is", which without its accent would be "and".
_IS: Final = re.compile(r"(?<!\w)[èé](?!\w)")
_COMMAS: Final = frozenset(",;、，；")
#: What says of the next words that they are not meant, `plain`; and how many words that are.
_NOT: Final = frozenset(
    "not no nicht kein keine keinen pas non nie niet geen nao ni не без".split()
)
_SHORTLY: Final = 3

#: Stands for a letter of which not all bytes are there.
_TORN: Final = "\ufffd"
_PARTS: Final = re.compile(r"\d+|[^\W\d]+")
_WORD: Final = re.compile(r"[^\W\d_]+")


_Span = TypeVar("_Span", bound=tuple[float, float])


class Said:
    """A sentence, taken apart once."""

    def __init__(self, sentence: str) -> None:
        self._pairs = _pairs(sentence)
        self._shares: dict[str, float] = {}
        self.sentence = sentence
        self.plain = " ".join(plain(sentence).split())
        """The text that spans are of."""
        # As long as the plain text, so that spans are of both.
        self._linking = " ".join(plain(_IS.sub(".", sentence.casefold())).split())
        self.words = frozenset(_words(self.plain))

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

    @cached_property
    def _numbers(self) -> Numbers:
        # Not at once: looking for names in Home Assistant's own process needs no table of numbers.
        return numbers_in(self.sentence)

    @cached_property
    def numerals(self) -> tuple[str, ...]:
        """Its numbers, in order as texts."""
        return tuple(sorted(self._numbers.sure))

    @property
    def perhaps(self) -> frozenset[str]:
        """Words of it that may be numbers, or not."""
        return self._numbers.perhaps

    @cached_property
    def excepts(self) -> bool:
        """Whether something may be left out by name."""
        return has_exception(self.sentence)

    def numerals_besides(self, names: Iterable[str]) -> frozenset[str]:
        """The numbers that are not just a part of one of these names: "lamp 2 to half" has none."""
        if not self.numerals:
            return frozenset()
        named = {n for name in names if self.whole(name) for n in numbers_in(name).sure}
        return frozenset(self.numerals) - {n for n in named if not self._again(n)}

    def _again(self, numeral: str) -> bool:
        """Whether a numeral is there more than once, in digits."""
        return len(re.findall(rf"(?<!\d){re.escape(numeral)}(?!\d)", self.plain)) > 1

    def spans(self, name: str) -> list[tuple[int, int]]:
        """Where the words of a name stand, in whatever form: first letter and the one after."""
        roots, pattern = _in_any_form(name)
        if not roots or not all(root in self.plain for root in roots):
            return []
        return [match.span() for match in _compiled(pattern).finditer(self.plain)]

    def goes_on(self, end: int) -> int | None:
        """Where the next of several things begins, behind `end` of a span: "milk *and* butter"."""
        match = load().more.match(self._linking, end)
        return match.end() if match else None

    def is_linked(self, start: int, end: int) -> bool:
        """Whether an "and" or a comma stands between two spans."""
        part = self._linking[start:end]
        return load().more.search(part) is not None or not _COMMAS.isdisjoint(part)

    def is_denied(self, start: int) -> bool:
        """Whether a "not" stands shortly before a span."""
        return not _NOT.isdisjoint(_PARTS.findall(self.plain[:start])[-_SHORTLY:])

    def begins(self, text: str) -> bool:
        """Whether words of the sentence begin with a text, which may end within one."""
        return self._has(text, whole=False)

    def ends(self, text: str) -> bool:
        """Whether a text is words of the sentence, to the end of the last one."""
        return self._has(text, whole=True)

    def _has(self, text: str, *, whole: bool) -> bool:
        folded = " ".join(plain(text.rstrip(_TORN)).split())
        if is_unspaced(folded):
            return folded in self.plain
        end = r"(?!\w)" if whole else ""
        return re.search(rf"(?<!\w){re.escape(folded)}{end}", self.plain) is not None


@lru_cache(maxsize=8192)
def _in_any_form(name: str) -> tuple[tuple[str, ...], str]:
    """What of a name's words stays, and a pattern of all forms: lampa, lampę; 조명, 조명을."""
    words = _PARTS.findall(plain(name))
    if is_unspaced(name):
        return tuple(words), r"\s*".join(map(re.escape, words))
    roots = tuple(_root(word) for word in words)
    forms = (
        rf"{root}\w{{0,{_ENDING}}}" if len(word) >= _BENT else word
        for root, word in zip(roots, words, strict=True)
    )
    joined = r"\W+".join(forms)
    return roots, rf"(?<!\w){joined}(?!\w)"


def _root(word: str) -> str:
    """A word without the vowel it ends in, which changes first."""
    return word[:-1] if len(word) >= _BENT and word[-1] in _VOWELS else word


_compiled = lru_cache(maxsize=1024)(re.compile)


def outermost(spans: Collection[_Span]) -> frozenset[_Span]:
    """The spans that are not a part of another: "turquoise blue" is no blue besides."""
    return frozenset(
        span
        for span in spans
        if not any(o[0] <= span[0] and span[1] <= o[1] and o != span for o in spans)
    )


def contains(text: str, name: str) -> bool:
    """Whether all of a name is in a text."""
    return _pairs(name) <= _pairs(text)


def as_written(text: str, sentence: str) -> str:
    """A text in capitals and small letters as the sentence has it.

    Not where they say nothing: at the beginning of a sentence, or all along it.
    """
    if text in sentence or sentence.isupper() or sentence.istitle():
        return text
    found = re.search(rf"(?<=\w)[^\w.!?。！？]+({re.escape(text)})(?!\w)", sentence, re.IGNORECASE)
    return found[1] if found and not found[1].islower() else text


def size(name: str) -> int:
    """How much a name says, in pairs of letters."""
    return len(_pairs(name))


def _words(text: str) -> list[str]:
    found: list[str] = []
    for word in _WORD.findall(text):
        if is_unspaced(word):
            found += (word[i : i + 2] for i in range(max(1, len(word) - 1)))
        else:
            found.append(word[:_STEM])
    return found


# Names stay the same from sentence to sentence.
@lru_cache(maxsize=8192)
def _pairs(text: str) -> frozenset[str]:
    """Neighbouring letters within words, where each begins included; a number is one letter."""
    words = _PARTS.findall(plain(text))
    return frozenset(
        pair
        for word in words
        for pair in (
            [f" {word}"] if word[0].isdigit() else (f" {word}"[i : i + 2] for i in range(len(word)))
        )
    )
