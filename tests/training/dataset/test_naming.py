"""Names people chose are said as their language says them, and not as another does."""

from __future__ import annotations

import pytest

from tests.training.conftest import LANGUAGES
from training.dataset.kinds import words_of
from training.dataset.lexicon import Lexicon, Word
from training.dataset.naming import Names, inflect, shortened

LAMPE = Word({"name": "lampe", "the": "la lampe", "of": "de la lampe"})
AMPOULE = Word({"name": "ampoule", "the": "l'ampoule"})
LAMPA = Word({"name": "лампа", "acc": "лампу", "is_on": "включена лампа"})
LICHT = Word({"name": "Licht", "the": "das Licht"})
JOMYEONG = Word({"name": "조명", "obj": "조명을"})


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Lampe", {"name": "Lampe", "the": "la lampe", "of": "de la lampe"}),
        ("Lampe bleue", {"the": "la lampe bleue", "of": "de la lampe bleue"}),
        ("Petite lampe", {"the": "la Petite lampe", "of": "de la Petite lampe"}),
        ("Ampoule bleue", {"the": "l'ampoule bleue"}),
        ("Лампа в углу", {"acc": "лампу в углу", "is_on": "включена лампа в углу"}),
        ("Küchenlicht", {"the": "das Küchenlicht"}),
        ("안방 조명", {"obj": "안방 조명을"}),
    ],
)
def test_a_name_is_inflected_like_the_noun_in_it(name: str, forms: dict[str, str]) -> None:
    word = inflect(name, [LAMPE, AMPOULE, LAMPA, LICHT, JOMYEONG])
    assert word is not None and word.name == name
    assert {key: word.form(key) for key in forms} == forms


def test_a_form_that_cannot_be_made_is_the_name() -> None:
    elided = inflect("Petite ampoule", [AMPOULE])
    assert elided is not None and elided.form("the") == "Petite ampoule"
    inflected = inflect("Настольная лампа", [LAMPA])
    assert inflected is not None and inflected.form("acc") == "Настольная лампа"
    assert inflect("Lampenladen", [LAMPE]) is None
    assert inflect("Zorglub", [LAMPE]) is None


def test_people_say_the_names_of_their_own_language(lexicons: dict[str, Lexicon]) -> None:
    rooms = ["Living Room", "Salon", "Wohnzimmer", "거실", "リビング"]

    def said(code: str) -> list[str]:
        return [w.name for w in Names(lexicons, code).words(rooms, lambda lexicon: lexicon.rooms)]

    assert said("en") == ["Living Room"]
    assert said("fr") == ["Salon"]
    assert said("de") == ["Wohnzimmer"]
    assert said("ko") == ["거실"]
    assert said("ja") == ["リビング"]


def test_a_name_of_no_language_is_said_in_all(lexicons: dict[str, Lexicon]) -> None:
    for code in LANGUAGES:
        words = Names(lexicons, code).words(["Zorglub"], lambda lexicon: lexicon.rooms)
        assert [word.name for word in words] == ["Zorglub"]
    found = Names(lexicons, "en").words(["Zorglub", "Lamp"], lambda lex: words_of(lex, "light"))
    assert [word.name for word in found] == ["Zorglub", "Lamp"]


def test_where_all_names_are_foreign_they_are_said(lexicons: dict[str, Lexicon]) -> None:
    words = Names(lexicons, "fr").words(["거실", "リビング"], lambda lexicon: lexicon.rooms)
    assert [word.name for word in words] == ["거실", "リビング"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Kitchen ceiling light", "ceiling light"),
        ("Kitchen's Hue spots", "spots"),
        ("Spots (Kitchen)", "Spots"),
        ("Lampe bleue de la cuisine", "Lampe bleue"),
        ("Lamp in the kitchen", None),
        ("Ceiling light", None),
        ("Kitchenette light", None),
    ],
)
def test_a_room_and_a_maker_are_left_out_of_a_name(name: str, short: str | None) -> None:
    rooms = [Word({"name": "Kitchen"}), Word({"name": "Cuisine", "of": "de la cuisine"})]
    assert shortened(name, rooms, ("Hue",)) == short
