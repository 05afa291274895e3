"""A house of a file is a house of Home Assistant: everything in it is there and can be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.setup import async_setup_component

from demo.home import async_add_house
from demo.house import EntitySpec, House, load_house
from demo.options import HOUSE

SHARED = Path(__file__).parents[3] / "shared" / "eval"
HOMES = sorted((SHARED / "homes").glob("*.yaml"))

#: Actions of each domain, whose result must be seen on an entity that has the feature: action,
#: data, and what the state or an attribute is afterwards.
_ACTIONS: dict[str, list[tuple[str, dict[str, Any], dict[str, Any]]]] = {
    "light": [
        ("turn_off", {}, {"state": "off"}),
        ("turn_on", {}, {"state": "on"}),
        ("turn_on", {"brightness_pct": 40}, {"brightness": 102}),
        ("turn_on", {"color_temp_kelvin": 3500}, {"color_temp_kelvin": 3500}),
        ("turn_on", {"rgb_color": [0, 0, 255]}, {"rgb_color": (0, 0, 255)}),
        ("toggle", {}, {"state": "off"}),
    ],
    "switch": [("turn_on", {}, {"state": "on"}), ("turn_off", {}, {"state": "off"})],
    "siren": [("turn_on", {}, {"state": "on"}), ("turn_off", {}, {"state": "off"})],
    "fan": [
        ("turn_on", {}, {"state": "on"}),
        ("set_percentage", {"percentage": 30}, {"percentage": 30}),
        ("oscillate", {"oscillating": True}, {"oscillating": True}),
        ("set_direction", {"direction": "reverse"}, {"direction": "reverse"}),
        ("turn_off", {}, {"state": "off"}),
    ],
    "cover": [
        ("open_cover", {}, {"state": "open"}),
        ("set_cover_position", {"position": 40}, {"current_position": 40, "state": "open"}),
        ("stop_cover", {}, {"state": "open"}),
        ("set_cover_tilt_position", {"tilt_position": 70}, {"current_tilt_position": 70}),
        ("close_cover", {}, {"state": "closed"}),
    ],
    "valve": [
        ("open_valve", {}, {"state": "open"}),
        ("set_valve_position", {"position": 40}, {"current_position": 40}),
        ("close_valve", {}, {"state": "closed"}),
    ],
    "lock": [("unlock", {}, {"state": "unlocked"}), ("lock", {}, {"state": "locked"})],
    "climate": [
        ("turn_off", {}, {"state": "off"}),
        ("turn_on", {}, {"state": "heat"}),
        ("set_temperature", {"temperature": 23}, {"temperature": 23}),
        ("set_hvac_mode", {"hvac_mode": "off"}, {"state": "off"}),
        ("set_fan_mode", {"fan_mode": "low"}, {"fan_mode": "low"}),
        ("set_preset_mode", {"preset_mode": "eco"}, {"preset_mode": "eco"}),
    ],
    "media_player": [
        ("turn_off", {}, {"state": "off"}),
        ("turn_on", {}, {"state": "on"}),
        ("media_play", {}, {"state": "playing"}),
        ("media_next_track", {}, {"media_title": "Track 2"}),
        ("media_pause", {}, {"state": "paused"}),
        ("volume_set", {"volume_level": 0.2}, {"volume_level": 0.2}),
        ("volume_up", {}, {"volume_level": 0.3}),
        ("volume_mute", {"is_volume_muted": True}, {"is_volume_muted": True}),
        ("media_stop", {}, {"state": "idle"}),
    ],
    "vacuum": [
        ("start", {}, {"state": "cleaning"}),
        ("pause", {}, {"state": "paused"}),
        ("return_to_base", {}, {"state": "returning"}),
        ("stop", {}, {"state": "idle"}),
    ],
    "lawn_mower": [
        ("start_mowing", {}, {"state": "mowing"}),
        ("pause", {}, {"state": "paused"}),
        ("dock", {}, {"state": "returning"}),
    ],
    "humidifier": [
        ("turn_on", {}, {"state": "on"}),
        ("set_humidity", {"humidity": 60}, {"humidity": 60}),
        ("turn_off", {}, {"state": "off"}),
    ],
    "number": [("set_value", {"value": 7}, {"state": "7.0"})],
    "select": [("select_option", {"option": "b"}, {"state": "b"})],
    "input_boolean": [("turn_on", {}, {"state": "on"})],
    "input_number": [("set_value", {"value": 7}, {"state": "7.0"})],
    "input_select": [("select_option", {"option": "b"}, {"state": "b"})],
    "timer": [
        ("start", {"duration": 60}, {"state": "active"}),
        ("pause", {}, {"state": "paused"}),
        ("cancel", {}, {"state": "idle"}),
    ],
    "todo": [
        ("add_item", {"item": "Milk"}, {"state": "1"}),
        ("update_item", {"item": "Milk", "status": "completed"}, {"state": "0"}),
        ("remove_item", {"item": "Milk"}, {"state": "0"}),
    ],
}

#: Domains whose entities nothing can be done to.
_PASSIVE = {"sensor", "binary_sensor", "weather", "person"}


async def _add(hass: HomeAssistant, house: House) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    await async_add_house(hass, house)
    await hass.async_block_till_done()


def _state(hass: HomeAssistant, entity_id: str) -> State:
    state = hass.states.get(entity_id)
    assert state is not None, f"{entity_id} is not there"
    return state


async def _use(hass: HomeAssistant, entity_id: str) -> int:
    """Call every action the entity supports; returns how many did what they say."""
    domain = entity_id.partition(".")[0]
    done = 0
    for action, data, expected in _ACTIONS.get(domain, []):
        if not _can(_state(hass, entity_id), action, data):
            continue
        await hass.services.async_call(
            domain, action, {"entity_id": entity_id, **data}, blocking=True
        )
        state = _state(hass, entity_id)
        seen = {key: state.state if key == "state" else state.attributes.get(key)
                for key in expected}  # fmt: skip
        assert seen == expected, f"{action} {data} of {entity_id}: {state}"
        done += 1
    return done


def _can(state: State, action: str, data: dict[str, Any]) -> bool:
    """Whether the entity has the feature that the action needs; the bits are Home Assistant's."""
    bits = int(state.attributes.get("supported_features") or 0)
    needs = {
        "set_percentage": 1, "oscillate": 2, "set_direction": 4,
        "set_cover_position": 4, "stop_cover": 8, "set_cover_tilt_position": 128,
        "set_valve_position": 4, "set_fan_mode": 8, "set_preset_mode": 16,
        "media_pause": 1, "volume_set": 4, "volume_mute": 8, "media_next_track": 32,
        "media_stop": 4096, "media_play": 16384, "volume_up": 4,
        "start": 8192, "return_to_base": 16, "stop": 8,
    }  # fmt: skip
    if state.domain == "vacuum":
        needs["pause"] = 4
    elif state.domain == "timer":
        needs = {}
    modes = set(state.attributes.get("supported_color_modes") or ())
    if "brightness_pct" in data:
        return modes != {"onoff"}
    if "color_temp_kelvin" in data:
        return bool(modes & {"color_temp", "rgbww"})
    if "rgb_color" in data:
        # Four and five channels round the colour.
        return bool(modes & {"hs", "rgb", "xy"})
    return action not in needs or bool(bits & needs[action])


