"""The language files say what they mean: no word or label in them is lost without notice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.catalogue.light import COLORS
from custom_components.functiongemma.core.functions import Function
from tests.training.conftest import LANGUAGES
from training.dataset.__main__ import languages
from training.dataset.homes import KIND_WEIGHTS
from training.dataset.intents import load_intent_groups
from training.dataset.lexicon import LANGUAGES as LANGUAGES_FOLDER
from training.dataset.lexicon import Lexicon
from training.dataset.phrases import Phrase, PhraseGroup, load_groups
from training.dataset.values import SAMPLERS
from training.dataset.weights import TARGET_WEIGHTS

EVAL = Path(__file__).parents[4] / "shared" / "eval"
HELD_OUT = LANGUAGES_FOLDER.parent / "heldout"
PLACES = {
    "name": {"name"},
    "area": {"area"},
    "name_area": {"name", "area"},
    "floor": {"floor"},
}
every_language = pytest.mark.parametrize("code", LANGUAGES)


@pytest.fixture(scope="module")
def own() -> dict[str, list[PhraseGroup]]:
    return {code: load_groups(code) for code in LANGUAGES}


@pytest.fixture(scope="module")
def groups(own: dict[str, list[PhraseGroup]]) -> dict[str, list[PhraseGroup]]:
    return {code: [*own[code], *load_intent_groups(code)] for code in LANGUAGES}


def phrases(found: list[PhraseGroup]) -> Iterator[tuple[PhraseGroup, str, Phrase]]:
    for group in found:
        ways = [*group.say.items(), *group.then.items(), *group.refused.items()]
        for target, lines in [*ways, ("need", group.needs)]:
            for phrase in lines:
                yield group, target, phrase


def takes(function: Function, parameter: str, kind: str) -> bool:
    """Whether a function's parameter can be given such a value."""
    parameters = {p.name: p for p in function.parameters}
    if parameter == "duration":
        return kind == "duration" and {"hours", "minutes", "seconds"} <= parameters.keys()
    if parameter not in parameters:
        return False
    known = parameters[parameter]
    return kind in SAMPLERS or kind in known.values or known.type in ("INTEGER", "NUMBER")


def test_these_are_the_languages() -> None:
    assert set(LANGUAGES) <= set(languages())


@every_language
def test_every_group_is_a_call_that_exists(groups: dict[str, list[PhraseGroup]], code: str) -> None:
    for group in groups[code]:
        assert group.call == "none" or group.call in BY_NAME
        for parameter, kind in group.values.items():
            assert takes(BY_NAME[group.call], parameter, kind), (group.call, parameter, kind)
        for device in group.kinds:
            assert device in KIND_WEIGHTS
            assert device.partition(".")[0] in BY_NAME[group.call].domains
        assert set(group.say) <= set(TARGET_WEIGHTS)
        ways = (group.say, group.then, group.refused)
        assert all(lines for way in ways for lines in way.values()), group
        assert any(ways) or group.needs, group


@every_language
def test_every_line_says_its_target_and_its_values(
    groups: dict[str, list[PhraseGroup]], code: str
) -> None:
    """What a line does not say must not be in its label, and the other way round."""
    wrong = []
    for group, target, phrase in phrases(groups[code]):
        values = {kind for kind in group.values.values() if kind in SAMPLERS}
        wanted = PLACES.get(target, set()) | values
        if phrase.slots - {"noun", "nouns"} != wanted:
            wrong.append(f"{group.call} {target} {sorted(wanted)}: {phrase.text}")
    assert wrong == []


@every_language
def test_calls_without_a_device_have_no_target(
    groups: dict[str, list[PhraseGroup]], code: str
) -> None:
    for group in groups[code]:
        if group.call == "none":
            # A device or a room may come up in talk.
            assert set(group.say) <= {"none", "name", "area"} and not group.then
        elif not BY_NAME[group.call].has_target:
            assert set(group.say) <= {"none"} and not group.then, group.call
        else:
            assert "none" not in group.say, group.call


@every_language
def test_every_function_can_be_asked_for(groups: dict[str, list[PhraseGroup]], code: str) -> None:
    assert {group.call for group in groups[code]} >= {*BY_NAME, "none"}


