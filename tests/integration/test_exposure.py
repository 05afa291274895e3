"""What is not exposed cannot be listed, named or called; what is, is there as the user named it."""

from __future__ import annotations

import pytest
from homeassistant.components.climate import ClimateEntityFeature
from homeassistant.components.cover import CoverEntityFeature
from homeassistant.components.fan import FanEntityFeature
from homeassistant.components.lock import LockEntityFeature
from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.components.todo import TodoListEntityFeature
from homeassistant.components.vacuum import VacuumEntityFeature
from homeassistant.components.valve import ValveEntityFeature
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import exposure
from custom_components.functiongemma.core import features
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.catalogue import FUNCTIONS
from custom_components.functiongemma.core.home import Area, Entity
from custom_components.functiongemma.exposure import async_build_home

from .conftest import expose
from .fake_model import FakeModel
from .house import Speaker, call, names, place, set_up_demo

HIDDEN = "light.ceiling_lights"


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    """Two lights in the kitchen, one of them not exposed, and both are off."""
    await set_up_demo(hass, Platform.LIGHT, Platform.SWITCH)
    place(hass, HIDDEN, "Kitchen", name="Ceiling", floor="Ground floor", aliases=["Big light"])
    place(hass, "light.kitchen_lights", "Kitchen", name="Counter")
    expose(hass, HIDDEN, exposed=False)
    both = [HIDDEN, "light.kitchen_lights"]
    await hass.services.async_call("light", "turn_off", {"entity_id": both}, blocking=True)
    return Speaker(hass, home_entry)


@pytest.mark.parametrize(
    "made",
    [
        call("light.turn_on", name="Ceiling"),
        call("light.turn_on", name="Big light"),
        call("light.turn_on", name="ceiling"),
        call("light.turn_on", area="Kitchen"),
        call("light.turn_on", area="kitchen", name="Ceiling"),
        call("light.turn_on", floor="Ground floor"),
        call("light.turn_on", area="all"),
        call("light.turn_on", area="here"),
        call("light.turn_on", entity_id=HIDDEN),
        call("light.turn_on", entity_id=[HIDDEN, "light.kitchen_lights"]),
        call("light.turn_on", entity_id="all"),
        call("light.turn_on", entity_id=[]),
        call("light.turn_on", name=HIDDEN),
        call("light.turn_on", name="Counter", area_id="kitchen"),
        call("light.turn_on", name="Counter", device_id="x", label_id="y", floor_id="ground_floor"),
        call("light.turn_on"),
        call("light.toggle", name="Ceiling"),
        call("switch.turn_on", entity_id=HIDDEN),
        call("homeassistant.turn_on", entity_id=HIDDEN),
        call("state.get", name="Ceiling"),
    ],
    ids=str,
)
async def test_hidden_entity_is_never_called_whatever_the_model_says(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, made: FunctionCall
) -> None:
    fake_model.answers["Zzz"] = [made]
    result = await speaker.say("Zzz")
    assert hass.states.is_state(HIDDEN, "off")
    assert HIDDEN not in names(result.response.success_results)
    for _, data in speaker.services:
        assert data["entity_id"] == "light.kitchen_lights"
        assert not {"area_id", "device_id", "label_id", "floor_id"} & data.keys()


