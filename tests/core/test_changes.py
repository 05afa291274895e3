"""A home that has just become different: what is new can be named, what is gone cannot."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.changes import (
    added_listing,
    gone_names,
    is_small,
    with_gone,
    without_gone,
)
from custom_components.functiongemma.core.decode import Answer, Decoded
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.selection import FOLLOWING

LAMP = Entity("light.lamp", "Lamp", "Study", aliases=("Torch",))
BLIND = Entity("cover.blind", "Blind", "Study")
RADIO = Entity("media_player.radio", "Radio", "Kitchen")
HOME = Home((LAMP, BLIND, RADIO), (Area("Study", "Upstairs"), Area("Kitchen")))


def test_nothing_is_said_twice_of_what_stayed() -> None:
    assert added_listing(HOME, HOME) == ""
    assert added_listing(HOME, replace(HOME, entities=(LAMP, RADIO))) == ""
    able = replace(LAMP, features=frozenset({"color"}), options={"effect_list": ("Rainbow",)})
    assert added_listing(HOME, replace(HOME, entities=(able, BLIND, RADIO))) == ""


@pytest.mark.parametrize(
    ("lamp", "line"),
    [
        (replace(LAMP, name="Desk lamp"), "[Upstairs]\nStudy: light Desk lamp = Torch\n"),
        (
            replace(LAMP, aliases=("Torch", "Glim")),
            "[Upstairs]\nStudy: light Lamp = Torch = Glim\n",
        ),
        (replace(LAMP, area="Kitchen"), "Kitchen: light Lamp = Torch\n"),
        (replace(LAMP, area=None), "Home: light Lamp = Torch\n"),
    ],
)
def test_a_device_renamed_or_moved_is_listed_anew(lamp: Entity, line: str) -> None:
    assert added_listing(HOME, replace(HOME, entities=(lamp, BLIND, RADIO))) == line


def test_a_room_renamed_is_listed_with_all_that_is_in_it() -> None:
    entities = tuple(replace(e, area="Office") if e.area == "Study" else e for e in HOME.entities)
    now = Home(entities, (Area("Office", "Upstairs"), Area("Kitchen")))
    assert added_listing(HOME, now) == "[Upstairs]\nOffice: light Lamp = Torch; cover Blind\n"
    other_name = Home(
        HOME.entities, (Area("Study", "Upstairs"), Area("Kitchen", None, ("Galley",)))
    )
    assert added_listing(HOME, other_name) == "Kitchen = Galley: media_player Radio\n"


def test_a_house_that_is_another_one_is_read_first() -> None:
    rooms = tuple(Area(f"Room {i}") for i in range(FOLLOWING + 1))
    lamps = tuple(Entity(f"light.x{i}", "Lamp", room.name) for i, room in enumerate(rooms))
    assert is_small(HOME, Home(lamps[:-1], rooms))
    assert not is_small(HOME, Home(lamps, rooms))
    crowd = tuple(Entity(f"light.x{i}", f"Lamp number {i}") for i in range(100))
    assert not is_small(HOME, Home(crowd))


def test_a_name_that_something_else_has_now_is_not_gone() -> None:
    renamed = replace(LAMP, name="Desk lamp", aliases=())
    now = replace(HOME, entities=(renamed, BLIND, RADIO))
    assert gone_names(HOME, now) == {"Lamp", "Torch"}
    taken = replace(now, entities=(renamed, replace(BLIND, name="lamp"), RADIO))
    assert gone_names(HOME, taken) == {"Torch", "Blind"}
    assert with_gone(HOME, HOME) is HOME
    ghost = with_gone(HOME, now).entities[-1]
    assert ghost.names == ("Lamp", "Torch")
    assert ghost.area == "Study"


def test_a_room_that_is_gone_cannot_be_named() -> None:
    moved = tuple(replace(e, area="Kitchen") for e in (BLIND, RADIO))
    assert with_gone(HOME, Home(moved, (Area("Kitchen"),))).entities[-1].area is None


def decoded(*answers: tuple[float, FunctionCall | None]) -> Decoded:
    found = tuple(Answer((call,) if call else (), math.log(share)) for share, call in answers)
    return Decoded(found, answers[0][0] / 0.95, 0.95, 0.1, 9)


def test_what_was_meant_for_something_gone_is_done_to_nothing_else() -> None:
    functions = functions_for(HOME)
    lamp = FunctionCall("light.turn_on", {"name": "Lamp"})
    radio = FunctionCall("media_player.turn_on", {"name": "Radio"})
    found = without_gone(decoded((0.6, lamp), (0.2, radio), (0.1, None)), {"Lamp"}, functions)
    assert [answer.calls for answer in found.answers] == [(), (radio,)]
    assert math.exp(found.answers[0].logprob) == pytest.approx(0.7)
    assert found.confidence == pytest.approx(0.7 / 0.95)
    assert found.mass == 0.95


def test_other_answers_stay_as_they_are() -> None:
    functions = functions_for(HOME)
    answer = decoded((0.9, FunctionCall("media_player.turn_on", {"name": "Radio"})), (0.05, None))
    assert without_gone(answer, {"Lamp"}, functions) is answer
    timer = decoded((0.9, FunctionCall("timer.start", {"name": "Lamp"})))
    assert without_gone(timer, {"Lamp"}, functions) is timer
