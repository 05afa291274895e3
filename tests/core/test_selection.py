"""What somebody with a large home would lose: the device they name."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.selection import LIMIT, SELECTED, select


def _large(extra: tuple[Entity, ...] = ()) -> Home:
    areas = tuple(Area(f"Room {n}", "Upstairs" if n % 2 else "Downstairs") for n in range(40))
    lamps = tuple(Entity(f"light.l{n}", f"Lamp {n}", f"Room {n % 40}") for n in range(1000))
    return Home((*lamps, *extra), areas)


def test_a_home_of_usual_size_is_listed_whole() -> None:
    home = Home(tuple(Entity(f"light.l{n}", f"Lamp {n}") for n in range(LIMIT)))
    assert select(home, "turn on lamp 3") is home


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Grandma's reading light", "switch on grandmas reading light please"),
        ("Lampe du salon", "éteins la lampe du salon"),
        ("거실 무드등", "거실 무드등 켜줘"),
        ("寝室の間接照明", "寝室の間接照明を消して"),
    ],
)
def test_the_named_device_is_listed(name: str, sentence: str) -> None:
    chosen = select(_large((Entity("light.wanted", name, "Room 3"),)), sentence)
    assert "light.wanted" in {entity.entity_id for entity in chosen.entities}
    assert len(chosen.entities) <= SELECTED + 1


def test_the_named_room_is_listed_and_every_domain_stays() -> None:
    chosen = select(_large((Entity("lock.front", "Front door"),)), "lights off in room 17")
    assert "Room 17" in {area.name for area in chosen.areas}
    assert "lock" in chosen.domains


def test_emoji_and_nothing_at_all_select_something() -> None:
    for sentence in ("", "🏠🔥", "?!"):
        assert len(select(_large(), sentence).entities) == SELECTED
