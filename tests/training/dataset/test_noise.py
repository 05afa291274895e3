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
    assert 0.4 * len(text) < len(disturbed) <= len(decorated) * 1.2 + 5
    digits = [c for c in decorated if c.isdigit()]
    assert [c for c in disturbed if c.isdigit()] == digits


@given(sentences, st.integers(0, 10_000), st.integers(1, 3))
def test_a_slip_leaves_a_word_that_can_be_guessed(text: str, seed: int, slips: int) -> None:
    slipped = misspell(Random(seed), text, slips)
    differing = [a for a in zip(text.split(), slipped.split(), strict=True) if a[0] != a[1]]
    assert len(differing) <= slips
    for word, wrong in differing:
        assert len(word) > 3
        assert word.isalpha()
        assert word.lower() != word.upper()
        assert abs(len(wrong) - len(word)) <= 1
        assert wrong[:2] == word[:2]
        assert wrong[-1] == word[-1]


@pytest.mark.parametrize(
    ("word", "opposite"),
    [("wyłącz", "włącz"), ("выключи", "включи"), ("unlock", "lock"), ("décoche", "coche")],
)
def test_a_slip_never_turns_a_word_into_its_opposite(word: str, opposite: str) -> None:
    slipped = {misspell(Random(seed), word) for seed in range(500)}
    assert len(slipped) > 3
    assert opposite not in slipped


def test_what_is_put_on_a_list_is_not_misspelled() -> None:
    """The model would learn to write other things onto it than were said."""
    for seed in range(200):
        slipped = misspell(Random(seed), "buy washing powder", 3, {"washing", "powder"})
        assert slipped == "buy washing powder"


def test_spaces_are_lost_and_found_in_a_language_that_has_them() -> None:
    generator = Random(1)
    found = {disturb(generator, LEXICONS["de"], "licht im wohnzimmer an") for _ in range(2000)}
    joined = {text.lower().rstrip(".") for text in found}
    assert "lichtim wohnzimmer an" in joined
    assert "licht im wohn zimmer an" in joined


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
