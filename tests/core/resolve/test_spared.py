"""What is to be left as it is stays as it is, whatever the model makes of "except"."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core import numbers
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Action, Where, choose
from custom_components.functiongemma.core.resolve.spared import spared

from .house import HOME, LIGHTS, home_of

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


def left_out(home: Home, said: str) -> set[str]:
    """The names of what a sentence leaves out."""
    ids = spared(home, said)
    return {entity.name for entity in home.entities if entity.entity_id in ids}


SPOTS = ("light", "Spots", "Kitchen")
CEILING = ("light", "Ceiling", "Bedroom")


@pytest.mark.parametrize(
    ("other", "said", "left"),
    [
        (("media_player", "Kitchen", "Kitchen"), "except in the kitchen", {"Kitchen", "Spots"}),
        (("sensor", "Kitchen", ""), "except the kitchen", {"Kitchen", "Spots"}),
        (("light", "Bedroom", "Bedroom"), "except the bedroom", {"Bedroom", "Ceiling"}),
        (("light", "Bedroom lamp", "Bedroom"), "except the bedroom lamp", {"Bedroom lamp"}),
        (("light", "Ceiling", "Kitchen"), "except the ceiling in the kitchen", {"Ceiling"}),
    ],
)
def test_room_is_left_out_though_a_device_is_called_like_it(
    other: tuple[str, str, str], said: str, left: set[str]
) -> None:
    home = home_of(SPOTS, CEILING, other)
    assert left_out(home, f"all lights off {said}") == left


@pytest.mark.parametrize(
    ("room", "said"),
    [
        ("Гостиная", "Выключи весь свет, кроме гостиной"),
        ("Ванная", "Выключи свет везде, кроме ванной"),
        ("Прихожая", "Выключи весь свет кроме прихожей"),
        ("Kuchnia", "Zgaś wszystko oprócz kuchni"),
    ],
)
def test_room_is_left_out_in_the_form_that_its_word_takes_there(room: str, said: str) -> None:
    home = home_of(("light", "Люстра", room), CEILING)
    assert left_out(home, said) == {"Люстра"}


def test_device_is_left_out_and_not_all_of_the_room_that_says_where_it_is() -> None:
    rooms = {"寝室": ("間接照明", "天井"), "卧室": ("台灯", "吊灯")}
    home = home_of(*(("light", name, room) for room, names in rooms.items() for name in names))
    assert left_out(home, "寝室の間接照明以外の電気を消して") == {"間接照明"}
    assert left_out(home, "除了卧室的台灯,其他灯都关掉") == {"台灯"}
    assert left_out(home, "除了卧室的台灯其他灯都关掉") == {"台灯"}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("except for the floor lamp, turn off all lights in the living room", {"Floor lamp"}),
        ("all lights off except the kitchen and turn on the hall lamp", {"Spots"}),
        ("all lights off except the kitchen and the hall lamp", {"Spots", "Hall lamp"}),
        ("all lights off except the kitchen, the bedroom and the hall lamp",
         {"Spots", "Ceiling", "Hall lamp"}),
        ("alle Lichter außer Kitchen und Bedroom ausschalten", {"Spots", "Ceiling"}),
    ],
)  # fmt: skip
def test_what_is_left_out_ends_where_another_command_begins(said: str, left: set[str]) -> None:
    home = home_of(
        SPOTS, CEILING, ("light", "Floor lamp", "Living room"), ("light", "Hall lamp", "Hall")
    )
    assert left_out(home, said) == left


def test_out_of_the_house_leaves_nothing_out() -> None:
    home = home_of(("alarm_control_panel", "Haus", ""))
    assert left_out(home, "Aktiviere den Alarm, wir sind außer Haus") == set()


def test_call_for_nothing_but_what_is_left_out_is_not_made_beside_others() -> None:
    home = home_of(SPOTS, ("media_player", "TV", "Living room"))
    calls = [FunctionCall(f"{d}.turn_off", {"area": "all"}) for d in ("light", "media_player")]
    found = choose(home, [(calls, 0.9)], Where(said="turn everything off except the TV"))
    assert [item.call.name for item in found.resolved] == ["light.turn_off"]
