"""Home files: every house that is given must work, and a mistake must be found by its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo.house import House, HouseError, load_house
from demo.options import HOUSE


def _load(tmp_path: Path, text: str, name: str = "home.yaml") -> House:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return load_house(str(file))


def test_the_demo_house_is_a_whole_house() -> None:
    house = load_house(str(HOUSE))
    floors = {area.floor for area in house.areas if area.floor}
    assert (len(floors), len(house.devices), house.notes) == (3, 25, ())
    assert len({entity.entity_id for entity in house.entities}) == len(house.entities)


def test_null_everywhere_is_read_as_not_given(tmp_path: Path) -> None:
    house = _load(
        tmp_path,
        "areas:\n- {id: a, name: A, floor: null}\n"
        "devices: null\n"
        "entities:\n"
        "- {id: light.a, name: null, area: a, device: null, state: null, attributes: null}\n",
    )
    (entity,) = house.entities
    assert (entity.name, entity.state, entity.attributes, entity.area) == ("A", None, {}, "a")
    assert house.areas[0].floor is None


def test_yaml_booleans_are_states(tmp_path: Path) -> None:
    rows = "- {id: switch.a, state: on}\n- {id: switch.b, state: off}\n"
    house = _load(tmp_path, "entities:\n" + rows)
    assert [entity.state for entity in house.entities] == ["on", "off"]


def test_a_second_entity_of_the_same_id_gets_a_number_and_is_told(tmp_path: Path) -> None:
    house = _load(tmp_path, "entities:\n" + "- {id: light.lamp, name: Lamp}\n" * 3)
    ids = [entity.entity_id for entity in house.entities]
    assert ids == ["light.lamp", "light.lamp_2", "light.lamp_3"]
    assert "light.lamp_2" in house.notes[0]
    assert "light.lamp_3" in house.notes[1]


def test_what_is_referred_to_but_missing_is_told(tmp_path: Path) -> None:
    house = _load(tmp_path, "entities:\n- {id: light.lamp, area: attic, device: bulb}\n")
    assert [area.name for area in house.areas] == ["attic"]
    assert house.entities[0].device is None
    assert any("'bulb'" in note for note in house.notes)
    assert any("'attic'" in note for note in house.notes)


def test_areas_of_one_name_are_told_apart(tmp_path: Path) -> None:
    house = _load(tmp_path, "areas: [{id: a, name: Bath}, {id: b, name: bath}]\nentities: []\n")
    assert [area.name for area in house.areas] == ["Bath", "bath 2"]


def test_an_entity_elsewhere_than_its_device_is_where_it_is_said_to_be(tmp_path: Path) -> None:
    house = _load(
        tmp_path,
        "areas: [{id: a}, {id: b}]\ndevices: [{id: d, name: Lamp, area: a}]\nentities:\n"
        "- {id: light.same, name: Light, area: a, device: d}\n"
        "- {id: light.other, name: Light, area: b, device: d}\n"
        "- {id: light.named_like_it, name: lamp, area: b, device: d}\n",
    )
    found = [(entity.area, entity.device) for entity in house.entities]
    assert found == [(None, "d"), ("b", "d"), ("b", None)]
    assert len(house.notes) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("entities:\n  - {id: light.a\n  - x", "line 3"),
        ("[1, 2]", "not a home"),
        ("areas: []", "`entities` is missing"),
        ("entities: 7", "`entities` is not a list"),
        ("entities:\n- {id: light.a}\n- lamp", "entities[1] is not a mapping"),
        ("entities:\n- {id: light.a}\n- {name: Lamp}", "line 3: entities[1] has no `id`"),
        ("entities:\n- {id: Küche}", "line 2: entities[0]: 'Küche' is no entity id"),
        ("entities:\n- {id: light.a, attributes: bright}", "`attributes` is not a mapping"),
        ("entities:\n- {id: light.a, aliases: Lamp}", "`aliases` is not a list"),
        ("devices:\n- {id: a, info: x}\nentities: []", "`info` is not a mapping"),
    ],
)
def test_a_mistake_is_found_where_it_is(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(HouseError) as caught:
        _load(tmp_path, text)
    assert said in str(caught.value)
    assert "home.yaml" in str(caught.value)


def test_a_file_that_is_not_there_or_not_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HouseError, match="No such file"):
        load_house(str(tmp_path / "none.yaml"))
    (tmp_path / "model.gguf").write_bytes(b"GGUF\xff\xfe")
    with pytest.raises(HouseError, match="not a text file"):
        load_house(str(tmp_path / "model.gguf"))


def test_one_of_many_homes_in_json_lines_is_picked(tmp_path: Path) -> None:
    file = tmp_path / "homes.jsonl"
    rows = [{"home": f"h{i}", "entities": [{"id": f"light.l{i}", "name": f"L{i}"}]} for i in (1, 2)]
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    house = load_house(f"{file}#h2")
    assert (house.name, house.entities[0].name) == ("h2", "L2")
    with pytest.raises(HouseError, match=r"FILE#HOME.*h1, h2"):
        load_house(str(file))
    with pytest.raises(HouseError, match="no home 'h3'"):
        load_house(f"{file}#h3")


def test_a_single_json_home_needs_no_picking(tmp_path: Path) -> None:
    row = json.dumps({"home": "h", "entities": [{"id": "light.l", "name": "L"}]})
    assert _load(tmp_path, row + "\n", "one.jsonl").name == "h"
    assert _load(tmp_path, row, "one.json").name == "h"


def test_a_broken_json_line_is_found(tmp_path: Path) -> None:
    with pytest.raises(HouseError, match="line 2, column"):
        _load(tmp_path, '{"home": "h", "entities": []}\n{"home": \n', "homes.jsonl")
