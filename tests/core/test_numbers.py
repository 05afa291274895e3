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
    ],
)
def test_a_number_in_words_is_the_number_in_digits(sentence: str, numbers: set[str]) -> None:
    assert numbers_in(sentence) >= numbers


@pytest.mark.parametrize(
    "sentence",
    [
        "turn on a light",
        "allume une lampe",
        "die Luz dos quartos",
        "włącz ten telewizor",
        "이 불 꺼줘",
        "",
        "\uff18\uff10 %",
    ],
)
def test_articles_and_words_of_other_languages_are_no_numbers(sentence: str) -> None:
    assert not numbers_in(sentence)


def test_a_long_number_is_not_also_the_short_ones_in_it() -> None:
    assert numbers_in("quarenta e cinco") == {"45"}
    assert numbers_in("二十五度") == {"25"}
