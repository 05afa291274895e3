"""Text as it is compared: letters and digits only, and whether it is made of known phrases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

#: Writing in which words stand together, or carry particles: spaces there mean nothing. Thai, kana,
#: Han, Hangul.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

#: Accents of Latin and Cyrillic letters; the marks of kana are others.
_ACCENTS = re.compile(r"[\u0300-\u036f]")

#: Language by script, for the scripts that one of our languages is written in.
_SCRIPTS = {
    "ko": re.compile(r"[\u1100-\u11ff\uac00-\ud7af]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "zh-CN": re.compile(r"[\u3400-\u9fff]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
}
#: Languages of pipelines that are written in these scripts, though not all of them are ours.
_WRITTEN: dict[str, frozenset[str]] = {
    "ko": frozenset(("ko",)),
    "ja": frozenset(("ja",)),
    "zh-CN": frozenset(("zh", "ja", "yue", "ko")),
    "ru": frozenset("ru uk be bg sr mk kk ky mn tg".split()),
}


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Lower case, letters and digits only, no accents, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = unicodedata.normalize("NFKC", _ACCENTS.sub("", plain)).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def squeezed(text: str) -> str:
    """`folded`, and without the spaces that writing of this kind may have or not."""
    plain = folded(text)
    return plain.replace(" ", "") if is_unspaced(plain) else plain


def is_unspaced(text: str) -> bool:
    """Whether there is writing in it whose words stand together."""
    return _UNSPACED.search(text) is not None


def after(text: str, start: int, phrase: str) -> int | None:
    """Where `text` goes on after `phrase`, which begins at `start`; None where it does not.

    Both are `folded`. A phrase ends where a word does; in unspaced writing, and after a figure,
    anywhere.
    """
    if not phrase or not text.startswith(phrase, start):
        return None
    end = start + len(phrase)
    if end == len(text):
        return end
    if text[end] == " ":
        return end + 1
    return end if phrase[-1].isdigit() or is_unspaced(text) else None


def fitting(text: str, phrases: Iterable[str]) -> list[str]:
    """`phrases` as they would stand in `text`, which is `squeezed`."""
    if is_unspaced(text):
        return [folded(phrase).replace(" ", "") for phrase in phrases]
    return [folded(phrase) for phrase in phrases]


def made_of(text: str, phrases: Iterable[str], others: Iterable[str] = ()) -> bool:
    """Whether `text` is nothing but `phrases` (one at least) and `others`, in any order."""
    said = squeezed(text)
    wanted = [(phrase, True) for phrase in fitting(said, phrases)]
    wanted += [(phrase, False) for phrase in fitting(said, others)]
    reached = {(0, False)}
    todo = [(0, False)]
    while todo:
        start, found = todo.pop()
        for phrase, counts in wanted:
            end = after(said, start, phrase)
            if end is not None and (state := (end, found or counts)) not in reached:
                reached.add(state)
                todo.append(state)
    return bool(said) and (len(said), True) in reached


def trimmed(text: str, words: Iterable[str]) -> str:
    """`text`, `squeezed`, without any of `words` at its beginning and end."""
    said = squeezed(text)
    gap = "" if is_unspaced(said) else " "
    known = [word for word in fitting(said, words) if word]
    while True:
        rest = said
        for word in known:
            rest = rest.removeprefix(word + gap).removesuffix(gap + word)
        if rest == said:
            return said
        said = rest


def language_of(text: str, language: str) -> str:
    """The language of a reply to `text`: the one its script tells, otherwise `language`.

    Only scripts are told apart, not languages: most letters have to be of a script that `language`
    is not written in. Whoever speaks Korean to an English assistant is answered in Korean.
    """
    base = language.partition("-")[0].lower()
    letters = sum(c.isalpha() for c in text)
    counts = {code: len(script.findall(text)) for code, script in _SCRIPTS.items()}
    if counts["ja"]:
        counts["ja"] += counts.pop("zh-CN")
    found, count = max(counts.items(), key=lambda item: item[1])
    if count * 2 <= letters or base in _WRITTEN[found]:
        return language
    return found


def starts(text: str) -> Iterator[int]:
    """Where a word may begin in a `folded` or `squeezed` text."""
    for at, letter in enumerate(text):
        if letter != " " and (at == 0 or text[at - 1] == " " or is_unspaced(letter)):
            yield at
