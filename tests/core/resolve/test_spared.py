"""What is to be left as it is stays as it is, whatever the model makes of "except"."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core import numbers
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.resolve import Action, Where, choose

from .house import HOME, LIGHTS

ALL_OFF = FunctionCall("light.turn_off", {"area": "all"})


def off(said: str, *calls: FunctionCall) -> list[set[str]]:
    """The devices of each action."""
    found = choose(HOME, [(calls or (ALL_OFF,), 0.9)], Where(said=said), mass=1.0)
    assert all(isinstance(item, Action) for item in found.resolved)
    return [
        {e.entity_id for e in item.entities} for item in found.resolved if isinstance(item, Action)
    ]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("all lights off except the porch", {"light.porch"}),
        ("all lights off but not the island lamp", {"light.island"}),
        ("alle Lichter aus außer Island lamp", {"light.island"}),
        ("éteins tout sauf Porch", {"light.porch"}),
        ("Porch以外の電気を消して", {"light.porch"}),
        ("除了Porch，灯都关了", {"light.porch"}),
        ("Porch 빼고 불 다 꺼줘", {"light.porch"}),
        ("all lights off except in the kitchen", {"light.kitchen", "light.island"}),
    ],
)
def test_what_is_left_out_is_not_switched(said: str, left: set[str]) -> None:
    assert off(said) == [LIGHTS - left]


def test_what_is_left_out_is_not_the_only_one_that_is_switched() -> None:
    """As a small model has it that heard only the one name."""
    lamp = FunctionCall("light.turn_off", {"name": "Island lamp"})
    assert off("all lights off except the island lamp", lamp) == []
    assert off("all lights off except the island lamp", ALL_OFF, lamp) == [
        LIGHTS - {"light.island"}
    ]


def test_another_command_about_what_is_left_out_is_carried_out() -> None:
    on = FunctionCall("light.turn_on", {"name": "Island lamp"})
    done = off("all lights off except the island lamp and turn that on", ALL_OFF, on)
    assert done == [LIGHTS - {"light.island"}, {"light.island"}]


@pytest.mark.parametrize(
    "said",
    ["all lights off", "un poco menos la luz Porch", "all lights off except the one by the sofa"],
)
def test_nothing_is_left_out_that_is_not_named_so(said: str) -> None:
    assert off(said) == [LIGHTS]


def test_home_assistant_does_not_wait_for_a_file_of_numbers() -> None:
    numbers.load.cache_clear()
    assert off("all lights off except the island lamp") == [LIGHTS - {"light.island"}]
    assert numbers.load.cache_info().misses == 0
