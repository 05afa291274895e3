"""Both is both, though the model named one of them twice, or another one."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.resolve import Where

from .house import chosen

HOME = Home(
    (
        Entity("cover.garage_1", "Garage door 1", "Garage", device_class="garage"),
        Entity("cover.garage_2", "Garage door 2", "Garage", device_class="garage"),
        Entity("cover.awning", "Awning", "Terrace"),
        Entity("cover.left", "Left curtain", "Bedroom"),
        Entity("cover.right", "Right curtain", "Bedroom"),
        Entity("light.left", "Reading lamp", "Bedroom"),
        Entity("light.right", "Reading lamp", "Bedroom"),
        Entity("light.kitchen", "Kitchen ceiling", "Kitchen"),
        Entity("light.hall", "Hall ceiling", "Hall"),
        Entity("light.desk", "Desk lamp", "Hall"),
        Entity("fan.attic", "Whirl", "Attic"),
        Entity("fan.bath", "Breeze", "Bath"),
    ),
    tuple(map(Area, ("Garage", "Terrace", "Bedroom", "Kitchen", "Hall", "Attic", "Bath"))),
)


def reached(said: str, service: str, *targets: dict[str, str]) -> set[str]:
    calls = [FunctionCall(service, dict(target)) for target in targets]
    return set().union(*chosen(HOME, Where(said=said), *calls))


def names(*said: str) -> list[dict[str, str]]:
    return [{"name": name} for name in said]


@pytest.mark.parametrize(
    ("said", "targets"),
    [
        ("close both garage doors", names("Garage door 1", "Awning")),
        ("close the two garage doors", names("Garage door 1")),
    ],
)
def test_both_doors_are_closed_and_nothing_else(said: str, targets: list[dict[str, str]]) -> None:
    assert reached(said, "cover.close_cover", *targets) == {"cover.garage_1", "cover.garage_2"}


def test_two_of_one_name_are_both_reached() -> None:
    called = names("Reading lamp", "Reading lamp")
    assert reached("both reading lamps on", "light.turn_on", *called) == {
        "light.left", "light.right"
    }  # fmt: skip


def test_the_room_tells_which_two() -> None:
    called = names("Left curtain", "Left curtain")
    said = "open both curtains in the bedroom"
    assert reached(said, "cover.open_cover", *called) == {"cover.left", "cover.right"}


def test_two_that_are_not_spoken_of_are_not_both() -> None:
    """Two of a domain may be anything: irrigation and the gas."""
    assert reached("beide Ventilatoren an", "fan.turn_on", *names("Whirl")) == {"fan.attic"}


@pytest.mark.parametrize(
    ("said", "targets", "ids"),
    [
        ("the two of us are cold, turn off the fan", names("Whirl"), {"fan.attic"}),
        ("we both are leaving, close the garage", names("Garage door 1"), {"cover.garage_1"}),
        ("close the garage door, we both go", names("Garage door 1"), {"cover.garage_1"}),
        ("close one of the two garage doors", names("Garage door 1"), {"cover.garage_1"}),
        ("turn off both the kitchen and the hall lights", [{"area": "Kitchen"}], {"light.kitchen"}),
        ("both reading lamps on, no, the desk lamp", names("Desk lamp"), {"light.desk"}),
    ],
)
def test_both_of_something_else_changes_nothing(
    said: str, targets: list[dict[str, str]], ids: set[str]
) -> None:
    domain = "fan" if "fan" in said else "cover" if "garage" in said else "light"
    service = {"cover": "cover.close_cover"}.get(domain, f"{domain}.turn_off")
    assert reached(said, service, *targets) == ids


def test_two_that_are_named_stay_though_two_others_are_alike() -> None:
    called = names("Desk lamp", "Hall ceiling")
    said = "turn on both the desk lamp and the hall ceiling"
    assert reached(said, "light.turn_on", *called) == {"light.desk", "light.hall"}


def test_of_more_than_two_the_model_says_which() -> None:
    assert reached("both lamps on", "light.turn_on", *names("Desk lamp", "Hall ceiling")) == {
        "light.desk", "light.hall"
    }  # fmt: skip
