"""Numbers are found however they are said, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.numbers import numbers_in


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("set it to twenty-one degrees", {"21"}),
        ("monte à quatre-vingts pour cent", {"80"}),
        ("chauffe à septante-cinq", {"75"}),
        ("a veintitrés grados", {"23"}),
        ("ao dezanove", {"19"}),
        ("al quindici per cento", {"15"}),
        ("auf fünfundvierzig Prozent", {"45"}),
        ("zet hem op zeventien graden", {"17"}),
        ("na osiemdziesiąt pięć procent", {"85"}),
        ("до двадцати пяти градусов", {"25"}),
        ("二十五度にして", {"25"}),
        ("把空调调到百分之六十", {"60"}),
        ("이십오도로 맞춰 줘", {"25"}),
        ("열다섯 분 타이머", {"15"}),
        ("auf 21,5 Grad in Zimmer 007", {"21.5", "7"}),
        ("from 20.0 to 0.5", {"20", "0.5"}),
        ("ten minutes for the eggs, twelve for the bread", {"12"}),
        ("５０％に", {"50"}),
    ],
)
def test_a_number_in_words_is_the_number_in_digits(sentence: str, numbers: set[str]) -> None:
    assert numbers_in(sentence).sure >= numbers


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("make it nineteen and a half degrees", "19.5"),
        ("nineteen degrees and a half please", "19.5"),
        ("dix-neuf degrés et demi", "19.5"),
        ("a veinticuatro grados y medio", "24.5"),
        ("neunzehneinhalb Grad", "19.5"),
        ("20 einhalb", "20.5"),
        ("девятнадцать с половиной градусов", "19.5"),
        ("把空调调到十九度半", "19.5"),
        ("에어컨 24도 반으로", "24.5"),
        ("make it 20½ degrees", "20.5"),
        ("２０½度", "20.5"),
        ("réglez à 19 ½", "19.5"),
        ("タイマー三十分", "30"),
        # The half of something else.
        ("at 20, and an hour and a half later off", "20"),
        ("1.5 and a half", "1.5"),
    ],
)
def test_a_number_and_a_half_is_half_more(sentence: str, number: str) -> None:
    assert numbers_in(sentence).sure == {number}


@pytest.mark.parametrize(
    "sentence",
    [
        "turn on a light",
        "allume une lampe",
        "die Luz dos quartos",
        "włącz ten telewizor",
        "이 불 꺼줘",
        "",
        "il fait très sombre",
        "sto andando a letto",
        "piec na maksimum",
        "把百叶窗开到一半",
        "十分暗い",
        "백열등을 절반으로",
        "이번에는 불을 반만",
        "二階の照明",
        "open it ½",
    ],
)
def test_articles_and_words_of_other_languages_are_no_numbers(sentence: str) -> None:
    assert not numbers_in(sentence).sure


def test_a_long_number_is_not_also_the_short_ones_in_it() -> None:
    assert numbers_in("quarenta e cinco").sure == {"45"}
    assert numbers_in("二十五度").sure == {"25"}


def test_a_word_that_says_something_else_elsewhere_is_perhaps_a_number() -> None:
    assert numbers_in("ten minutes").perhaps == {"10"}
    assert not numbers_in("ten minutes").sure
