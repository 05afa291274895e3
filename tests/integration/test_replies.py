"""Our own replies: the same in every language, and none is missing."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant, State

from custom_components.functiongemma import replies as replies_package
from custom_components.functiongemma.core.catalogue import FUNCTIONS
from custom_components.functiongemma.replies import load

FOLDER = Path(replies_package.__file__).parent
FILES = sorted(FOLDER.glob("*.json"))
ENGLISH: dict[str, str] = json.loads((FOLDER / "en.json").read_text(encoding="utf-8"))

#: Each language takes of a time of day what it says: 3 PM is 15 h.
TIMES = {"time", "full_hour"}
PARTS_OF_A_TIME = {"h", "h12", "m", "mm", "ampm"}


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_languages_of_the_first_version_are_there() -> None:
    assert {path.stem for path in FILES} >= {"de", "en", "fr", "ja", "ko"}


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
        ("pt-BR", "pt-BR", "Done"),
        ("es", "es", "Done"),
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


async def test_template_that_has_no_words_for_a_device_is_not_spoken(hass: HomeAssistant) -> None:
    """English would say "Turned on None" of a domain its table of nouns does not have."""
    state = State("number.x", "1", {"friendly_name": "X"})
    turn_on = [("HassTurnOn", "default")]
    assert load("en").respond(hass, turn_on, {}, [state]) is None
    assert load("en").respond(hass, [("HassNothing", "default")], {}) is None
    assert load("de").respond(hass, turn_on, {}) is None, "it would begin with a name"
    light = State("light.x", "on")
    assert load("de").respond(hass, turn_on, {"name": "Lampe"}, [light]) == "Lampe eingeschaltet"
