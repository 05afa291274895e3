"""The place a sentence speaks of, in the forms its name takes, and no other."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.home import Area, Home
from custom_components.functiongemma.core.places import places_said

HOME = Home(
    (),
    (
        Area("Kitchen", "Ground floor", ("Galley",)),
        Area("Back kitchen", "Ground floor"),
        Area("Piętro", "Dom"),
        Area("Ванная", "Участок"),
        Area("書斎", "2階"),
        Area("Schuur"),
        Area("Quintal"),
        Area("Hal"),
    ),
)


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("turn on the kitchen lights", {"area": "Kitchen"}),
        ("lights on in the galley", {"area": "Kitchen"}),
        ("back kitchen off", {"area": "Back kitchen"}),
        ("everything on the ground floor off", {"floor": "Ground floor"}),
        ("zgaś światła na piętrze", {"area": "Piętro"}),
        ("свет в ванной выкл", {"area": "Ванная"}),
        ("Зажги весь свет на участке.", {"floor": "Участок"}),
        ("書斎のエアコンつけて", {"area": "書斎"}),
        ("Kitchenの電気を消して", {"area": "Kitchen"}),
    ],
)
def test_the_place_is_found(sentence: str, place: dict[str, str]) -> None:
    assert places_said(HOME, sentence) == (place,)


@pytest.mark.parametrize(
    "sentence",
    ["", "turn on the light", "schuif de gordijnen half open", "em quinze por cento", "hallo"],
)
def test_a_word_that_only_looks_alike_is_no_place(sentence: str) -> None:
    assert places_said(HOME, sentence) == ()


def test_two_places_are_two() -> None:
    assert places_said(HOME, "kitchen and hal off") == ({"area": "Kitchen"}, {"area": "Hal"})
