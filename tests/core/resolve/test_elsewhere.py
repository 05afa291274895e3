"""A device of one room is not switched for what was said of another."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.calls import FunctionCall, Value
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.resolve import Choice, Where, choose

from .house import HOME


def heard(said: str, name: str, /, home: Home = HOME, **arguments: Value) -> Choice:
    return choose(home, [([FunctionCall(name, arguments)], 0.9)], Where(said=said), mass=1.0)


@pytest.mark.parametrize(
    ("said", "room"),
    [
        ("Open the blind in the kitchen", "Kitchen"),
        ("Open the blind in the galley", "Kitchen"),
        ("Hall blind up", "Hall"),
    ],
)
def test_a_room_without_such_a_device_is_told(said: str, room: str) -> None:
    choice = heard(said, "cover.open_cover", name="Blind")
    assert choice.resolved == ()
    assert choice.room == room


@pytest.mark.parametrize(
    ("said", "call", "name"),
    [
        ("Open the blind", "cover.open_cover", "Blind"),
        ("Open the bedroom blind", "cover.open_cover", "Blind"),
        ("Open the blind in the attic", "cover.open_cover", "Blind"),
        # There is one there: which one is meant was decided.
        ("The light for the kitchen", "light.turn_on", "Porch"),
        # It is where it is, and acts elsewhere.
        ("Vacuum the kitchen", "vacuum.start", "Robot"),
        # Nobody knows where it is.
        ("Put the porch light on for the hall", "light.turn_on", "Porch"),
    ],
)
def test_what_may_be_meant_is_done(said: str, call: str, name: str) -> None:
    choice = heard(said, call, name=name)
    assert choice.resolved
    assert choice.room is None


def test_a_device_that_is_called_after_the_room_is_meant() -> None:
    home = Home(
        (Entity("cover.x", "Kitchen blind", "Utility room"),),
        (Area("Kitchen"), Area("Utility room")),
    )
    assert heard(
        "shut the kitchen blind", "cover.close_cover", home=home, name="Kitchen blind"
    ).resolved


def test_a_room_is_known_by_its_forms_and_by_no_other_word() -> None:
    home = Home(
        (Entity("cover.x", "Roleta", "Salon"),), (Area("Kuchnia"), Area("Salon"), Area("Schuur"))
    )
    assert heard("opuść roletę w kuchni", "cover.close_cover", home=home, name="Roleta").room
    said = "schuif de gordijnen half open"
    assert heard(said, "cover.close_cover", home=home, name="Roleta").resolved


def test_a_room_in_what_is_to_be_played_is_no_place() -> None:
    said = "play songs for the kitchen"
    arguments: dict[str, Value] = {"name": "TV", "query": "songs for the kitchen"}
    assert heard(said, "media_player.search_and_play", home=ONE_TV, **arguments).resolved


ONE_TV = Home(
    (Entity("media_player.tv", "TV", "Bedroom", features=frozenset({"search_and_play"})),),
    (Area("Kitchen"), Area("Bedroom")),
)
