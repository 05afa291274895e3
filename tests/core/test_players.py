"""Who says "the TV" does not mean the loudspeaker beside it."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.players import of_said_class
from custom_components.functiongemma.core.resolve import Action, Where, resolve

TV = Entity("media_player.tv", "Smart Tcl", "Living Room", device_class="tv")
SPEAKER = Entity(
    "media_player.speaker", "Living Room Speaker", "Living Room", device_class="speaker"
)
HOME = Home((TV, SPEAKER), (Area("Living Room"),))


@pytest.mark.parametrize(
    "sentence",
    [
        "unpause the living room TV", "mets la télé en pause", "Fernseher bitte stumm",
        "przycisz telewizor", "сделай телевизор тише", "テレビを止めて", "把电视暂停", "티비 꺼줘",
        "zet de televisie zachter", "pausa la tele",
    ],
)  # fmt: skip
def test_a_television_is_told_from_a_loudspeaker(sentence: str) -> None:
    assert of_said_class([TV, SPEAKER], sentence) == [TV]


@pytest.mark.parametrize(
    "sentence",
    [
        "pause the living room speaker",
        "przycisz głośnik",
        "スピーカーの音量を下げて",
        "mach die Boxen leiser",
    ],
)
def test_and_the_other_way_round(sentence: str) -> None:
    assert of_said_class([TV, SPEAKER], sentence) == [SPEAKER]


@pytest.mark.parametrize("sentence", ["pause the music", "pick up the telephone", "TV or speaker"])
def test_who_speaks_of_neither_or_both_means_either(sentence: str) -> None:
    assert of_said_class([TV, SPEAKER], sentence) == [TV, SPEAKER]


def test_the_room_alone_does_not_name_its_loudspeaker() -> None:
    """The speaker is called after the room, and it is the one that is paused."""
    where = Where(
        states={"media_player.tv": "idle", "media_player.speaker": "paused"},
        said="Unpause the living room TV",
    )
    call = FunctionCall("media_player.media_play", {"area": "Living Room"})
    found = resolve(HOME, call, where)
    assert isinstance(found, Action) and found.entities == (TV,)


def test_a_television_alone_is_turned_off() -> None:
    call = FunctionCall("media_player.turn_off", {"area": "Living Room"})
    found = resolve(HOME, call, Where(said="turn off the TV in the living room"))
    assert isinstance(found, Action) and found.entities == (TV,)
