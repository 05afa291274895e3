"""What is done is done in the room that was said."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.calls import FunctionCall, Value
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.resolve import Action, Where, choose

HOME = Home(
    (
        Entity("light.ceiling", "Ceiling", "Kitchen"),
        Entity("light.bed", "Bed lamp", "Bedroom"),
        Entity("light.desk", "Desk lamp", "Study"),
        Entity("climate.daikin", "Daikin", "Bedroom"),
        Entity("fan.hood", "Hood", "Kitchen"),
        Entity("media_player.tv", "TV"),
        Entity("vacuum.robot", "Robbie", "Hall"),
        Entity("valve.garden", "Irrigation", "Hall"),
    ),
    (
        Area("Kitchen", "Ground floor"),
        Area("Hall", "Ground floor"),
        Area("Garden"),
        Area("Bedroom", "Upstairs"),
        Area("Study", "Upstairs"),
    ),
)


def reached(said: str, service: str, /, **arguments: Value) -> list[set[str]]:
    calls = [FunctionCall(service, arguments)]
    found = choose(HOME, [(calls, 0.9)], Where(said=said), mass=1.0)
    return [
        {e.entity_id for e in item.entities} for item in found.resolved if isinstance(item, Action)
    ]


@pytest.mark.parametrize(
    ("said", "lights"),
    [
        ("all lights off upstairs", {"light.bed", "light.desk"}),
        ("all the lights in the kitchen off", {"light.ceiling"}),
        ("all lights off", {"light.ceiling", "light.bed", "light.desk"}),
        ("all lights off in the kitchen and the study",
         {"light.ceiling", "light.bed", "light.desk"}),
        ("everything off in the garden", {"light.ceiling", "light.bed", "light.desk"}),
    ],
)  # fmt: skip
def test_all_of_a_place_is_not_all_of_the_house(said: str, lights: set[str]) -> None:
    assert reached(said, "light.turn_off", area="all") == [lights]


@pytest.mark.parametrize(
    ("said", "service", "name"),
    [
        ("turn on the air conditioning in the study", "climate.turn_on", "Daikin"),
        ("fan on in the bedroom", "fan.turn_on", "Hood"),
        ("light on in the garden", "light.turn_on", "Ceiling"),
    ],
)
def test_what_a_room_does_not_have_is_not_taken_from_another(
    said: str, service: str, name: str
) -> None:
    assert reached(said, service, name=name) == []


@pytest.mark.parametrize(
    ("said", "service", "name", "entity_id"),
    [
        ("turn on the bed lamp, I'm in the study", "light.turn_on", "Bed lamp", "light.bed"),
        ("start the daikin from the kitchen", "climate.turn_on", "Daikin", "climate.daikin"),
        ("telly on in the kitchen", "media_player.turn_on", "TV", "media_player.tv"),
        ("clean the kitchen", "vacuum.start", "Robbie", "vacuum.robot"),
        ("water the garden", "valve.open_valve", "Irrigation", "valve.garden"),
        ("warmer in the bedroom", "climate.turn_on", "Daikin", "climate.daikin"),
    ],
)
def test_what_is_named_or_serves_other_rooms_is_called(
    said: str, service: str, name: str, entity_id: str
) -> None:
    assert reached(said, service, name=name) == [{entity_id}]
