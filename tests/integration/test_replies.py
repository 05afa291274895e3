"""Our own replies: the same in every language, and none is missing."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path
from typing import Literal

import pytest
from homeassistant.core import HomeAssistant, State
from homeassistant.generated.languages import LANGUAGES as HOME_ASSISTANT_LANGUAGES

from custom_components.functiongemma import replies as replies_package
from custom_components.functiongemma.core.catalogue import FUNCTIONS
from custom_components.functiongemma.replies import load

FOLDER = Path(replies_package.__file__).parent
FILES = sorted(FOLDER.glob("*.json"))
ENGLISH: dict[str, str] = json.loads((FOLDER / "en.json").read_text(encoding="utf-8"))

#: Each language takes of a time of day what it says: 3 PM is 15 h.
TIMES = {"time", "full_hour"}
PARTS_OF_A_TIME = {"h", "h0", "h12", "m", "mm", "ampm"}

#: Something to put in for every placeholder there is.
SAMPLES = {
    **{"ampm": "PM", "h": "15", "h0": "3", "h12": "3", "m": "5", "mm": "05"},
    **{"names": "A, B", "value": "21,5 °C", "count": "7", "name": "A", "item": "B", "zone": "C"},
    **{"low": "7", "high": "35", "weekday": "X", "day": "1", "month": "Y", "year": "2026"},
    **{"temperature": "21 °C", "condition": "X", "weather": "Y", "percent": "40"},
    **{"event": "E", "events": "E", "time": "15:05"},
}


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_languages_of_the_first_version_are_there() -> None:
    assert {path.stem for path in FILES} == {
        *("de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "pt-BR", "ru"),
        *("zh-Hans", "zh-Hant"),
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_language_says_everything_with_the_same_values(path: Path) -> None:
    own = json.loads(path.read_text(encoding="utf-8"))
    assert list(own) == list(ENGLISH)
    for key, text in own.items():
        assert text.strip(), key
        if key in TIMES:
            assert set(placeholders(text)) <= PARTS_OF_A_TIME, key
        else:
            assert placeholders(text) == placeholders(ENGLISH[key]), key
        if not key.startswith("last_") and key != "comma":
            assert text == text.strip() and "  " not in text, key


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_reply_can_be_said(path: Path) -> None:
    replies = load(path.stem)
    for key in ENGLISH:
        values = {name: SAMPLES[name] for name in placeholders(replies.own[key])}
        said = replies.say(key, **values)
        assert "{" not in said and "}" not in said
        assert all(value in said for value in values.values()), key
    assert [len(replies.own[key].split()) for key in ("weekdays", "months")] == [7, 12]


@pytest.mark.parametrize("path", [p for p in FILES if p.stem != "en"], ids=lambda path: path.stem)
def test_nothing_was_left_in_english(path: Path) -> None:
    """What reads as in English holds no word: `{name}: {value}`."""
    own = json.loads(path.read_text(encoding="utf-8"))
    same = {key for key, text in own.items() if text == ENGLISH[key]}
    assert not [key for key in same if re.search("[a-z]", re.sub(r"{\w+}", "", own[key]))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_language_is_one_through_and_through(path: Path) -> None:
    """Our words, those of Home Assistant's agent, and its words for states."""
    replies = load(path.stem)
    assert replies.fluent
    assert replies.interface == path.stem in HOME_ASSISTANT_LANGUAGES
    assert replies.intents and replies.language.split("-")[0] == path.stem.split("-")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_questions_keep_the_conversation_open(path: Path) -> None:
    """Home Assistant listens again only after a question mark."""
    own = json.loads(path.read_text(encoding="utf-8"))
    for key, text in own.items():
        if key.startswith(("which_", "confirm_", "ask_")):
            assert text.endswith(("?", "？")), key
        else:
            assert not text.endswith(("?", "？")), key


def test_every_reply_is_said_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.parent.glob("**/*.py"))
    # These are put together from a value.
    composed = {"last_and", "last_or", "unavailable", "unknown", "this_week", "this_weekend"}
    unused = {key for key in ENGLISH if f'"{key}"' not in code} - composed
    assert not unused


def test_every_reply_that_is_said_exists() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.parent.glob("**/*.py"))
    said = set(re.findall(r'replies\.say\(\s*"(\w+)"', code))
    assert said and said <= ENGLISH.keys()


def test_intents_of_the_catalogue_have_english_words() -> None:
    """A misspelt intent or key would only ever say "Done"."""
    english = load("en")
    known = {(intent, key) for intent, responses in english.intents.items() for key in responses}
    # English has no word of its own for these, other languages have.
    wordless = {"HassStopMoving"}
    for function in FUNCTIONS:
        for pair in [function.intent, *(p.intent for p in function.parameters)]:
            if pair is not None and pair[0] not in wordless:
                assert pair in known, function.name


