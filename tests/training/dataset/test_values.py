"""A value and the words for it agree, and are what a call may hold."""

from __future__ import annotations

import re
from random import Random

import pytest

from tests.training.conftest import LANGUAGES
from training.dataset.lexicon import Lexicon
from training.dataset.values import SAMPLERS, in_words

LEXICONS = {code: Lexicon.load(code) for code in LANGUAGES}
every = pytest.mark.parametrize("code", LANGUAGES)

RANGES = {
    "percent": (0, 100),
    "position": (0, 100),
    "volume": (0, 100),
    "step_up": (1, 100),
    "step_down": (-100, -1),
    "temperature": (5, 110),
    "degree_up": (0.5, 15),
    "degree_down": (-15, -0.5),
    "color_temp": (2000, 6500),
    "humidity": (25, 80),
    "water_temperature": (35, 130),
    "number": (0, 2000),
    "bare_percent": (1, 100),
    "bare_temperature": (10, 30),
}


@every
@pytest.mark.parametrize("kind", sorted(RANGES))
def test_numbers_are_in_range(code: str, kind: str) -> None:
    generator = Random(1)
    for _ in range(200):
        spoken = SAMPLERS[kind](generator, LEXICONS[code], "x")
        (value,) = spoken.arguments.values()
        assert RANGES[kind][0] <= value <= RANGES[kind][1]
        # Whole numbers are ints: the model learns to say 21, not 21.0.
        assert isinstance(value, int) or value % 1 == 0.5


@every
@pytest.mark.parametrize(
    "kind", ["percent", "position", "volume", "temperature", "humidity", "number"]
)
def test_digits_that_are_spoken_are_the_value(code: str, kind: str) -> None:
    generator = Random(2)
    vague = {p for table in LEXICONS[code].data["vague"].values() for p, _ in table}
    seen = 0
    for _ in range(300):
        spoken = SAMPLERS[kind](generator, LEXICONS[code], "x")
        if spoken.word.name in vague:  # "two thirds"
            continue
        (value,) = spoken.arguments.values()
        if found := re.search(r"\d+(?:[.,]\d+)?", spoken.word.name):
            seen += 1
            pattern = spoken.word.name.replace(found.group(), "{n}")
            half = 0.5 * (kind == "temperature" and pattern in LEXICONS[code].strings("halves"))
            assert float(found.group().replace(",", ".")) + half == value
    assert seen > 30


@every
def test_durations_say_every_part(code: str) -> None:
    generator = Random(3)
    for _ in range(300):
        spoken = SAMPLERS["duration"](generator, LEXICONS[code], "duration")
        assert spoken.arguments
        assert set(spoken.arguments) <= {"hours", "minutes", "seconds"}
        assert all(0 < n <= 120 for n in spoken.arguments.values())
        assert spoken.arguments.get("hours", 0) <= 24
        assert spoken.word.name
        assert "{" not in spoken.word.name


@every
@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("color", "colors"),
        ("hvac_mode", "hvac_modes"),
        ("fan_mode", "fan_modes"),
        ("preset_mode", "preset_modes"),
        ("state", "states"),
        ("humidifier_mode", "humidifier_modes"),
        ("operation_mode", "operation_modes"),
    ],
)
def test_a_words_value_is_the_one_it_stands_under(code: str, kind: str, table: str) -> None:
    generator, lexicon = Random(4), LEXICONS[code]
    for _ in range(60):
        spoken = SAMPLERS[kind](generator, lexicon, "x")
        (value,) = spoken.arguments.values()
        names = [w if isinstance(w, str) else w["name"] for w in lexicon.data[table][value]]
        assert spoken.word.name in names


@every
@pytest.mark.parametrize("kind", ["source", "item", "timer_name", "option", "query"])
def test_free_text_is_its_own_value(code: str, kind: str) -> None:
    generator = Random(5)
    for _ in range(40):
        spoken = SAMPLERS[kind](generator, LEXICONS[code], "x")
        assert spoken.arguments == {"x": spoken.word.name}
        assert spoken.word.name


def test_numbers_in_words() -> None:
    assert in_words("en", 21) == "twenty-one"
    assert in_words("fr", 80) == "quatre-vingts"
    assert in_words("xx", 21.5) == "21.5"


def test_no_fraction_is_said_as_none() -> None:
    """ "Twenty point zero" for 20.5 would teach a wrong temperature."""
    assert in_words("ru", 20.5) == in_words("pl", 20.5) == "20.5"
    assert in_words("de", 20.5) == "zwanzig Komma fünf"


def test_half_a_degree_is_said_as_people_do() -> None:
    lexicon = Lexicon("en", {"degrees": ["{n}"], "halves": ["{words} and a half"]})
    generator = Random(5)
    said = [SAMPLERS["temperature"](generator, lexicon, "t") for _ in range(300)]
    halves = {s.word.name: s.arguments["t"] for s in said if "half" in s.word.name}
    assert halves["nineteen and a half"] == 19.5
    assert len(halves) > 5
