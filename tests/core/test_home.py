"""A home is listed by the names people gave it, whatever they typed; a home file is read whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.home import Area, Entity, Home

EVAL = Path(__file__).parents[3] / "shared" / "eval"


def listing(*entities: Entity, areas: tuple[Area, ...] = ()) -> str:
    return Home(entities, areas).listing()


def test_areas_stand_in_lines_and_domains_together() -> None:
    text = listing(
        Entity("light.a", "Ceiling", "Kitchen"),
        Entity("cover.b", "Blind", "Kitchen"),
        Entity("light.c", "Island lamp", "Kitchen"),
        Entity("light.d", "Ceiling", "Bedroom"),
        areas=(Area("Bedroom"), Area("Kitchen")),
    )
    assert text == "Bedroom: light Ceiling\nKitchen: light Ceiling, Island lamp; cover Blind\n"


def test_floors_head_their_areas() -> None:
    text = listing(
        Entity("light.a", "Lamp", "Bedroom"),
        Entity("light.b", "Spots", "Kitchen"),
        Entity("light.c", "Porch", "Garden"),
        Entity("light.d", "Desk lamp", "Office"),
        areas=(
            Area("Bedroom", "Upstairs"),
            Area("Kitchen", "Ground floor"),
            Area("Garden"),
            Area("Office", "Upstairs"),
        ),
    )
    assert text == (
        "Garden: light Porch\n"
        "[Upstairs]\nBedroom: light Lamp\nOffice: light Desk lamp\n"
        "[Ground floor]\nKitchen: light Spots\n"
    )


def test_aliases_follow_their_name() -> None:
    text = listing(Entity("light.a", "Lamp", aliases=("Reading lamp", "Moon")))
    assert text == "Home: light Lamp = Reading lamp = Moon\n"


def test_without_an_area_an_entity_belongs_to_the_home() -> None:
    text = listing(
        Entity("light.a", "Lamp", "Attic"),
        Entity("scene.b", "Movie night"),
        Entity("light.c", "Strip", "  "),
        areas=(Area("Attic"), Area("Empty room")),
    )
    assert text == "Home: scene Movie night; light Strip\nAttic: light Lamp\n"


def test_an_area_that_is_not_among_the_areas_is_listed_too() -> None:
    assert listing(Entity("light.a", "Lamp", "Shed")) == "Shed: light Lamp\n"


def test_two_entities_of_one_name_are_both_listed() -> None:
    assert listing(Entity("light.a", "Lamp"), Entity("light.b", "Lamp")) == (
        "Home: light Lamp, Lamp\n"
    )


def test_an_empty_home_lists_nothing() -> None:
    assert Home().listing() == ""
    assert Home(areas=(Area("Kitchen", "Upstairs"),)).listing() == ""


def test_a_name_stays_on_its_line() -> None:
    home = Home(
        (Entity("light.a", " Desk\n\tlamp\u2028two ", "Liv\ning", aliases=("a\r\nb", " \n ")),),
        (Area("Liv\ning", "First\nfloor", ("x\ny",)),),
    )
    assert home.listing() == "[First floor]\nLiv ing = x y: light Desk lamp two = a b\n"
    assert home.floor_of("Liv ing") == "First floor"
    assert home.areas[0].aliases == ("x y",)


def test_a_nameless_entity_goes_by_its_id() -> None:
    assert listing(Entity("light.a", ""), Entity("light.b", " \n")) == (
        "Home: light light.a, light.b\n"
    )


def test_a_nameless_floor_is_none() -> None:
    home = Home((Entity("light.a", "Lamp", "Hall"),), (Area("Hall", " \n "),))
    assert home.listing() == "Hall: light Lamp\n"


@pytest.mark.parametrize("spelling", sorted(tokens.SPECIAL_SPELLINGS))
def test_no_name_is_a_control_token(spelling: str) -> None:
    home = Home(
        (
            Entity(
                "light.a",
                spelling,
                f"Room {spelling}",
                aliases=(f"x{spelling}y",),
                options={"source_list": (spelling,)},
            ),
        ),
        (Area(f"Room {spelling}", spelling, (spelling,)),),
    )
    assert spelling not in home.listing()
    assert spelling not in repr(home)
    # The name that is listed is the name that calls are matched with.
    assert home.entities[0].name == tokens.defuse(spelling)
    assert home.floor_of(home.entities[0].area) == tokens.defuse(spelling)


names = st.text(max_size=12) | st.sampled_from(["<escape>", "<end_of_turn>", "a\nb", " "])


@given(st.lists(st.tuples(names, names | st.none(), names | st.none(), names), max_size=6))
def test_any_names_make_a_listing_of_whole_lines(
    rows: list[tuple[str, str | None, str | None, str]],
) -> None:
    entities = tuple(
        Entity(f"light.l{i}", name, area, (alias,)) for i, (name, area, _, alias) in enumerate(rows)
    )
    areas = tuple(Area(area, floor) for _, area, floor, _ in rows if area is not None)
    home = Home(entities, areas)
    text = home.listing()
    assert text == "" or text.endswith("\n")
    assert tokens.merge([text]) == ([text] if text else [])
    for line in text.splitlines():
        assert line == " ".join(line.split())
        assert (line.startswith("[") and line.endswith("]")) or ": light " in line
    for entity in home.entities:
        assert all(entity.names)
    # Building it again from its own parts changes nothing.
    assert Home(home.entities, home.areas) == home


def test_features_are_unknown_or_decide() -> None:
    assert Entity("light.a", "A").supports("color")
    assert Entity("light.a", "A", features=frozenset({"color"})).supports("color")
    assert not Entity("light.a", "A", features=frozenset()).supports("color")
    assert Entity("light.a", "A", features=frozenset()).supports(None)


def test_a_home_file_gives_everything_it_says() -> None:
    home = Home.from_dict(
        {
            "areas": [
                {"id": "k", "name": "Kitchen", "floor": 0, "aliases": ["Galley"]},
                {"id": "h", "name": "Hall", "floor": None},
            ],
            "devices": [{"id": "d", "area": "h", "name": "Thermostat"}],
            "entities": [
                {"id": "light.k", "name": "Spots", "area": "k", "aliases": ["Worktop"]},
                {
                    "id": "climate.d",
                    "name": "Thermostat",
                    "device": "d",
                    "attributes": {
                        "hvac_modes": ["climate.HVACMode.HEAT_COOL", "off"],
                        "preset_modes": ["Eco", "2.5 hours"],
                        "source_list": ["TV.Input"],
                        "supported_color_modes": ["onoff"],
                        "device_class": "sensor.SensorDeviceClass.ENERGY",
                        "temperature": 20,
                    },
                },
                {"id": "switch.coffee_machine"},
            ],
        }
    )
    spots, thermostat, coffee = home.entities
    assert spots == Entity("light.k", "Spots", "Kitchen", ("Worktop",))
    assert home.areas == (Area("Kitchen", "0", ("Galley",)), Area("Hall"))
    assert thermostat.area == "Hall"
    assert thermostat.device_class == "energy"
    assert thermostat.options == {
        "hvac_modes": ("heat_cool", "off"),
        "preset_modes": ("Eco", "2.5 hours"),
        "source_list": ("TV.Input",),
    }
    assert (coffee.name, coffee.area, coffee.device_class) == ("coffee machine", None, None)


@pytest.mark.parametrize(
    "data", [{"areas": [{"name": "x"}]}, {"entities": [{"name": "x"}]}, {"entities": ["x"]}]
)
def test_a_file_of_another_shape_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, AttributeError)):
        Home.from_dict(data)


def eval_homes() -> list[Any]:
    files = sorted((EVAL / "homes").glob("*.yaml"))
    return [pytest.param(file, id=file.stem) for file in files] or [
        pytest.param(None, marks=pytest.mark.skip(reason="no evaluation homes here"))
    ]


@pytest.mark.parametrize("file", eval_homes())
def test_other_peoples_homes_are_read(file: Path) -> None:
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    home = Home.from_dict(data)
    assert len(home.entities) == len(data["entities"])
    known = {area.name for area in home.areas}
    assert known == {tokens.defuse(area["name"]) for area in data["areas"]}
    assert {e.area for e in home.entities} <= {*known, None}
    text = home.listing()
    for entity in home.entities:
        assert entity.name in text


def test_homes_without_areas_are_read() -> None:
    file = EVAL / "pile_homes.jsonl"
    if not file.is_file():
        pytest.skip("no evaluation homes here")
    for line in file.read_text(encoding="utf-8").splitlines():
        data = json.loads(line)
        home = Home.from_dict(data)
        assert len(home.entities) == len(data["entities"]) > 0