async def test_hidden_entity_is_not_in_the_prompt(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await speaker.say("Hello")
    assert "Kitchen: light Counter" in fake_model.prompts[-1]
    assert "Ceiling" not in fake_model.prompts[-1] and "Big light" not in fake_model.prompts[-1]


async def test_hiding_an_entity_takes_effect_on_the_next_sentence(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Counter on"] = [call("light.turn_on", name="Counter")]
    await speaker.say("Counter on")
    assert hass.states.is_state("light.kitchen_lights", "on")
    expose(hass, "light.kitchen_lights", exposed=False)
    speaker.services.clear()
    await speaker.say("Counter on")
    assert not speaker.services


async def test_home_follows_every_change_a_user_makes(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    """The home is kept from sentence to sentence: none of these may go unnoticed."""
    counter = "light.kitchen_lights"

    def only() -> Entity:
        (entity,) = async_build_home(hass).entities
        return entity

    assert (only().name, only().area) == ("Counter", "Kitchen")
    place(hass, counter, name="Worktop")
    await hass.async_block_till_done()
    assert only().name == "Worktop"
    place(hass, counter, aliases=["Sink", "Tap"])
    await hass.async_block_till_done()
    assert only().aliases == ("Sink", "Tap")
    place(hass, counter, "Pantry")
    await hass.async_block_till_done()
    assert only().area == "Pantry"
    areas = ar.async_get(hass)
    pantry = areas.async_get_area_by_name("Pantry")
    assert pantry is not None
    areas.async_update(pantry.id, name="Larder", aliases={"Store"})
    await hass.async_block_till_done()
    assert only().area == "Larder"
    assert async_build_home(hass).areas == (Area("Larder", None, ("Store",)),)
    floor = fr.async_get(hass).async_create("Cellar")
    areas.async_update(pantry.id, floor_id=floor.floor_id)
    await hass.async_block_till_done()
    assert async_build_home(hass).floor_of("Larder") == "Cellar"
    fr.async_get(hass).async_update(floor.floor_id, name="Basement")
    await hass.async_block_till_done()
    assert async_build_home(hass).floor_of("Larder") == "Basement"
    place(hass, "switch.ac")
    assert len(async_build_home(hass).entities) == 2
    hass.states.async_remove("switch.ac")
    assert len(async_build_home(hass).entities) == 1
    hass.states.async_set("light.new", "on", {"friendly_name": "New"})
    assert async_build_home(hass).entities[-1].name == "New"


async def test_home_stays_the_same_object_while_only_states_change(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    home = async_build_home(hass)
    await hass.services.async_call(
        "light", "turn_on", {"entity_id": "light.kitchen_lights", "brightness": 9}, blocking=True
    )
    assert async_build_home(hass) is home, "the model's prompt would be evaluated again"


async def test_player_that_is_off_keeps_what_it_can_do(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    """Players support less while they are off: the prompt must not change with that."""
    playing = {"friendly_name": "TV", "supported_features": 16384 | 1 | 128}
    hass.states.async_set("media_player.tv", "playing", playing)
    expose(hass, "media_player.tv")
    home = async_build_home(hass)
    hass.states.async_set("media_player.tv", "off", {**playing, "supported_features": 128})
    assert async_build_home(hass) is home
    assert home.entities[-1].features == {"turn_on", "play", "pause", "halt"}


async def test_area_comes_from_the_device_unless_the_entity_has_its_own(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    kitchen = ar.async_get(hass).async_get_or_create("Kitchen")
    hall = ar.async_get(hass).async_get_or_create("Hall")
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "1")}
    )
    dr.async_get(hass).async_update_device(device.id, area_id=hall.id)
    registry = er.async_get(hass)
    for number, area_id in enumerate((None, kitchen.id)):
        row = registry.async_get_or_create(
            "switch", "test", str(number), device_id=device.id, original_name=f"Plug {number}"
        )
        registry.async_update_entity(row.entity_id, area_id=area_id)
        hass.states.async_set(row.entity_id, "on", {"friendly_name": f"Plug {number}"})
        expose(hass, row.entity_id)
    found = {entity.name: entity.area for entity in async_build_home(hass).entities}
    assert found == {"Counter": "Kitchen", "Plug 0": "Hall", "Plug 1": "Kitchen"}


async def test_only_what_some_function_is_for_is_listed_unless_asked_otherwise(
    hass: HomeAssistant, speaker: Speaker
) -> None:
    hass.states.async_set("camera.door", "idle", {"friendly_name": "Doorway"})
    expose(hass, "camera.door")
    assert "Doorway" not in async_build_home(hass).listing()
    assert "camera Doorway" in async_build_home(hass, everything=True).listing()


async def test_kept_home_goes_with_the_last_entry(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    before = async_build_home(hass)
    assert await hass.config_entries.async_unload(home_entry.entry_id)
    assert exposure._HOME not in hass.data
    assert async_build_home(hass) == before


# -- supported features --------------------------------------------------------------------------

FLAGS = {
    "cover": (
        CoverEntityFeature,
        {
            "OPEN": "open", "CLOSE": "close", "SET_POSITION": "position", "STOP": "stop",
            "OPEN_TILT": "tilt", "SET_TILT_POSITION": "tilt_position",
        },
    ),
    "valve": (
        ValveEntityFeature,
        {"OPEN": "open", "CLOSE": "close", "SET_POSITION": "position", "STOP": "stop"},
    ),
    "fan": (
        FanEntityFeature,
        {"SET_SPEED": "speed", "OSCILLATE": "oscillate", "DIRECTION": "direction"},
    ),
    "lock": (LockEntityFeature, {"OPEN": "open"}),
    "climate": (
        ClimateEntityFeature,
        {
            "TARGET_TEMPERATURE": "temperature", "FAN_MODE": "fan_mode",
            "PRESET_MODE": "preset_mode", "TURN_OFF": "turn_off", "TURN_ON": "turn_on",
        },
    ),
    "media_player": (
        MediaPlayerEntityFeature,
        {
            "PAUSE": "pause", "VOLUME_SET": "volume_set", "VOLUME_MUTE": "volume_mute",
            "PREVIOUS_TRACK": "previous", "NEXT_TRACK": "next", "TURN_ON": "turn_on",
            "TURN_OFF": "turn_off", "VOLUME_STEP": "volume_step", "STOP": "halt",
            "SELECT_SOURCE": "select_source", "PLAY": "play",
        },
    ),
    "vacuum": (
        VacuumEntityFeature,
        {
            "PAUSE": "pause", "STOP": "stop", "RETURN_HOME": "return_home", "LOCATE": "locate",
            "START": "start",
        },
    ),
    "todo": (
        TodoListEntityFeature,
        {"CREATE_TODO_ITEM": "add", "DELETE_TODO_ITEM": "delete", "UPDATE_TODO_ITEM": "update"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("domain", FLAGS)
def test_features_are_home_assistants(domain: str) -> None:
    flags, words = FLAGS[domain]
    for flag, word in words.items():
        found = features.from_bits(domain, int(flags[flag]))
        assert found is not None and word in found, (domain, flag)
    assert features.from_bits(domain, 0) == frozenset()


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        (["onoff"], set()),
        (["unknown"], set()),
        (["brightness"], {"brightness"}),
        (["color_temp"], {"brightness", "color_temp"}),
        (["hs", "color_temp"], {"brightness", "color", "color_temp"}),
        (["rgbww"], {"brightness", "color", "color_temp"}),
        (["white", "rgb"], {"brightness", "color"}),
    ],
)
def test_light_features_come_from_its_colour_modes(modes: list[str], expected: set[str]) -> None:
    assert features.of_light(modes) == expected


def test_every_feature_a_function_asks_for_can_be_found() -> None:
    """A misspelt feature would make a function unusable for every real device."""
    for function in FUNCTIONS:
        asked = {function.feature, *(p.feature for p in function.parameters)} - {None}
        if not asked:
            continue
        for domain in function.domains:
            assert asked <= _all_that_is_possible(domain), function.name


def _all_that_is_possible(domain: str) -> frozenset[str]:
    """Every word that an entity of the domain could have."""
    if domain == "light":
        return features.of_light(["rgbww", "color_temp"])
    if domain == "sensor":
        kinds = ("temperature", "humidity", "power", "battery")
        return frozenset(word for kind in kinds for word in features.of_sensor(kind, None))
    if domain == "climate":
        return features.of_climate(0xFFFFFF, {"current_humidity": 50})
    return features.from_bits(domain, 0xFFFFFF) or frozenset()
