"""How sentences really arrive: typed in a hurry, or heard by a speech recogniser."""

from __future__ import annotations

import random
import unicodedata

from .lexicon import Lexicon


def strip_diacritics(text: str) -> str:
    """Latin letters without accents; other scripts unchanged."""
    out = []
    for char in text:
        base = unicodedata.normalize("NFD", char)
        out.append(base[0] if len(base) > 1 and base[0].isascii() else char)
    return "".join(out).replace("œ", "oe").replace("’", "'")


def misspell(generator: random.Random, text: str) -> str:
    """One slip of the finger in a longer Latin word."""
    words = text.split(" ")
    places = [i for i, w in enumerate(words) if len(w) > 4 and w.isascii() and w.isalpha()]
    if not places:
        return text
    index = generator.choice(places)
    word = words[index]
    at = generator.randint(1, len(word) - 2)
    words[index] = generator.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )
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


def disturb(generator: random.Random, lexicon: Lexicon, text: str) -> str:
    """Case, punctuation, accents, spelling and spacing as they come."""
    for one, other in lexicon.contractions:
        text = text.replace(one, other)
    if generator.random() < 0.05:
        text = misspell(generator, text)
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