@pytest.mark.skipif(not HOMES, reason="the evaluation homes (../shared/eval/homes) are not here")
@pytest.mark.parametrize("path", HOMES, ids=lambda path: path.stem)
async def test_every_evaluation_home_can_be_lived_in(hass: HomeAssistant, path: Path) -> None:
    house = load_house(str(path))
    await _add(hass, house)
    devices = {device.id: device.area for device in house.devices}
    names = {area.id: area.name for area in house.areas}
    for spec in house.entities:
        state = _state(hass, spec.entity_id)
        assert state.name == spec.name
        assert async_should_expose(hass, "conversation", spec.entity_id)
        if (entry := er.async_get(hass).async_get(spec.entity_id)) is None:
            assert spec.domain in _PASSIVE
            continue
        area_id = er.async_get_effective_area_id(hass, entry)
        area = ar.async_get(hass).async_get_area(area_id) if area_id else None
        assert area is not None
        assert area.name == names[spec.area or devices.get(spec.device or "") or ""]
        used = await _use(hass, spec.entity_id)
        assert used or spec.domain in _PASSIVE, f"nothing can be done to {spec.entity_id}"


@pytest.mark.skipif(not HOMES, reason="the evaluation homes (../shared/eval) are not here")
async def test_homes_that_name_nothing_but_entities_can_be_lived_in(hass: HomeAssistant) -> None:
    file = SHARED / "pile_homes.jsonl"
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    used: dict[str, EntitySpec] = {}
    for row in rows:
        for spec in load_house(f"{file}#{row['home']}").entities if len(used) < 8 else ():
            used.setdefault(spec.domain, spec)
    await _add(hass, House("all", entities=tuple(used.values())))
    for spec in used.values():
        # Whatever such a home can do is not said, so everything is tried.
        assert await _use(hass, spec.entity_id) == len(_ACTIONS[spec.domain]) - (
            {"climate": 2, "cover": 1}.get(spec.domain, 0)
        )


