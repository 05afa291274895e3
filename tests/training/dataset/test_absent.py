"""What a home cannot do is asked of it, and nothing is called."""

from __future__ import annotations

from random import Random

import pytest

from custom_components.functiongemma.core.catalogue import functions_for
from tests.training.dataset.saying import DEVICES, LEXICON, everything, group, home
from training.dataset.lexicon import Lexicon
from training.dataset.sentences import NotHere, Speaker

pytestmark = pytest.mark.usefixtures("clearly")


def test_what_is_not_there_is_not_called() -> None:
    """A sprinkler in a home without one, and lights in a room it does not have."""
    groups = [
        group("valve.open_valve", "name", "water {name}"),
        group("light.turn_on", "area", "bright {area}"),
    ]
    lexicon = Lexicon("en", {**LEXICON.data, "kinds": {
        **LEXICON.data["kinds"], "valve": {"one": ["valve"]}}})  # fmt: skip
    made = home(DEVICES)
    speaker = Speaker(Random(1), lexicon, groups, made, functions_for(made.home))
    texts = set()
    for _ in range(200):
        try:
            texts.add(speaker.absences.absent().lower())
        except NotHere:
            continue
    assert "bright attic" in texts
    assert not any("kitchen" in text or "hall" in text for text in texts)
    assert texts & {"water valve", "water sprinkler"}


def test_a_thing_in_a_room_that_is_not_there_is_not_one_of_another_room() -> None:
    groups = [group("light.turn_on", "name_area", "bright {name} {area}")]
    made = home(DEVICES)
    speaker = Speaker(Random(1), LEXICON, groups, made, functions_for(made.home))
    texts = {speaker.absences.absent().lower() for _ in range(50)}
    assert texts == {"bright light attic", "bright lamp attic"}


def test_what_is_not_to_be_done_calls_nothing() -> None:
    groups = [
        group("light.turn_off", "name", "dark {name}"),
        group("light.turn_off", "not_name", "leave {name} on"),
        group("light.turn_off", "not_area", "leave {area} on"),
    ]
    found = everything(*groups)
    left = {one.text.lower() for one in found if one.text.lower().startswith("leave")}
    assert "leave spots on" in left
    assert left & {f"leave {room} on" for room in ("kitchen", "hall", "corridor")}
    for one in found:
        assert bool(one.calls) is (one.text.lower() not in left)


def test_a_question_this_home_has_no_answer_to_calls_nothing() -> None:
    groups = [
        group("weather.get_forecasts", "all", "what weather", day="now"),
        group("light.turn_on", "here", "bright"),
    ]
    found = [one for one in everything(*groups) if one.text.lower().startswith("what weather")]
    assert found
    assert all(one.calls == [] for one in found)