@every_language
def test_a_lexicon_has_words_for_every_value(code: str) -> None:
    lexicon = Lexicon.load(code)
    data = lexicon.data
    assert len(lexicon.rooms) >= 60
    assert len(lexicon.persons) >= 10
    assert lexicon.floors
    assert set(lexicon.kinds) <= set(KIND_WEIGHTS)
    assert all(kind.one or kind.devices for kind in lexicon.kinds.values())
    assert set(data["colors"]) <= set(COLORS)
    assert all(2000 <= int(k) <= 6500 and int(k) % 100 == 0 for k in data["color_temps"])
    for key, function, parameter in (
        ("hvac_modes", "climate.set_hvac_mode", "hvac_mode"),
        ("fan_modes", "climate.set_fan_mode", "fan_mode"),
        ("preset_modes", "climate.set_preset_mode", "preset_mode"),
        ("states", "state.count", "state"),
        ("humidifier_modes", "humidifier.set_mode", "mode"),
        ("operation_modes", "water_heater.set_operation_mode", "operation_mode"),
    ):
        (known,) = (p for p in BY_NAME[function].parameters if p.name == parameter)
        assert set(data[key]) == set(known.values), key
    tables = ("colors", "color_temps", "hvac_modes", "fan_modes", "preset_modes", "states",
              "humidifier_modes", "operation_modes")  # fmt: skip
    for table in tables:
        assert all(data[table].values()), table
    for key in ("sources", "options", "queries", "items", "percent", "degrees", "joins", "and",
                "corrections"):  # fmt: skip
        assert data.get(key), key
    assert all("{n}" in p or "{words}" in p for p in data["percent"] + data["degrees"])
    for target, lines in (data.get("also") or {}).items():
        assert lines and all(Phrase(line).slots == PLACES[target] for line in lines), target
        assert target in ("name", "area")


@every_language
def test_numbers_of_a_lexicon_are_in_range(code: str) -> None:
    data = Lexicon.load(code).data
    for direction in ("up", "down"):
        assert all(0 < int(step) <= 100 for _, step in data["steps"][direction])
    assert all(0 < float(degrees) <= 15 for _, degrees in data["degree_steps"])
    assert all(float(degrees) * 2 % 1 == 0 for _, degrees in data["degree_steps"])
    for table in data["vague"].values():
        assert all(0 <= int(value) <= 100 for _, value in table)
    for _, parts in data["duration"].get("fixed") or ():
        assert {*parts} <= {"hours", "minutes", "seconds"}
        assert all(0 < int(n) <= 120 for n in parts.values())


def folded(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", "", text.casefold()).split())


def texts(*files: Path) -> set[str]:
    """What the evaluation files at these paths say."""
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return {folded(json.loads(line)["text"]) for line in lines}


def common(own: dict[str, list[PhraseGroup]], code: str, kept_aside: set[str]) -> list[str]:
    """Templates that are kept-aside sentences word by word. Phrases of up to three words are what
    everybody says ("play", "skip back")."""
    lines = {folded(phrase.text) for _, _, phrase in phrases(own[code])}
    return [line for line in lines & kept_aside if len(line.split()) > 3]


@every_language
def test_no_evaluation_sentence_is_a_template(own: dict[str, list[PhraseGroup]], code: str) -> None:
    """Measured on what was trained on, any model looks perfect."""
    if not EVAL.is_dir():
        pytest.skip("no evaluation sentences here")
    kept_aside = texts(EVAL / "commands.jsonl", EVAL / "piles.jsonl")
    assert len(kept_aside) > 1000
    assert common(own, code, kept_aside) == []


@every_language
def test_no_held_out_sentence_is_a_template(own: dict[str, list[PhraseGroup]], code: str) -> None:
    file = HELD_OUT / code / "commands.jsonl"
    if not file.is_file():
        pytest.skip(f"nothing is held out for {code} yet")
    assert common(own, code, texts(file)) == []


@every_language
def test_every_form_of_a_place_that_is_asked_for_exists(
    own: dict[str, list[PhraseGroup]], code: str
) -> None:
    """A misspelt form would quietly give the bare name."""
    lexicon = Lexicon.load(code)
    kinds = lexicon.kinds.values()
    words = {
        "area": lexicon.rooms,
        "room": lexicon.rooms,
        "floor": lexicon.floors,
        "noun": [word for kind in kinds for word in kind.one],
        "nouns": [word for kind in kinds for word in kind.many],
        "name": [word for kind in kinds for word in [*kind.one, *kind.devices]],
    }
    forms = {slot: {form for word in found for form in word.forms} for slot, found in words.items()}
    for _, _, phrase in phrases(own[code]):
        for slot, form in re.findall(r"\{(\w+):(\w+)\}", phrase.text):
            assert slot not in forms or form in forms[slot], phrase.text