@pytest.mark.parametrize(
    ("tag", "language", "done"),
    [
        ("en-GB", "en", "Done"),
        ("fr", "fr", "C'est fait"),
        ("de-CH", "de-CH", "Erledigt"),
        ("de-AT", "de", "Erledigt"),
        ("pt-BR", "pt-BR", "Feito"),
        ("pt-PT", "pt", "Feito"),
        ("es", "es", "Hecho"),
        ("es-419", "es", "Hecho"),
        ("zh", "zh-CN", "好的，已完成"),
        ("zh-Hans", "zh-CN", "好的，已完成"),
        ("zh-CN", "zh-CN", "好的，已完成"),
        ("zh-Hant", "zh-TW", "好的，已完成"),
        ("zh-TW", "zh-TW", "好的，已完成"),
        ("zh-HK", "zh-HK", "好的，已完成"),
        ("sv", "sv", "Done"),
        ("tlh", "en", "Done"),
        ("", "en", "Done"),
        ("../../x", "en", "Done"),
        ("../translations/en", "en", "Done"),
    ],
)
def test_language_tags_find_the_nearest_language(tag: str, language: str, done: str) -> None:
    found = load(tag)
    assert (found.language, found.own["done"]) == (language, done)
    assert found.intents


@pytest.mark.parametrize(
    ("language", "one", "two", "three"),
    [
        ("en", "A", "A and B", "A, B and C"),
        ("fr", "A", "A et B", "A, B et C"),
        ("de", "A", "A und B", "A, B und C"),
        ("ko", "A", "A 및 B", "A, B 및 C"),
        ("ja", "A", "AとB", "A、BとC"),
        ("es", "A", "A y B", "A, B y C"),
        ("it", "A", "A e B", "A, B e C"),
        ("nl", "A", "A en B", "A, B en C"),
        ("pl", "A", "A i B", "A, B i C"),
        ("pt-BR", "A", "A e B", "A, B e C"),
        ("ru", "A", "A и B", "A, B и C"),
        ("zh-CN", "A", "A和B", "A、B和C"),
        ("zh-TW", "A", "A和B", "A、B和C"),
    ],
)
def test_names_are_listed_as_the_language_lists_them(
    language: str, one: str, two: str, three: str
) -> None:
    replies = load(language)
    assert replies.names(["A"], "and") == one
    assert replies.names(["A", "B", "A"], "and") == two
    assert replies.names(["A", "B", "C"], "and") == three
    assert replies.names([], "or") == ""


@pytest.mark.parametrize(
    ("names", "last", "said"),
    [
        (["Cocina", "Iluminación"], "and", "Cocina e Iluminación"),
        (["Cocina", "Hielera"], "and", "Cocina y Hielera"),
        (["Cocina", "Oficina"], "or", "Cocina u Oficina"),
        (["Cocina", "Salón"], "or", "Cocina o Salón"),
    ],
)
def test_spanish_does_not_say_the_same_vowel_twice(
    names: list[str], last: Literal["and", "or"], said: str
) -> None:
    assert load("es").names(names, last) == said


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert [load(tag).number(21.5) for tag in ("en", "es", "ru", "zh-CN", "sv")] == [
        *("21.5", "21,5", "21,5", "21.5", "21.5")
    ]
    assert load("pt-BR").number(21.0) == "21"


async def test_numbers_in_the_words_of_home_assistant_s_agent(hass: HomeAssistant) -> None:
    """Its templates reckon with them, and write them as a computer does."""
    set_to = [("HassClimateSetTemperature", "default")]
    for language, said in {
        "it": "Temperatura impostata a 21,5 gradi",
        "en": "Temperature set to 21.5 degrees",
    }.items():
        assert load(language).respond(hass, set_to, {"temperature": 21.5}) == said
    assert load("it").respond(hass, set_to, {"temperature": 1.0}) == (
        "Temperatura impostata a 1 grado"
    )


async def test_state_that_was_asked_for_is_not_said_in_english(hass: HomeAssistant) -> None:
    """The model's words for states are English; Spanish would say "No, Emma no está en home"."""
    emma = State("person.emma", "not_home", {"friendly_name": "Emma"})
    all_home = [("HassGetState", "all")]
    assert load("es").respond(hass, all_home, {"state": "home"}, [], [emma]) is None
    assert load("en").respond(hass, all_home, {"state": "home"}, [], [emma]) == (
        "No, Emma is not home"
    )


async def test_template_that_has_no_words_for_a_device_is_not_spoken(hass: HomeAssistant) -> None:
    """English would say "Turned on None" of a domain its table of nouns does not have."""
    state = State("number.x", "1", {"friendly_name": "X"})
    turn_on = [("HassTurnOn", "default")]
    assert load("en").respond(hass, turn_on, {}, [state]) is None
    assert load("en").respond(hass, [("HassNothing", "default")], {}) is None
    assert load("de").respond(hass, turn_on, {}) is None, "it would begin with a name"
    light = State("light.x", "on")
    assert load("de").respond(hass, turn_on, {"name": "Lampe"}, [light]) == "Lampe eingeschaltet"