async def test_every_domain_acts(hass: HomeAssistant) -> None:
    given: dict[str, dict[str, Any]] = {
        "select": {"options": ["a", "b"]},
        "input_select": {"options": ["a", "b"]},
        "climate": {"preset_modes": ["none", "eco"], "fan_modes": ["auto", "low"]},
        "cover": {"current_tilt_position": 0},
        "valve": {"supported_features": "ValveEntityFeature.OPEN|CLOSE|SET_POSITION"},
    }
    specs = [EntitySpec(f"{d}.one", f"My {d}", attributes=given.get(d, {})) for d in _ACTIONS]
    await _add(hass, House("h", entities=tuple(specs)))
    for spec in specs:
        assert await _use(hass, spec.entity_id) == len(_ACTIONS[spec.domain]), spec.entity_id


async def test_the_demo_house_is_where_its_file_says(hass: HomeAssistant) -> None:
    house = load_house(str(HOUSE))
    await _add(hass, house)
    floors = {floor.name for floor in fr.async_get(hass).async_list_floors()}
    assert floors == {"Ground floor", "Upstairs", "Basement"}
    (demo,) = hass.config_entries.async_entries("demo_home")
    device = next(
        found
        for found in dr.async_entries_for_config_entry(dr.async_get(hass), demo.entry_id)
        if ("demo_home", "garage_door") in found.identifiers
    )
    assert (device.name, device.model) == ("Garage door", "G2")
    entry = er.async_get(hass).async_get("light.living_room_lamp")
    assert entry is not None
    assert er.async_get_entity_aliases(hass, entry) == ["Living room lamp", "Lampe du salon"]
    assert _state(hass, "light.living_room_lamp").attributes["brightness"] == 204
    assert _state(hass, "cover.garage_door").state == "closed"
    assert _state(hass, "climate.living_room").attributes["temperature"] == 20.5
    assert _state(hass, "todo.shopping_list").state == "2"
    for spec in house.entities:
        assert _state(hass, spec.entity_id).state != "unavailable"


async def test_odd_files_are_lived_in_as_well(hass: HomeAssistant) -> None:
    odd: list[tuple[str, str | None, dict[str, Any]]] = [
        ("light.a", None, {"supported_color_modes": ["nonsense"], "color_mode": ["onoff"]}),
        ("light.b", "on", {"supported_color_modes": ["ColorMode.RGBW"], "rgbw_color": [0] * 4}),
        ("sensor.a", "warm", {"unit_of_measurement": "°C", "device_class": "temperature"}),
        ("sensor.b", "7", {"unit_of_measurement": "bananas", "device_class": "power"}),
        ("sensor.c", "rainy", {}),
        ("climate.a", "off", {"hvac_modes": [], "supported_features": ["TARGET_HUMIDITY", "NONE"]}),
        ("cover.a", "off", {"supported_features": 15, "device_class": "portcullis"}),
        ("media_player.a", "dreaming", {"volume_level": "loud"}),
        ("weather.a", None, {"condition": "sunny"}),
        ("person.ann", "home", {}),
    ]
    specs = tuple(EntitySpec(id_, id_, state=state, attributes=a) for id_, state, a in odd)
    await _add(hass, House("odd", entities=specs))
    states = {spec.entity_id: _state(hass, spec.entity_id).state for spec in specs}
    assert states["sensor.a"] == "unknown"
    assert states["sensor.b"] == "7"
    assert states["sensor.c"] == "rainy"
    assert states["cover.a"] == "closed"
    assert states["weather.a"] == "sunny"
    assert states["person.ann"] == "home"
    for entity_id in ("light.a", "light.b", "cover.a", "climate.a"):
        assert await _use(hass, entity_id)


async def test_a_second_start_finds_everything_where_it_was(hass: HomeAssistant) -> None:
    house = House("h", entities=(EntitySpec("light.a", "A"), EntitySpec("script.s", "S")))
    await _add(hass, house)
    (entry,) = hass.config_entries.async_entries("demo_home")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert sorted(hass.states.async_entity_ids(["light", "script"])) == ["light.a", "script.s"]
    assert await _use(hass, "light.a")
