"""What somebody with a large home would lose: the device they name."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.changes import added_listing
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.prompt import build_static
from custom_components.functiongemma.core.selection import (
    CHARACTERS,
    FOLLOWING,
    LIMIT,
    LISTED,
    Closest,
    usual,
)


def _large(extra: tuple[Entity, ...] = ()) -> Home:
    areas = tuple(Area(f"Room {n}", "Upstairs" if n % 2 else "Downstairs") for n in range(40))
    lamps = tuple(Entity(f"light.l{n}", f"Lamp {n}", f"Room {n % 40}") for n in range(1000))
    return Home((*lamps, *extra), areas)


def _following(home: Home, sentence: str) -> list[str]:
    found = Closest(home, usual(home)).following(sentence)
    assert len(found) <= FOLLOWING
    return [entity.entity_id for entity in found]


def test_a_home_of_usual_size_is_listed_whole() -> None:
    home = Home(tuple(Entity(f"light.l{n}", f"Lamp {n}") for n in range(LIMIT)))
    assert usual(home) is home
    assert build_static(home, functions_for(home)).closest is None


def test_every_room_and_what_it_has_is_listed() -> None:
    extra = tuple(Entity(f"cover.c{n}", f"Blind {n}", f"Room {n}") for n in range(0, 40, 3))
    sensors = tuple(Entity(f"sensor.s{n}", f"Power {n}", f"Room {n % 40}") for n in range(500))
    home = _large((*sensors, *extra))
    listed = usual(home)
    assert len(listed.entities) == LISTED
    wanted = {(entity.area, entity.domain) for entity in home.entities}
    assert {(entity.area, entity.domain) for entity in listed.entities} == wanted
    assert len(listed.in_domains(("light",))) > len(listed.in_domains(("sensor",)))


def test_what_is_listed_stays_when_only_what_is_not_listed_changes() -> None:
    """Otherwise the model would have to read all of it again."""
    home = _large((Entity("light.late", "Late one", "Room 3"),))
    assert (
        usual(home).listing() == usual(_large((Entity("light.late", "Other", "Room 3"),))).listing()
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Grandma's reading light", "switch on grandmas reading light please"),
        ("Lampe du salon", "éteins la lampe du salon"),
        ("Poolbeleuchtung", "mach mal die poolbeleuchtungen an"),
        ("거실 무드등", "거실 무드등 켜줘"),
        ("寝室の間接照明", "寝室の間接照明を消して"),
        ("灯", "请开灯"),
    ],
)
def test_the_named_device_follows_the_listing(name: str, sentence: str) -> None:
    home = _large((Entity("light.wanted", name, "Room 3"),))
    assert "light.wanted" in _following(home, sentence)
    text = build_static(home, functions_for(home)).turn(sentence)[0]
    assert isinstance(text, str)
    assert text.startswith("[Upstairs]\nRoom 3: light ") and name in text
    assert text.endswith(f"\n{sentence}")


def test_its_alias_finds_a_device_too() -> None:
    home = _large((Entity("light.wanted", "Hue 7", "Room 3", ("Grandpa's corner",)),))
    assert _following(home, "light in grandpa's corner please") == ["light.wanted"]


def test_of_devices_with_the_same_name_those_of_the_room_come_first() -> None:
    spots = tuple(Entity(f"light.s{n}", "Spots", f"Room {n}") for n in range(40))
    found = _following(_large(spots), "turn on the spots in room 17")
    assert "light.s17" in found


def test_nothing_follows_what_names_nothing() -> None:
    for sentence in ("", "🏠🔥", "?!", "how are you?"):
        assert _following(_large(), sentence) == []


def test_a_home_without_areas_and_one_of_nothing_but_lamps_work() -> None:
    home = Home(tuple(Entity(f"light.l{n}", f"Lamp {n}") for n in range(300)))
    assert len(usual(home).entities) == LISTED
    assert _following(home, "turn on lamp 299") == ["light.l299"]


def _hall_of_everything(each: int) -> Home:
    """300 lamps in 60 rooms, and so many of 20 other domains in the hall."""
    rooms = tuple(Area(f"Room {n}") for n in range(60))
    lamps = (Entity(f"light.l{n}", f"Lamp {n}", f"Room {n % 60}") for n in range(300))
    others = (
        Entity(f"other{d}.x{n}", f"Thing {d} {n}", "Hall") for d in range(20) for n in range(each)
    )
    return Home((*lamps, *others), (Area("Hall"), *rooms))


@pytest.mark.parametrize("each", [8, 10, 11])
def test_rare_devices_leave_no_room_out(each: int) -> None:
    home = _hall_of_everything(each)
    listed = usual(home)
    assert {entity.area for entity in listed.entities} == {entity.area for entity in home.entities}
    assert listed.domains == home.domains


def test_a_device_whose_name_says_more_than_a_listed_one_follows() -> None:
    home = _large((Entity("light.desk", "Desk lamp (White Ambiance)", "Room 3"),))
    home = Home((Entity("light.plain", "Lamp", "Room 3"), *home.entities), home.areas)
    assert "light.desk" in _following(home, "turn on the desk lamp")


def test_of_more_areas_than_are_listed_the_one_that_is_said_follows() -> None:
    areas = tuple(Area(f"Chamber {n}") for n in range(300))
    lamps = tuple(Entity(f"light.l{n}", "Ceiling light", f"Chamber {n}") for n in range(300))
    home = Home(lamps, areas)
    assert _following(home, "turn off everything in chamber 271") == ["light.l271"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ﾍﾞｯﾄﾞ", "ベッドを消して"),
        ("エアコン", "ｴｱｺﾝつけて"),
        ("ไฟ", "เปิดไฟหน้า"),
        ("🎄", "🎄 on please"),
        ("Łazienka", "zapal lazienka"),
    ],
)
def test_names_in_other_writing_follow_too(name: str, sentence: str) -> None:
    assert _following(_large((Entity("light.wanted", name, "Room 3"),)), sentence)[:1] == [
        "light.wanted"
    ]


def test_long_names_do_not_make_a_long_wait() -> None:
    areas = tuple(
        Area(f"Living room on the upper floor {n}", f"Floor {n}", ("Lounge", "Salon"))
        for n in range(300)
    )
    aliases = tuple(f"Standing light {n} beside the big telly" for n in range(5))
    home = Home(
        tuple(
            Entity(f"light.l{n}", f"Standard lamp beside the telly {n}", areas[n].name, aliases)
            for n in range(300)
        ),
        areas,
    )
    numbers = " ".join(map(str, range(280, 300)))
    lines = Closest(home, usual(home)).lines(f"lamps beside the telly on: {numbers}")
    assert 0 < len(lines) <= CHARACTERS
    assert "Standing light" not in lines and "Lounge" not in lines


def test_what_follows_the_listing_because_it_is_new_follows_once() -> None:
    """Renamed a moment ago, named now, while the model knows the old listing."""
    before = _large((Entity("light.late", "Late one", "Room 3"),))
    home = _large((Entity("light.late", "Granny corner", "Room 3"),))
    assert "Granny corner" in added_listing(before, home)
    static = build_static(before, functions_for(before), now=home)
    assert "Granny" not in str(static.turn("turn on the late one")[0])
    turn = added_listing(before, home) + str(static.turn("turn on the granny corner")[0])
    assert turn.count("Granny corner") == 1


def test_a_name_that_was_taken_away_is_not_found_any_more() -> None:
    before = _large((Entity("light.late", "Late one", "Room 3"),))
    static = build_static(before, functions_for(before), now=_large())
    assert static.turn("turn on the late one")[0] == "turn on the late one"
