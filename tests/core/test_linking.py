"""What is left out is left out, in every language."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.linking import (
    both_of,
    has_exception,
    kept,
    left_out,
    says_all,
)


@pytest.mark.parametrize(
    "sentence",
    ["all lights off except the lamp", "alles aus außer der Lampe", "廊下以外の電気を消して"],
)
def test_what_is_left_out_is_noticed(sentence: str) -> None:
    assert has_exception(sentence)
    assert not has_exception("turn the lamp on")


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ("Turn off the lights in the hall except the lamp in the kitchen", "in the hall"),
        ("Sauf la lampe de la cuisine, éteins le couloir", "couloir"),
        ("Alle rollos im Keller stoppen, nur das im Bad nicht", "im keller"),
        ("Zet alle lampen in de gang uit op de kastlamp na", "in de gang"),
        ("廊下の電気は、ランプ以外を消して", "廊下の電気"),
        ("除了卧室的台灯，客厅的灯都关掉", "客厅的灯"),
        ("把客厅的灯都关掉，台灯别动", "客厅的灯"),
        ("거실에서 스탠드 빼고 다 꺼줘", "거실에서"),
    ],
)
def test_the_place_is_told_by_what_is_not_left_out(sentence: str, rest: str) -> None:
    assert rest in kept(sentence)
    for part in ("kitchen", "cuisine", "bad", "kastlamp", "ランプ", "卧室", "台灯", "스탠드"):
        assert part not in kept(sentence).split()


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("stoppe alle Rollos, nur das Plissee nicht", "das plissee"),
        ("zet alle lampen op 20 procent op de kastlamp na", "de kastlamp"),
        ("enciende todas las luces menos la vitrina", "la vitrina"),
    ],
)
def test_what_stands_between_two_words_or_after_all_is_left_out(sentence: str, left: str) -> None:
    assert [part.text.strip().startswith(left) for part in left_out(sentence)] == [True]


@pytest.mark.parametrize(
    "sentence",
    [
        "nur die Lampe an",
        "nicht so hell",
        "zet de lamp op twintig",
        "un poco menos",
        "mach nur das Licht in der Küche an und im Flur nicht",
        "doe alle lampen op zolder uit na het eten",
    ],
)
def test_half_of_what_leaves_something_out_leaves_nothing_out(sentence: str) -> None:
    assert left_out(sentence) == []


def test_all_and_both_are_told() -> None:
    assert says_all("Éteins toutes les lampes") and says_all("モニター以外の電気を全部消して")
    assert both_of("mach beide Rollos zu, bitte") == [" rollos zu "] and both_of(
        "스피커 둘 다 꺼줘"
    )
    assert not says_all("turn the lamp off") and not both_of("turn the lamp off")
    assert not says_all("alles klar, mach die Lampe aus") and not both_of("one of the two lamps")
    assert not both_of("エアコン3台とも消して")
