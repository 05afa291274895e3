"""The phrases: the same meanings in twelve languages, and none that means two things at once."""

from __future__ import annotations

import json

import pytest

from custom_components.functiongemma import phrases as package
from custom_components.functiongemma.phrases import NAME, Phrases, load
from custom_components.functiongemma.phrases.words import folded, language_of, made_of, squeezed

LANGUAGES = "de en es fr it ja ko nl pl pt ru zh".split()


def test_all_twelve_languages_are_there_with_the_same_meanings() -> None:
    folder = package._FOLDER
    assert sorted(path.stem for path in folder.glob("*.json")) == LANGUAGES
    english = json.loads((folder / "en.json").read_text(encoding="utf-8"))
    for path in folder.glob("*.json"):
        data = json.loads(path.read_text(encoding="utf-8"))
        assert list(data) == list(english), path.stem
        assert list(data["it"]) == list(english["it"]), path.stem
        assert (len(data["digits"]), len(data["ordinals"])) == (10, 5), path.stem


@pytest.fixture(params=LANGUAGES)
def phrases(request: pytest.FixtureRequest) -> Phrases:
    return load(request.param)


def rows(*groups: tuple[str, ...]) -> set[str]:
    return {squeezed(phrase) for group in groups for phrase in group}


def test_no_is_never_taken_for_yes(phrases: Phrases) -> None:
    for no in (*phrases.no, *phrases.none):
        assert not made_of(no, phrases.yes, phrases.polite), no
    for yes in phrases.yes:
        assert not made_of(yes, phrases.no, phrases.polite), yes


def test_politeness_alone_answers_nothing(phrases: Phrases) -> None:
    for word in phrases.polite:
        if squeezed(word) not in rows(phrases.yes):
            assert not made_of(word, phrases.yes, phrases.polite), word


def test_a_number_is_one_number_only(phrases: Phrases) -> None:
    for group in (phrases.digits, phrases.ordinals):
        seen = [word for row in group for word in {squeezed(word) for word in row}]
        assert len(seen) == len({*seen}), sorted(w for w in seen if seen.count(w) > 1)


def test_nothing_is_empty_once_it_is_folded(phrases: Phrases) -> None:
    flat = [*phrases.yes, *phrases.no, *phrases.undo, *phrases.more, *phrases.both, *phrases.all]
    flat += [word for row in (*phrases.digits, *phrases.ordinals, *phrases.sides) for word in row]
    flat += [phrase for group in phrases.it.values() for phrase in group]
    assert all(folded(phrase) for phrase in flat)
    assert all(pattern.count(NAME) == 1 and folded(pattern.replace(NAME, ""))
               for pattern in phrases.too)  # fmt: skip


def test_undoing_is_not_dropping_a_question(phrases: Phrases) -> None:
    for phrase in phrases.undo:
        assert not made_of(phrase, phrases.yes, phrases.polite), phrase
        assert not made_of(phrase, phrases.more, phrases.polite), phrase


@pytest.mark.parametrize(
    ("text", "pipeline", "language"),
    [
        ("불 켜", "en", "ko"),
        ("電気をつけて", "zh-CN", "ja"),
        ("打开灯", "en", "zh-CN"),
        ("打开灯", "ja", "ja"),
        ("включи свет", "de", "ru"),
        ("увімкни світло", "uk", "uk"),
        ("allume la lampe", "ko", "ko"),
        ("TV 켜 주세요", "en", "ko"),
        ("Close 거실 커튼", "en", "en"),
        ("turn on the テレビ", "en-GB", "en-GB"),
        ("123", "en", "en"),
    ],
)
def test_script_tells_the_language_only_where_it_can(
    text: str, pipeline: str, language: str
) -> None:
    assert language_of(text, pipeline) == language


def test_words_are_not_found_inside_words() -> None:
    assert not made_of("yesterday", ["yes"], ["day"])
    assert made_of("Yes,  YES!", ["yes"])
    assert made_of("네네 부탁해요", ["네"], ["부탁해 요"])
    assert not made_of("", ["yes"])
    assert not made_of("please", ["yes"], ["please"])


@pytest.mark.parametrize("tag", ["tlh", "../en", "", "EN"])
def test_unknown_language_has_english_phrases(tag: str) -> None:
    assert load(tag) == load("en")
