"""What stands in a sentence stands there in the form somebody said."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.said import Said, as_written


@pytest.mark.parametrize(
    ("sentence", "name", "found"),
    [
        ("Zgaś lampę w holu", "Lampa", ["lampe"]),
        ("the floor lamps", "Floor lamp", ["floor lamps"]),
        ("거실 조명을 꺼", "거실 조명", ["거실 조명"]),
        ("关掉落地灯", "落地灯", ["落地灯"]),
        ("the lamplighter", "Lamp", []),
        ("Stereo an", "Stern", []),
        ("an", "?", []),
    ],
)
def test_a_name_is_found_in_the_form_it_was_said_in(
    sentence: str, name: str, found: list[str]
) -> None:
    said = Said(sentence)
    plain = Said(found[0]) if found else None
    spans = said.spans(name)
    assert len(spans) == len(found)
    assert all(plain is not None and plain.share(name) > 0.6 for _ in spans)


@pytest.mark.parametrize(
    ("text", "sentence", "written"),
    [
        ("franse woordjes", "Vink Franse woordjes af", "Franse woordjes"),
        ("хлеб", "Поставь таймер «Хлеб».", "Хлеб"),
        ("hdmi cable", "add HDMI cable to the list", "HDMI cable"),
        # The first word of a sentence is written large whatever it is.
        ("milk", "Milk onto the list", "milk"),
        # Nobody means a text the way they shout it, nor a name in small letters.
        ("milk", "ADD MILK NOW", "milk"),
        ("Milk", "add milk please", "Milk"),
        ("ilk", "Add MILK", "ilk"),
        ("leche", "¡Leche en la lista!", "leche"),
        ("milk", "Hey. Milk onto the list", "milk"),
        ("milk", "Add Milk To The List", "milk"),
    ],
)
def test_a_text_keeps_the_capitals_it_was_said_with(text: str, sentence: str, written: str) -> None:
    assert as_written(text, sentence) == written
