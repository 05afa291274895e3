"""Which areas and floors a sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from .home import Home
from .said import Said, outermost
from .wording import are_forms, is_unspaced, plain

#: Letters that forms of one word begin with alike at least, fewer in Cyrillic, where they are more;
#: and those of an ending at most: "piętro", "na piętrze"; but "quinze" is no "quintal".
_STEM, _CYRILLIC_STEM = 5, 4
_ENDING: Final = 2
_WORD: Final = re.compile(r"[^\W_]+")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")

Span = tuple[int, int]


@lru_cache(maxsize=64)
def places_said(home: Home, sentence: str) -> tuple[dict[str, str], ...]:
    """The places of which a sentence has all of a name, each as a call's target.

    Without those that are a part of another one's name. In other forms of their words only where
    none is there to the letter, or but for an ending.
    """
    said = Said(sentence)
    for find in (spans, _bent):
        found: dict[Span, dict[str, str]] = {}
        for target, name in _names(home):
            for span in find(said, name):
                found.setdefault(span, target)
        if found:
            best = [found[span] for span in sorted(outermost(found))]
            return tuple({str(target): target for target in best}.values())
    return ()


def _names(home: Home) -> Iterator[tuple[dict[str, str], str]]:
    """Targets and what they are called; areas first, where a floor has the same name."""
    for area in home.areas:
        yield from (({"area": area.name}, name) for name in area.names)
    for floor in dict.fromkeys(area.floor for area in home.areas if area.floor):
        yield {"floor": floor}, floor


def spans(said: Said, name: str) -> list[Span]:
    """Where a name stands in a sentence, `Said.plain`; also "Kitchen" in 「Kitchenの電気」."""
    if not is_unspaced(said.plain) or is_unspaced(name):
        return said.spans(name)
    alone = rf"(?<![a-z\d]){re.escape(plain(name))}(?![a-z\d])"
    return [match.span() for match in re.finditer(alone, said.plain)]


def _bent(said: Said, name: str) -> list[Span]:
    """Where forms of a name's words stand one after another."""
    words = _WORD.findall(plain(name))
    spoken = list(_WORD.finditer(said.plain))
    return [
        (run[0].start(), run[-1].end())
        for start in range(len(spoken) - len(words) + 1)
        if words and _are_forms(run := spoken[start : start + len(words)], words)
    ]


def _are_forms(run: Sequence[re.Match[str]], words: Sequence[str]) -> bool:
    return all(_is_form(match[0], word) for match, word in zip(run, words, strict=True))


def _is_form(said: str, word: str) -> bool:
    stem = _CYRILLIC_STEM if _CYRILLIC.search(word) else _STEM
    return are_forms(said, word, stem=stem, ending=_ENDING)
