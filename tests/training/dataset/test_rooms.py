"""Rooms have names people really use, in one language or several, and no two share one."""

from __future__ import annotations

from random import Random

import pytest

from tests.training.conftest import LANGUAGES
from training.dataset.lexicon import Lexicon
from training.dataset.rooms import Room, rooms, same_rooms

every = pytest.mark.parametrize("code", LANGUAGES)


def homes(code: str) -> list[list[Room]]:
    lexicon = Lexicon.load(code)
    return [rooms(Random(f"{code}{index}"), lexicon) for index in range(200)]


@every
def test_every_word_for_a_room_is_in_the_listing(code: str) -> None:
    for home in homes(code):
        for room in home:
            assert {word.name for word in room.words} <= {*room.names}


@every
def test_a_room_is_called_something_in_its_own_language(code: str) -> None:
    """A French home may list "Kitchen = Cuisine"; people there say "cuisine"."""
    own = {word.name for word in Lexicon.load(code).rooms}
    foreign = {name for row in same_rooms() for name in row.values()} - own
    for home in homes(code):
        assert not any(word.name in foreign for room in home for word in room.words)


@every
def test_no_two_rooms_share_a_name(code: str) -> None:
    for home in homes(code):
        names = [name.casefold() for room in home for name in room.names]
        assert len({*names}) == len(names)


@every
def test_some_homes_speak_several_languages_and_most_do_not(code: str) -> None:
    several = sum(any(len(room.names) > 2 for room in home) for home in homes(code))
    assert 5 < several < 60


def test_the_same_rooms_are_spelt_as_in_the_lexicons() -> None:
    """A name no lexicon has would never be found, and its room never be translated."""
    names = {code: {word.name for word in Lexicon.load(code).rooms} for code in LANGUAGES}
    wrong = [(c, n) for row in same_rooms() for c, n in row.items() if n not in names[c]]
    assert wrong == []
    assert len(same_rooms()) > 10
