"""Home Assistant's own templates become groups of ours, with the target they are about."""

from __future__ import annotations

import pytest

from tests.training.conftest import LANGUAGES
from training.dataset.intents import CALLS, SLOTS, load_intent_groups
from training.dataset.phrases import PhraseGroup


@pytest.fixture(scope="module")
def english() -> list[PhraseGroup]:
    return load_intent_groups("en")


def lines(groups: list[PhraseGroup], call: str, target: str, **values: str) -> list[str]:
    return [
        phrase.text
        for group in groups
        if group.call == call and group.values == values
        for phrase in group.say.get(target, ())
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_some(code: str) -> None:
    groups = load_intent_groups(code)
    assert {"light.turn_on", "light.turn_off"} <= {group.call for group in groups}
    assert all(group.weight < 1 for group in groups)


def test_a_language_without_templates_has_none() -> None:
    assert load_intent_groups("xx") == []


def test_the_target_follows_from_the_slots(english: list[PhraseGroup]) -> None:
    assert any("{name}" in line for line in lines(english, "light.turn_on", "name"))
    assert all("{area}" in line for line in lines(english, "light.turn_on", "area"))
    assert lines(english, "light.turn_on", "area")
    assert lines(english, "light.turn_off", "all")


def test_their_slots_become_ours(english: list[PhraseGroup]) -> None:
    dim = lines(english, "light.turn_on", "name", brightness_pct="bare_percent")
    assert dim
    assert all("{bare_percent}" in line for line in dim)
    theirs = set(SLOTS) - {"color", "temperature"}  # ours go by the same name or another
    found = [p.text for g in english for group in g.say.values() for p in group]
    assert not any(f"{{{slot}}}" in line for slot in theirs for line in found)


def test_calls_are_those_of_the_table(english: list[PhraseGroup]) -> None:
    known = {call for calls in CALLS.values() for call in calls.values()}
    assert {group.call for group in english} <= known
