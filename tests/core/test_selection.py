"""What somebody with a large home would lose: the device they name."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.prompt import build_static
from custom_components.functiongemma.core.selection import (
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
