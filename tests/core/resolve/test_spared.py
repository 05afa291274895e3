"""What is to be left as it is stays as it is, whatever the model makes of "except"."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core import numbers
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Where, choose
from custom_components.functiongemma.core.resolve.spared import spared

from .house import HOME, LIGHTS, chosen, home_of

ALL_OFF = FunctionCall("light.turn_off", {"area": "all"})


def off(said: str, *calls: FunctionCall) -> list[set[str]]:
    """The devices of each action."""
    return chosen(HOME, Where(said=said), *(calls or (ALL_OFF,)))


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
    assert off("all lights off except the island lamp", lamp) == [LIGHTS - {"light.island"}]
    assert off("all lights off except the island lamp", ALL_OFF, lamp) == [
        LIGHTS - {"light.island"}
    ]


def test_another_command_about_what_is_left_out_is_carried_out() -> None:
    on = FunctionCall("light.turn_on", {"name": "Island lamp"})
    done = off("all lights off except the island lamp and turn that on", ALL_OFF, on)
    assert done == [LIGHTS - {"light.island"}, {"light.island"}]


@pytest.mark.parametrize(
    "said",
    [
        "all lights off",
        "un poco menos la luz Porch",
        "all lights off except the one by the sofa",
        "todas las luces menos brillantes en Kitchen",
    ],
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


def lamps(**rooms: str) -> Home:
    """A lamp in each room: what it is called, by the room (`_` for a space)."""
    return home_of(*(("light", name, room.replace("_", " ")) for room, name in rooms.items()))


@pytest.mark.parametrize(
    ("room", "other", "said"),
    [
        ("Keller", "Kellertür", "Mach alle Lichter aus außer im Keller"),
        ("Garten", "Gartentor", "alles aus außer im Garten"),
        ("Hall", "Hallway", "all lights off except the hall"),
        ("Salotto", "Salone", "spegni tutto tranne il salotto"),
    ],
)
def test_room_is_left_out_and_not_what_begins_with_its_word(
    room: str, other: str, said: str
) -> None:
    home = home_of(("light", "Spot", room), ("lock", other, room), ("light", "Lamp", other))
    assert left_out(home, said) >= {"Spot"}
    assert "Lamp" not in left_out(home, said)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("台灯", "吊灯"), "卧室的灯都关了，台灯别动"),
        (("台灯", "吊灯"), "除了台灯，关掉卧室的灯"),
        (("フロアランプ", "天井"), "卧室の電気は、フロアランプ以外消して"),
        (("フロアランプ", "天井"), "卧室の電気はフロアランプ以外消して"),
        (("스탠드", "천장등"), "卧室 불 다 꺼, 스탠드는 빼고"),
        (("스탠드", "천장등"), "卧室 불은 스탠드 빼고 다 꺼"),
    ],
)
def test_room_of_the_command_is_not_left_out_with_its_lamp(
    names: tuple[str, str], said: str
) -> None:
    home = home_of(*(("light", name, "卧室") for name in names))
    assert left_out(home, said) == {names[0]}


def test_several_are_left_out_in_a_language_without_spaces() -> None:
    home = lamps(台所="一", 寝室="二", 玄関="三")
    assert left_out(home, "台所、寝室以外の電気を消して") == {"一", "二"}


@pytest.mark.parametrize(
    ("rooms", "said"),
    [
        (("Bad und WC",), "alles aus außer Bad und WC"),
        (("Wohn- und Esszimmer",), "alles aus außer im Wohn- und Esszimmer"),
        (("Mom and Dad's room",), "all off except Mom and Dad's room"),
        (("Ванная и туалет",), "выключи всё кроме ванной и туалета"),
        (("Kitchen", "Hall"), "all off except the one in the kitchen and the one in the hall"),
        (("Cuisine", "Salon"), "éteins tout sauf la cuisine et celle du salon"),
        (("Cucina", "Salotto"), "spegni tutto tranne la cucina e quella del salotto"),
        (("Кухня", "Спальня"), "выключи всё кроме кухни и моей спальни"),
        (("Kitchen", "Hall"), "all off except the kitchen, and also the hall"),
        (("Кухня", "Прихожая"), "выключи всё, кроме кухни, а также прихожей"),
    ],
)
def test_all_that_is_left_out_stays_whatever_links_it(rooms: tuple[str, ...], said: str) -> None:
    home = home_of(*(("light", f"L{n}", room) for n, room in enumerate((*rooms, "Shed"))))
    assert left_out(home, said) == {f"L{n}" for n in range(len(rooms))}


def test_lamps_with_the_same_word_are_left_out_both_where_both_are_said() -> None:
    home = home_of(("light", "Stehlampe", ""), ("light", "Tischlampe", ""), ("light", "Decke", ""))
    said = "alles aus außer meine Stehlampe und meine Tischlampe"
    assert left_out(home, said) == {"Stehlampe", "Tischlampe"}


def test_of_numbered_lamps_the_one_that_was_said_is_left_out() -> None:
    home = home_of(("light", "Lamp 1", ""), ("light", "Lamp 2", ""), ("light", "Lamp 12", ""))
    assert left_out(home, "all lights off except lamp 2") == {"Lamp 2"}


def test_who_is_out_of_the_house_may_still_leave_something_out() -> None:
    home = home_of(("climate", "Heizung", ""), ("alarm_control_panel", "Haus", ""))
    said = "Wir sind außer Haus, alles aus außer der Heizung"
    assert left_out(home, said) == {"Heizung"}


@pytest.mark.parametrize(
    ("said", "calls", "made"),
    [
        ("turn off all the lights except the kitchen and dim the kitchen to 30%",
         [("light.turn_off", {"area": "all"}), ("light.turn_on", {"area": "Kitchen"})], 2),
        ("turn off all the lights except the kitchen and switch on the hall lights",
         [("light.turn_off", {"area": "all"}), ("light.turn_on", {"area": "Hall"})], 2),
        ("all lights off except in the kitchen", [("light.turn_off", {"area": "Kitchen"})], 0),
    ],
)  # fmt: skip
def test_command_about_what_another_leaves_out_is_made_and_its_opposite_is_not(
    said: str, calls: list[tuple[str, dict[str, str]]], made: int
) -> None:
    home = lamps(Kitchen="A", Hall="B", Bath="C")
    answer = [FunctionCall(name, dict(arguments)) for name, arguments in calls]
    assert len(choose(home, [(answer, 0.9)], Where(said=said)).resolved) == made
