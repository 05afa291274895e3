"""A colour or a mode is the one that was said, in whatever language and form."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.spoken import spoken

COLOURS = ("red", "green", "blue", "turquoise", "purple", "pink", "hotpink")


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("baleine verte", {"green"}),
        ("maak het bedlampje paars", {"purple"}),
        ("le chevet en bleu turquoise", {"turquoise"}),
        ("le chevet en bleu, non, turquoise", {"blue", "turquoise"}),
        ("la lampe en rose vif", {"hotpink"}),
        ("небо пусть будет бирюзовым", {"turquoise"}),
        ("간접등 초록색으로 해줘", {"green"}),
        ("把灯变成红色", {"red"}),
        ("die grüne Lampe in blauem Licht", {"green", "blue"}),
        ("the rotten lamp", set()),
        ("verder met die lamp", set()),
        ("赤ちゃんの部屋", set()),
        ("", set()),
    ],
)
def test_a_colour_is_the_one_that_was_said(sentence: str, values: set[str]) -> None:
    assert spoken(sentence, COLOURS) == values


def test_a_mode_is_the_one_that_was_said() -> None:
    assert spoken("die Klimaanlage auf Heizen", ("heat", "cool", "auto")) == {"heat"}
    assert not spoken("Start den Ventilator noch nach acht", ("high", "sleep", "low"))
    assert not spoken("el aire está en estado normal", ("cool", "heat"))
    assert spoken("エアコンを冷房にして", ("heat", "cool", "auto")) == {"cool"}


def test_what_this_home_does_not_have_is_not_found() -> None:
    assert spoken("la lampe en vert", ("red", "My scene")) == frozenset()
