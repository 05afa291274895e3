"""Noise makes a sentence sloppy, never empty and never another one."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.conftest import LANGUAGES
from training.dataset.lexicon import Lexicon
from training.dataset.noise import decorate, disturb, misspell, strip_diacritics

LEXICONS = {code: Lexicon.load(code) for code in LANGUAGES}
words = st.sampled_from(
    [
        "on",
        "éteins",
        "Lampe",
        "l’été",
        "불을",
        "켜줘",
        "電気",
        "つけて",
        "20%",
        "de",
        "le",
        "kitchen?",
    ]
)
sentences = st.lists(words, min_size=1, max_size=6).map(" ".join)


@given(st.sampled_from(LANGUAGES), sentences, st.integers(0, 10_000))
def test_a_sentence_never_becomes_empty(code: str, text: str, seed: int) -> None:
    generator, lexicon = Random(seed), LEXICONS[code]
    decorated = decorate(generator, lexicon, text)
    assert text in decorated
    disturbed = disturb(generator, lexicon, decorated)
    assert any(character.isalnum() for character in disturbed)
    assert disturbed == disturbed.strip()
    assert 0.4 * len(text) < len(disturbed) <= len(decorated) * 1.2 + 3
    digits = [c for c in decorated if c.isdigit()]
    assert [c for c in disturbed if c.isdigit()] == digits


@given(sentences, st.integers(0, 10_000))
def test_a_slip_of_the_finger_is_one(text: str, seed: int) -> None:
    slipped = misspell(Random(seed), text)
    assert abs(len(slipped) - len(text)) <= 1
    differing = [a for a, b in zip(text.split(), slipped.split(), strict=True) if a != b]
    assert len(differing) <= 1
    for word in differing:
        assert len(word) > 4
        assert word.isascii()
    first = [word[0] for word in text.split()]
    assert [word[0] for word in slipped.split()] == first


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Éteins l’été à Noël", "Eteins l'ete a Noel"),
        ("sœur", "soeur"),
        ("불을 켜줘", "불을 켜줘"),
        ("電気をつけて が", "電気をつけて が"),
        ("100 %", "100 %"),
    ],
)
def test_only_latin_letters_lose_their_accents(text: str, plain: str) -> None:
    assert strip_diacritics(text) == plain


def test_every_kind_of_sloppiness_occurs() -> None:
    generator, lexicon = Random(1), LEXICONS["fr"]
    found = {disturb(generator, lexicon, "éteins la lampe de Léa ?") for _ in range(400)}
    assert "éteins la lampe de léa ?" in found
    assert "ÉTEINS LA LAMPE DE LÉA ?" in found
    assert "Eteins la lampe de Lea ?" in found
    assert "Éteins la lampe de Léa" in found


def test_contractions_are_written_as_the_language_writes_them() -> None:
    lexicon = LEXICONS["fr"]
    assert lexicon.contractions
    for one, other in lexicon.contractions:
        assert one != other
        assert one not in disturb(Random(2), lexicon, f"x{one}y").lower()
