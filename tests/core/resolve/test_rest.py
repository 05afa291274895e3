"""All but one is all but that one, though the model named devices one by one."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.resolve import Action, Where, choose

from .house import chosen

HOME = Home(
    (
        Entity("light.spots", "Spots", "Kitchen"),
        Entity("light.hood", "Hood light", "Kitchen"),
        Entity("light.table", "Table lamp", "Kitchen"),
        Entity("light.hall", "Hall ceiling", "Hall"),
        Entity("light.bed", "Bed lamp", "Bedroom"),
        Entity("lock.front", "Front door", "Hall"),
        Entity("lock.back", "Back door", "Kitchen"),
        Entity("cover.garage", "Garage door", "Hall", device_class="garage"),
        Entity("cover.blind", "Blind", "Bedroom", device_class="blind"),
        Entity("cover.shade", "Shade", "Kitchen", device_class="shade"),
    ),
    (
        Area("Kitchen", "Ground floor"),
        Area("Hall", "Ground floor"),
        Area("Bedroom", "Upstairs"),
    ),
)
KITCHEN = {"light.spots", "light.hood", "light.table"}
LIGHTS = {*KITCHEN, "light.hall", "light.bed"}


def reached(said: str, service: str, *names: str, area: str | None = None) -> list[set[str]]:
    """The devices of each action that comes of a call for each name."""
    calls = [FunctionCall(service, {"name": name}) for name in names]
    return chosen(HOME, Where(area, said=said), *calls)


@pytest.mark.parametrize("names", [("Spots",), ("Hood light", "Hood light")])
@pytest.mark.parametrize(
    "said",
    [
        "all kitchen lights off except the spots",
        "turn off the lights in the kitchen but not the spots",
        "Kitchenの電気は、Spots以外を消して",
        "éteins les lumières de Kitchen sauf Spots",
    ],
)
def test_the_others_of_the_room_are_switched(said: str, names: tuple[str, ...]) -> None:
    assert reached(said, "light.turn_off", *names) == [KITCHEN - {"light.spots"}]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("all lights off except the bed lamp", {"light.bed"}),
        ("alle Lichter aus, nur die Bed lamp nicht", {"light.bed"}),
        ("zet alle lampen uit op de bed lamp na", {"light.bed"}),
        ("apaga todas las luces menos Bed lamp", {"light.bed"}),
    ],
)
def test_all_others_are_switched_where_all_is_said(said: str, left: set[str]) -> None:
    assert reached(said, "light.turn_off", "Bed lamp") == [LIGHTS - left]


def test_the_others_of_the_floor_are_switched() -> None:
    said = "switch off the lights on the ground floor except the spots"
    assert reached(said, "light.turn_off", "Spots") == [
        (KITCHEN | {"light.hall"}) - {"light.spots"}
    ]


def test_all_of_a_room_is_more_than_one_of_its_devices() -> None:
    said = "all kitchen lights off except the spots"
    assert reached(said, "light.turn_off", "Hood light") == [KITCHEN - {"light.spots"}]


def test_arguments_stay() -> None:
    calls = [FunctionCall("light.turn_on", {"name": "Spots", "brightness_pct": 20})]
    where = Where(said="kitchen lights to 20 percent except the spots")
    (action,) = choose(HOME, [(calls, 0.9)], where, mass=1.0).resolved
    assert isinstance(action, Action) and action.data == {"brightness_pct": 20}
    assert {e.entity_id for e in action.entities} == KITCHEN - {"light.spots"}


def test_what_is_named_is_switched_and_no_more() -> None:
    said = "turn off the hood light but not the spots"
    assert reached(said, "light.turn_off", "Hood light") == [{"light.hood"}]


def test_one_light_is_not_all_lights() -> None:
    """It says neither where nor that it is all of them."""
    assert reached("turn off the light but not the spots", "light.turn_off", "Hood light") == [
        {"light.hood"}
    ]


@pytest.mark.parametrize(
    "said",
    [
        "turn off the light in the kitchen but not the spots",
        "turn off all lights in here except the spots",
        "turn off all the bedrooms' lights except the spots",
        "all right, turn off the light but not the spots",
        "it's dark in the kitchen, turn off all lights except the spots",
    ],
)
def test_one_device_stays_one_where_it_is_not_said_what_all_is(said: str) -> None:
    assert reached(said, "light.turn_off", "Bed lamp") == [{"light.bed"}]


def test_two_rooms_are_not_all_of_them() -> None:
    said = "turn off all lights in the kitchen and the hall except the spots"
    (devices,) = reached(said, "light.turn_off", "Hall ceiling")
    assert devices == {"light.hall"}


@pytest.mark.parametrize(
    "said",
    [
        "all the lights are off except the spots, turn them off too",
        "it's late and we go out, turn off all lights except the spots",
    ],
)
def test_a_statement_is_no_command(said: str) -> None:
    assert reached(said, "light.turn_off", "Spots") == []


def test_here_is_the_room_of_the_speaker() -> None:
    said = "turn off all lights in here except the spots"
    found = reached(said, "light.turn_off", "Spots", area="Kitchen")
    assert found == [KITCHEN - {"light.spots"}]


def test_what_is_taken_back_is_not_left_out() -> None:
    said = "turn off all lights except the spots, no, only the spots"
    assert reached(said, "light.turn_off", "Spots") in ([], [{"light.spots"}])


def test_what_stays_on_is_no_fridge() -> None:
    """Anything may be a switch: not all of them are what was spoken of."""
    home = Home((
        Entity("switch.left", "String lights left"), Entity("switch.right", "String lights right"),
        Entity("switch.porch", "String lights porch"), Entity("switch.fridge", "Fridge"),
    ))  # fmt: skip
    calls = [FunctionCall("switch.turn_off", {"name": "String lights porch"})]
    said = Where(said="turn off all string lights except the string lights porch")
    assert choose(home, [(calls, 0.9)], said, mass=1.0).resolved == ()


def test_nothing_is_switched_where_nothing_is_left() -> None:
    assert reached("bedroom lights off except the bed lamp", "light.turn_off", "Bed lamp") == []


def test_no_door_is_opened_with_the_others() -> None:
    said = "open everything except the blind"
    assert reached(said, "cover.open_cover", "Blind") == [{"cover.shade"}]
    said = "unlock all doors except the front door"
    assert reached(said, "lock.unlock", "Front door") == []
