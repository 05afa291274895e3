"""Words keep their forms, and a mistake in a language file is named."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from training.dataset import lexicon as module
from training.dataset.lexicon import Lexicon, LexiconError, Word, compose, pick, read_yaml

LAMP = Word({"name": "Lampe", "the": "la lampe", "of": "de la lampe"})
KITCHEN = Word({"name": "Cuisine", "of": "de la cuisine"})


def test_a_word_is_a_string_or_has_a_name() -> None:
    assert Word.parse("Lamp").name == "Lamp"
    assert Word.parse({"name": "Lampe", "the": "la lampe"}).form("the") == "la lampe"
    for data in (None, 3, ["Lamp"], {"the": "la lampe"}, {"name": 1}):
        with pytest.raises(LexiconError, match="not a word"):
            Word.parse(data)


def test_a_form_a_word_lacks_is_its_name() -> None:
    assert KITCHEN.form("in") == "Cuisine"
    assert KITCHEN.form(None) == "Cuisine"
    assert KITCHEN.form("of") == "de la cuisine"


def test_a_change_goes_for_every_form() -> None:
    assert LAMP.map(str.upper).forms == {
        "name": "LAMPE",
        "the": "LA LAMPE",
        "of": "DE LA LAMPE",
    }


def test_a_device_named_after_its_room_has_the_forms_of_its_noun() -> None:
    word = compose("{noun} {area:of}", {"noun": LAMP, "area": KITCHEN}, "noun")
    assert word.forms == {
        "name": "Lampe de la cuisine",
        "the": "la lampe de la cuisine",
        "of": "de la lampe de la cuisine",
    }


def test_a_form_that_is_asked_for_stays() -> None:
    word = compose("{noun:of} – {area}", {"noun": LAMP, "area": KITCHEN}, "noun")
    assert set(word.forms.values()) == {"De la lampe – Cuisine", "de la lampe – Cuisine"}


def test_a_pattern_with_an_unknown_slot_is_refused() -> None:
    with pytest.raises(LexiconError, match="room"):
        compose("{noun} {room}", {"noun": LAMP}, "noun")


def test_yaml_words_stay_words(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("on: [off, yes, 1, 2.50, null, 등]", encoding="utf-8")
    assert read_yaml(file) == {"on": ["off", "yes", "1", "2.50", "null", "등"]}


@pytest.mark.parametrize("text", ["- a\n- b\n", "rooms: [{the: la cuisine}]\n"])
def test_a_mistake_names_the_file(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "lexicon.yaml").write_text(text)
    monkeypatch.setattr(module, "LANGUAGES", tmp_path)
    with pytest.raises(LexiconError, match=r"xx/lexicon\.yaml"):
        Lexicon.load("xx")
    with pytest.raises(FileNotFoundError):
        Lexicon.load("yy")


def test_weights_decide_how_often() -> None:
    generator = Random(1)
    found = [pick(generator, {"a": 3, "b": 1, "c": 0}) for _ in range(4000)]
    assert found.count("c") == 0
    assert 2850 < found.count("a") < 3150
