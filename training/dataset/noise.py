"""How sentences really arrive: typed in a hurry, or heard by a speech recogniser."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Collection

from .lexicon import Lexicon

#: Words of so many letters are spelled rightly: what is left of them would be another word.
_SHORT = 3
#: Letters that sound alike to somebody in a hurry; one of the same group takes another's place.
_VOWELS = ("aeiouy", "аоеи", "уюя")


def strip_diacritics(text: str) -> str:
    """Latin letters without accents; other scripts unchanged."""
    out = []
    for char in text:
        base = unicodedata.normalize("NFD", char)
        out.append(base[0] if len(base) > 1 and base[0].isascii() else char)
    return "".join(out).replace("œ", "oe").replace("’", "'")


def misspell(
    generator: random.Random, text: str, slips: int = 1, heard: Collection[str] = ()
) -> str:
    """Some slips of the finger or of the ear, each in another longer word.

    Words without cases (Chinese, Japanese, Korean), with digits, and those that were `heard` (in
    small letters) stay as they are.
    """
    words = text.split(" ")
    places = [
        i for i, w in enumerate(words)
        if len(w) > _SHORT and _has_case(w) and w.casefold() not in heard
    ]  # fmt: skip
    for index in generator.sample(places, min(slips, len(places))):
        words[index] = _slip(generator, words[index])
    return " ".join(words)


def _has_case(word: str) -> bool:
    """Whether it is all letters, of a script that has small ones and capitals."""
    return word.isalpha() and word.lower() != word.upper()


def _slip(generator: random.Random, word: str) -> str:
    """The word with a letter left out, doubled, changed for another vowel, or two changed about.

    It begins and ends as it did: "wyłącz" without its second letter would mean the opposite.
    """
    at = generator.randint(2, len(word) - 2)
    double = [i for i in range(2, len(word)) if word[i] == word[i - 1]]
    if double and generator.random() < 0.5:
        at = generator.choice(double)
        return word[:at] + word[at + 1 :]
    vowels = next((v for v in _VOWELS if word[at].lower() in v), "")
    if vowels and generator.random() < 0.4:
        return word[:at] + generator.choice(vowels) + word[at + 1 :]
    slips = [word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]]
    if at < len(word) - 2:
        slips.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return generator.choice(slips)


def _spaced(generator: random.Random, text: str) -> str:
    """One space left out, or one put into a long word: "frontdoor", "down stairs"."""
    words = text.split(" ")
    pairs = [i for i in range(1, len(words)) if words[i - 1].isalpha() and words[i].isalpha()]
    long = [i for i, w in enumerate(words) if len(w) > 7 and _has_case(w)]
    if long and generator.random() < 0.5:
        index = generator.choice(long)
        at = generator.randint(3, len(words[index]) - 3)
        words[index] = words[index][:at] + " " + words[index][at:]
    elif pairs:
        index = generator.choice(pairs)
        words[index - 1 : index + 1] = [words[index - 1] + words[index]]
    return " ".join(words)


def decorate(generator: random.Random, lexicon: Lexicon, text: str) -> str:
    """Politeness and fillers around a sentence."""
    polite = lexicon.data.get("polite") or {}
    question = text.endswith(("?", "？"))
    if not question and generator.random() < 0.14:
        side = generator.choice(("before", "after"))
        if extra := polite.get(side):
            phrase = generator.choice(extra)
            text = phrase + text if side == "before" else text + phrase
    if generator.random() < 0.06 and (fillers := lexicon.strings("fillers")):
        text = generator.choice(fillers) + text
    return text


def disturb(
    generator: random.Random, lexicon: Lexicon, text: str, heard: Collection[str] = ()
) -> str:
    """Case, punctuation, accents, spelling and spacing as they come.

    `heard`: words, in small letters, that are spelled rightly, for the answer has them as they were
    said.
    """
    for one, other in lexicon.contractions:
        text = text.replace(one, other)
    hasty = generator.random()
    if hasty < 0.12:
        text = misspell(generator, text, 1 if hasty < 0.06 else generator.randint(2, 3), heard)
    elif hasty < 0.14 and "joined_words" not in lexicon.writing and not heard:
        text = _spaced(generator, text)
    if generator.random() < 0.10:
        text = strip_diacritics(text)
    if "loose_spaces" in lexicon.writing and generator.random() < 0.08:
        text = text.replace(" ", "", generator.choice((1, 2, 9)))
    style = generator.random()
    if style < 0.4:
        text = text.lower()
    elif style < 0.43:
        text = text.upper()
    else:
        text = text[:1].upper() + text[1:]
    if generator.random() < 0.35:
        text = text.rstrip("?？")
    elif not text.endswith(("?", "？", ".", "。", "!")) and generator.random() < 0.3:
        text += lexicon.writing.get("full_stop", ".")
    return text.strip()
