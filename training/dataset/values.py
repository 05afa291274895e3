"""Values of parameters, and how they are spoken."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from unicode_rbnf import RbnfEngine

from .lexicon import Lexicon, Word, pick


@dataclass(frozen=True)
class Spoken:
    """Arguments, and the words for them."""

    arguments: dict[str, Any]
    word: Word
    slot: str = ""
    """The slot of a template that the words go to; empty for a constant, which is not spoken."""


Sampler = Callable[[random.Random, Lexicon, str], Spoken]


@lru_cache(maxsize=4096)
def in_words(code: str, number: float) -> str:
    """21.5 → twenty-one point five; digits where the language has no rules, or none for that."""
    try:
        engine = RbnfEngine.for_language(code)
    except (ValueError, KeyError):
        return _digits(number)
    words = str(engine.format_number(number).text)
    # Of Polish and Russian the package knows no fractions: they all come out as "point zero".
    if number != int(number) and words == engine.format_number(number + 0.1).text:
        return _digits(number)
    return words


def _digits(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


def _number(
    generator: random.Random, lexicon: Lexicon, key: str, number: float, fallback: str = "{n}"
) -> Word:
    pattern = generator.choice(lexicon.strings(key) or [fallback])
    digits = _digits(number)
    if generator.random() < 0.5:
        digits = digits.replace(".", lexicon.writing.get("decimal", "."))
    words = in_words(lexicon.code, number)
    return Word({"name": pattern.replace("{n}", digits).replace("{words}", words)})


def _share(low: int, high: int, vague: str | None = None) -> Sampler:
    """A percentage; round ones are commoner, and some have names of their own."""

    def sample(generator: random.Random, lexicon: Lexicon, parameter: str) -> Spoken:
        named = (lexicon.data.get("vague") or {}).get(vague) if vague else None
        if named and generator.random() < 0.2:
            phrase, value = generator.choice(named)
            return Spoken({parameter: int(value)}, Word({"name": phrase}))
        step = generator.choice((1, 5, 5, 10, 10, 10))
        number = generator.randint(-(-low // step), high // step) * step
        return Spoken({parameter: number}, _number(generator, lexicon, "percent", number))

    return sample


def _temperature(generator: random.Random, lexicon: Lexicon, parameter: str) -> Spoken:
    number: float = generator.choice(
        (generator.randint(16, 26), generator.randint(5, 30), generator.randint(55, 110))
    )
    if number <= 30 and generator.random() < 0.2:
        number += 0.5
        if lexicon.strings("halves") and generator.random() < 0.7:
            whole = _number(generator, lexicon, "halves", int(number))
            return Spoken({parameter: number}, whole)
    return Spoken({parameter: number}, _number(generator, lexicon, "degrees", number))


def _water(generator: random.Random, lexicon: Lexicon, parameter: str) -> Spoken:
    """The temperature of hot water, in degrees Celsius and now and then Fahrenheit."""
    number = generator.choice((generator.randint(35, 75), generator.randint(7, 14) * 5, 120, 130))
    return Spoken({parameter: number}, _number(generator, lexicon, "degrees", number))


def _amount(generator: random.Random, lexicon: Lexicon, parameter: str) -> Spoken:
    """A number of anything: minutes, litres, amperes; what it counts is said by nobody."""
    number: float = generator.choice(
        (generator.randint(0, 12), generator.randint(0, 100), generator.randint(1, 40) * 50)
    )
    if number < 20 and generator.random() < 0.15:
        number += 0.5
    return Spoken({parameter: number}, _number(generator, lexicon, "numbers", number))


def _table(key: str, sign: int = 1, direction: str | None = None) -> Sampler:
    """A phrase and its number from a lexicon table."""

    def sample(generator: random.Random, lexicon: Lexicon, parameter: str) -> Spoken:
        table = lexicon.data.get(key) or {}
        rows = table.get(direction) if direction else table
        if not rows:
            raise KeyError(key)
        phrase, value = generator.choice(rows)
        number = float(value)
        number = int(number) if number == int(number) else number
        return Spoken({parameter: sign * abs(number)}, Word.parse(phrase))

    return sample


def _named(key: str, number: bool = False) -> Sampler:
    """A canonical value and one of the words people use for it."""

    def sample(generator: random.Random, lexicon: Lexicon, parameter: str) -> Spoken:
        table = lexicon.data[key]
        value = generator.choice(list(table))
        word = Word.parse(generator.choice(table[value]))
        return Spoken({parameter: int(value) if number else value}, word)

    return sample


def _listed(key: str) -> Sampler:
    """A word that is its own value."""

    def sample(generator: random.Random, lexicon: Lexicon, parameter: str) -> Spoken:
        word = generator.choice(lexicon.words(key) or lexicon.words("items"))
        return Spoken({parameter: word.name}, word)

    return sample


def _duration(generator: random.Random, lexicon: Lexicon, parameter: str) -> Spoken:
    data = lexicon.data["duration"]
    if data.get("fixed") and generator.random() < 0.2:
        phrase, parts = generator.choice(data["fixed"])
        return Spoken({unit: int(n) for unit, n in parts.items()}, Word({"name": phrase}))
    shape = pick(
        generator,
        {("minutes",): 6, ("seconds",): 1, ("hours",): 1.5, ("hours", "minutes"): 1,
         ("minutes", "seconds"): 0.7},
    )  # fmt: skip
    limits = {"hours": 12, "minutes": 59 if len(shape) > 1 else 90, "seconds": 59}
    parts, spoken = {}, []
    for unit in shape:
        number = generator.choice((generator.randint(1, limits[unit]), 5, 10))
        pattern = _unit_form(generator, data["unit_forms"][unit], number)
        words = in_words(lexicon.code, number)
        text = pattern.replace("{n}", str(number)).replace("{words}", words)
        if "number_words" in lexicon.writing and generator.random() < 0.25:
            text = pattern.replace("{n}", words)
        parts[unit] = number
        spoken.append(text)
    return Spoken(parts, Word({"name": generator.choice(data["join"]).join(spoken)}))


def _unit_form(generator: random.Random, patterns: list[str], number: int) -> str:
    """A pattern for the number; a first pattern that lacks it or is singular is kept for 1."""
    if number == 1:
        return patterns[0]
    return generator.choice(patterns[1:] or patterns)


def _bare(low: int, high: int) -> Sampler:
    """A number alone: home-assistant-intents' templates write the unit themselves."""

    def sample(generator: random.Random, lexicon: Lexicon, parameter: str) -> Spoken:
        number = generator.randint(low, high)
        if high > 40 and generator.random() < 0.7:
            number = max(low, number // 10 * 10)
        return Spoken({parameter: number}, Word({"name": str(number)}))

    return sample


def of_home(
    generator: random.Random, lexicon: Lexicon, kind: str, parameter: str, values: list[str]
) -> Spoken:
    """One of the `values` that a home's devices accept, and a word for it or its own name.

    `kind`: as a template names it. Raises IndexError when nobody would say any of them.
    """
    table = lexicon.data.get(f"{kind}s")
    words = table if isinstance(table, dict) else {}
    # That no preset is set has no words, unless the language has some.
    value = generator.choice([value for value in values if value != "none" or value in words])
    if value in words:
        return Spoken({parameter: value}, Word.parse(generator.choice(words[value])))
    return Spoken({parameter: value}, Word({"name": value.replace("_", " ")}))


#: Kinds of value a template can name.
SAMPLERS: dict[str, Sampler] = {
    "percent": _share(1, 100, "brightness"),
    "position": _share(1, 99, "position"),
    "volume": _share(0, 100, "volume"),
    "step_up": _table("steps", 1, "up"),
    "step_down": _table("steps", -1, "down"),
    "temperature": _temperature,
    "degree_up": _table("degree_steps", 1),
    "degree_down": _table("degree_steps", -1),
    "color": _named("colors"),
    "color_temp": _named("color_temps", number=True),
    "hvac_mode": _named("hvac_modes"),
    "fan_mode": _named("fan_modes"),
    "preset_mode": _named("preset_modes"),
    "state": _named("states"),
    "source": _listed("sources"),
    "item": _listed("items"),
    "timer_name": _listed("timer_names"),
    "day": _named("days"),
    "message": _listed("messages"),
    "duration": _duration,
    "humidity": _share(25, 80),
    "water_temperature": _water,
    "number": _amount,
    "humidifier_mode": _named("humidifier_modes"),
    "operation_mode": _named("operation_modes"),
    "option": _listed("options"),
    "query": _listed("queries"),
    "room": _listed("rooms"),
    "bare_percent": _bare(1, 100),
    "bare_temperature": _bare(10, 30),
}
