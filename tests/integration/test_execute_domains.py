"""Every kind of device does what was said, and the reply is in the language of the sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.intent import IntentResponseType
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.core.calls import FunctionCall

from .fake_model import FakeModel
from .house import Speaker, call, names, place, set_agent, set_up_demo, speech

LANGUAGES = ("en", "fr", "ko", "ja")
DONE = ("Done", "C'est fait", "완료했습니다", "完了しました")


@dataclass(frozen=True)
class Row:
    """A call, what it does, and what is said in English, French, Korean and Japanese."""

    made: FunctionCall
    service: str
    data: dict[str, Any]
    replies: tuple[str, str, str, str]
    after: dict[str, Any] = field(default_factory=dict)
    """State (`""`) or attributes of the entity afterwards."""


LIGHT = {"entity_id": "light.bed_light"}
FAN = {"entity_id": "fan.living_room_fan"}
HALL = {"entity_id": "cover.hall_window"}
SLATS = {"entity_id": "cover.living_room_window"}
DOOR = {"entity_id": "lock.front_door"}
GARDEN = {"entity_id": "valve.front_garden"}
TREES = {"entity_id": "valve.trees"}
PUMP = {"entity_id": "climate.heatpump"}
HVAC = {"entity_id": "climate.hvac"}
WALKMAN = {"entity_id": "media_player.walkman"}
BEDROOM = {"entity_id": "media_player.bedroom"}
LOUNGE = {"entity_id": "media_player.lounge_room"}
ROBOT = {"entity_id": "vacuum.demo_vacuum_0_ground_floor"}

ROWS: dict[Platform, list[Row]] = {
    Platform.LIGHT: [
        Row(
            call("light.turn_on", name="Bed Light"),
            "light.turn_on", LIGHT,
            ("Turned on the light", "Allumé", "Bed Light 켰습니다", "ライトがオンになりました"),
            {"": "on"},
        ),
        Row(
            call("light.turn_on", name="Bed Light", brightness_pct=40),
            "light.turn_on", {**LIGHT, "brightness_pct": 40},
            (
                "Brightness set", "Luminosité réglée",
                "밝기가 설정되었습니다", "明るさを設定しました",
            ),
            {"brightness": 102},
        ),
        Row(
            call("light.turn_on", name="Bed Light", color_name="red"),
            "light.turn_on", {**LIGHT, "color_name": "red"},
            ("Color set", "Couleur réglée", "색상이 설정되었습니다", "色を設定しました"),
            {"rgb_color": (255, 0, 0)},
        ),
        Row(
            call("light.turn_on", name="Bed Light", color_temp_kelvin=3000),
            "light.turn_on", {**LIGHT, "color_temp_kelvin": 3000},
            (
                "Color temperature set", "Température de couleur réglée",
                "색온도가 설정되었습니다", "ライトがオンになりました",
            ),
            {"color_temp_kelvin": 3000},
        ),
        Row(
            call("light.turn_off", name="Bed Light"),
            "light.turn_off", LIGHT,
            ("Turned off the light", "Éteint", "Bed Light 껐습니다", "ライトがオフになりました"),
            {"": "off"},
        ),
    ],
    Platform.SWITCH: [
        Row(
            call("switch.turn_on", name="AC"),
            "switch.turn_on", {"entity_id": "switch.ac"},
            ("Turned on the switch", "Allumé", "AC 켰습니다", "スイッチがオンになりました"),
            {"": "on"},
        ),
    ],
    Platform.FAN: [
        Row(
            call("fan.set_percentage", name="Living Room Fan", percentage=50),
            "fan.set_percentage", {**FAN, "percentage": 50},
            ("Speed set", "Vitesse réglée", DONE[2], DONE[3]),
            {"percentage": 50},
        ),
        Row(
            call("fan.oscillate", name="Living Room Fan", oscillating="on"),
            "fan.oscillate", {**FAN, "oscillating": True}, DONE, {"oscillating": True},
        ),
        Row(
            call("fan.turn_off", name="Living Room Fan"),
            "fan.turn_off", FAN,
            (
                "Turned off the fan", "Éteint",
                "Living Room Fan 껐습니다", "ファンがオフになりました",
            ),
            {"": "off"},
        ),
    ],
    Platform.COVER: [
        Row(
            call("cover.open_cover", name="Hall Window"),
            "cover.open_cover", HALL,
            ("Opening", "Ouverture en cours", "Hall Window 열었습니다", "開けています"),
            {"": "opening"},
        ),
        Row(call("cover.stop_cover", name="Hall Window"), "cover.stop_cover", HALL, DONE),
        Row(
            call("cover.set_cover_position", name="Hall Window", position=30),
            "cover.set_cover_position", {**HALL, "position": 30},
            ("Position set", "Position réglée", DONE[2], DONE[3]),
        ),
        Row(
            call("cover.set_cover_tilt_position", name="Living Room Window", tilt_position=30),
            "cover.set_cover_tilt_position", {**SLATS, "tilt_position": 30}, DONE,
        ),
    ],
    Platform.LOCK: [
        Row(
            call("lock.lock", name="Front Door"),
            "lock.lock", DOOR,
            ("Locking", "Verrouillé", "잠갔습니다", DONE[3]),
            {"": "locked"},
        ),
        Row(
            call("lock.unlock", name="Front Door"),
            "lock.unlock", DOOR,
            ("Unlocking", "Déverrouillé", "잠금 해제되었습니다", DONE[3]),
            {"": "unlocked"},
        ),
    ],
    Platform.VALVE: [
        Row(
            call("valve.close_valve", name="Front Garden"),
            "valve.close_valve", GARDEN,
            ("Closing", "Fermé", DONE[2], DONE[3]),
            {"": "closed"},
        ),
        Row(
            call("valve.open_valve", name="Front Garden"),
            "valve.open_valve", GARDEN,
            ("Opening", "Ouvert", DONE[2], DONE[3]),
            {"": "open"},
        ),
        Row(
            call("valve.set_valve_position", name="Trees", position=30),
            "valve.set_valve_position", {**TREES, "position": 30},
            ("Position set", "Position réglée", DONE[2], DONE[3]),
        ),
    ],
    Platform.CLIMATE: [
        Row(
            call("climate.set_temperature", name="HeatPump", temperature=21.5),
            "climate.set_temperature", {**PUMP, "temperature": 21.5},
            (
                "Temperature set to 21.5 degrees", "Température réglée sur 21,5 degrés",
                "온도가 설정되었습니다", DONE[3],
            ),
            {"temperature": 21.5},
        ),
        Row(
            call("climate.set_hvac_mode", name="Hvac", hvac_mode="heat"),
            "climate.set_hvac_mode", {**HVAC, "hvac_mode": "heat"}, DONE, {"": "heat"},
        ),
        Row(
            call("climate.turn_off", name="Hvac"),
            "climate.turn_off", HVAC,
            (
                "Turned off the thermostat", "Éteint", "Hvac 껐습니다",
                "エアコンがオフになりました",
            ),
            {"": "off"},
        ),
    ],
    Platform.MEDIA_PLAYER: [
        Row(
            call("media_player.media_pause", name="Walkman"),
            "media_player.media_pause", WALKMAN,
            ("Paused", "Lecture en pause", "일시정지했습니다", DONE[3]),
            {"": "paused"},
        ),
        Row(
            call("media_player.media_play", name="Walkman"),
            "media_player.media_play", WALKMAN,
            ("Resumed", "Lecture relancée", "다시 재생합니다", DONE[3]),
            {"": "playing"},
        ),
        Row(
            call("media_player.media_next_track", name="Walkman"),
            "media_player.media_next_track", WALKMAN,
            ("Playing next", "Média suivant", "다음으로 넘어갑니다", DONE[3]),
        ),
        Row(
            call("media_player.volume_set", name="Bedroom", volume_pct=30),
            "media_player.volume_set", {**BEDROOM, "volume_level": 0.3},
            ("Volume set", "Volume réglé", DONE[2], DONE[3]),
            {"volume_level": 0.3},
        ),
        Row(
            call("media_player.volume_mute", name="Bedroom", muted="on"),
            "media_player.volume_mute", {**BEDROOM, "is_volume_muted": True},
            ("Muted", "Son coupé", DONE[2], DONE[3]),
            {"is_volume_muted": True},
        ),
        Row(
            call("media_player.volume_mute", name="Bedroom", muted="off"),
            "media_player.volume_mute", {**BEDROOM, "is_volume_muted": False},
            ("Unmuted", "Son rétabli", DONE[2], DONE[3]),
            {"is_volume_muted": False},
        ),
        Row(
            call("media_player.select_source", name="Lounge room", source="xbox"),
            "media_player.select_source", {**LOUNGE, "source": "xbox"}, DONE, {"source": "xbox"},
        ),
    ],
    Platform.VACUUM: [
        Row(
            call("vacuum.start", name="Demo vacuum 0 ground floor"),
            "vacuum.start", ROBOT,
            ("Started", "Nettoyage lancé", DONE[2], DONE[3]),
            {"": "cleaning"},
        ),
        Row(
            call("vacuum.pause", name="Demo vacuum 0 ground floor"),
            "vacuum.pause", ROBOT, DONE, {"": "paused"},
        ),
        Row(
            call("vacuum.return_to_base", name="Demo vacuum 0 ground floor"),
            "vacuum.return_to_base", ROBOT,
            ("Returning", "Retour à la base", DONE[2], DONE[3]),
            {"": "returning"},
        ),
    ],
}  # fmt: skip


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Demo covers and vacuums move on their own for a while."""
    return True


@pytest.fixture
async def speaker(
    hass: HomeAssistant, home_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> Speaker:
    """A house whose locks and valves are quick, and do everything at once."""
    set_agent(hass, home_entry, confirm=False)
    monkeypatch.setattr("homeassistant.components.demo.lock.LOCK_UNLOCK_DELAY", 0)
    monkeypatch.setattr("homeassistant.components.demo.valve.OPEN_CLOSE_DELAY", 0)
    return Speaker(hass, home_entry)


async def furnish(hass: HomeAssistant, *platforms: Platform) -> None:
    await set_up_demo(hass, *platforms)
    for platform in platforms:
        for state in hass.states.async_all(platform):
            place(hass, state.entity_id)


@pytest.mark.parametrize("platform", ROWS)
async def test_device_does_it_and_says_so_in_the_speakers_language(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, platform: Platform
) -> None:
    await furnish(hass, platform)
    for row in ROWS[platform]:
        fake_model.answers["Zzz"] = [row.made]
        for language, reply in zip(LANGUAGES, row.replies, strict=True):
            speaker.services.clear()
            result = await speaker.say("Zzz", language)
            assert speaker.services[:1] == [(row.service, row.data)]
            assert (row.made.name, language, speech(result)) == (row.made.name, language, reply)
            assert result.response.response_type is IntentResponseType.ACTION_DONE
            assert names(result.response.success_results) == [row.data["entity_id"]]
        state = hass.states.get(row.data["entity_id"])
        assert state is not None
        for attribute, value in row.after.items():
            now = state.attributes[attribute] if attribute else state.state
            assert (row.made.name, attribute, now) == (row.made.name, attribute, value)


async def test_several_devices_are_spoken_of_in_the_plural(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await furnish(hass, Platform.LIGHT, Platform.SWITCH, Platform.FAN)
    replies = {
        "light.turn_off": ("Turned off the lights", "C'est fait", "조명을 껐습니다"),
        "fan.turn_off": ("Turned off the fans", "C'est fait", "팬을 껐습니다"),
        "switch.turn_off": DONE,
    }
    for function, texts in replies.items():
        fake_model.answers["Zzz"] = [call(function, area="all")]
        for language, text in zip(LANGUAGES, texts, strict=False):
            assert speech(await speaker.say("Zzz", language)) == text


# -- what a device cannot do ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "made", "reply"),
    [
        (
            Platform.COVER,
            call("cover.set_cover_position", name="Kitchen Window", position=30),
            "Sorry, Kitchen Window cannot do that",
        ),
        (
            Platform.LOCK,
            call("lock.open", name="Front Door"),
            "Sorry, Front Door cannot do that",
        ),
        (
            Platform.CLIMATE,
            call("climate.set_preset_mode", name="HeatPump", preset_mode="eco"),
            "Sorry, HeatPump cannot do that",
        ),
        (
            Platform.MEDIA_PLAYER,
            call("media_player.media_next_track", name="Bedroom"),
            "Sorry, Bedroom cannot do that",
        ),
    ],
)
async def test_unsupported_feature_is_refused_before_anything_is_called(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    platform: Platform,
    made: FunctionCall,
    reply: str,
) -> None:
    await furnish(hass, platform)
    fake_model.answers["Zzz"] = [made]
    result = await speaker.say("Zzz")
    assert speech(result) == reply
    assert result.response.error_code == "no_valid_targets"
    assert not speaker.services


async def test_light_that_only_switches_says_that_it_cannot_be_dimmed(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    hass.states.async_set(
        "light.hall", "on", {"friendly_name": "Hall", "supported_color_modes": ["onoff"]}
    )
    place(hass, "light.hall")
    fake_model.answers["Baisse la lumière du hall"] = [
        call("light.turn_on", name="Hall", brightness_pct=30)
    ]
    assert speech(await speaker.say("Baisse la lumière du hall", "fr")) == (
        "Désolé, cela n'est pas possible avec « Hall »"
    )
    assert not speaker.services


async def test_dimming_a_room_leaves_alone_what_cannot_be_dimmed(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await furnish(hass, Platform.LIGHT)
    hass.states.async_set(
        "light.hall", "on", {"friendly_name": "Hall", "supported_color_modes": ["onoff"]}
    )
    place(hass, "light.hall")
    fake_model.answers["Dim"] = [call("light.turn_on", area="all", brightness_pct=30)]
    result = await speaker.say("Dim")
    targets = names(result.response.success_results)
    assert "light.bed_light" in targets and "light.hall" not in targets


async def test_out_of_range_value_is_explained(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await furnish(hass, Platform.CLIMATE)
    fake_model.answers["Sauna"] = [call("climate.set_temperature", name="HeatPump", temperature=90)]
    result = await speaker.say("Sauna")
    assert speech(result) == "Sorry, HeatPump takes 7 to 35 degrees"
    assert result.response.error_code == "failed_to_handle"
    assert speech(await speaker.say("Sauna", "ja")) == (
        "すみません、「HeatPump」は7度から35度までしか設定できません"
    )
    assert not speaker.services


# -- warmer and cooler ---------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "reached"), [(2, 23), (-1.5, 19.5), (15, 35), (-15, 7)])
async def test_warmer_and_cooler_stay_within_the_thermostats_limits(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    change: float,
    reached: float,
) -> None:
    await furnish(hass, Platform.CLIMATE)
    await hass.services.async_call(
        "climate", "set_temperature", {**PUMP, "temperature": 21}, blocking=True
    )
    fake_model.answers["Warmer"] = [
        call("climate.adjust_temperature", name="HeatPump", change=change)
    ]
    result = await speaker.say("Warmer")
    state = hass.states.get("climate.heatpump")
    assert state is not None and state.attributes["temperature"] == reached
    assert speech(result) == f"Temperature set to {reached:g} degrees"


async def test_warmer_without_a_target_temperature_says_so(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    attributes = {"friendly_name": "Stove", "supported_features": 1, "temperature": None}
    hass.states.async_set("climate.stove", "off", attributes)
    place(hass, "climate.stove")
    fake_model.answers["Warmer"] = [call("climate.adjust_temperature", name="Stove", change=2)]
    result = await speaker.say("Warmer")
    assert speech(result) == "Stove has no target temperature to change"
    assert result.response.response_type is IntentResponseType.ERROR


@pytest.mark.parametrize(
    ("made", "low", "high"),
    [
        (call("climate.set_temperature", name="Ecobee", temperature=20), 18.5, 21.5),
        (call("climate.adjust_temperature", name="Ecobee", change=-1), 20, 23),
    ],
)
async def test_a_thermostat_that_keeps_between_two_temperatures_moves_both(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    made: FunctionCall,
    low: float,
    high: float,
) -> None:
    await furnish(hass, Platform.CLIMATE)
    fake_model.answers["Set"] = [made]
    await speaker.say("Set")
    state = hass.states.get("climate.ecobee")
    assert state is not None
    assert state.attributes["target_temp_low"] == low
    assert state.attributes["target_temp_high"] == high


# -- players -------------------------------------------------------------------------------------


async def test_pause_is_for_the_player_that_plays(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await furnish(hass, Platform.MEDIA_PLAYER)
    await hass.services.async_call(
        "media_player", "media_pause", {"entity_id": "all"}, blocking=True
    )
    await hass.services.async_call("media_player", "media_play", WALKMAN, blocking=True)
    await hass.async_block_till_done()
    fake_model.answers["Pause"] = [call("media_player.media_pause", area="here")]
    await hass.async_block_till_done()
    result = await speaker.say("Pause")
    assert names(result.response.success_results) == ["media_player.walkman"]


async def test_pause_with_nothing_playing_asks_which(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await furnish(hass, Platform.MEDIA_PLAYER)
    await hass.services.async_call(
        "media_player", "media_pause", {"entity_id": "all"}, blocking=True
    )
    await hass.async_block_till_done()
    speaker.services.clear()
    fake_model.answers["Pause"] = [call("media_player.media_pause", area="here")]
    result = await speaker.say("Pause")
    assert speech(result).startswith("Which one of 6: Bedroom, Group, ")
    assert result.continue_conversation
    assert not speaker.services


# -- scenes and scripts --------------------------------------------------------------------------


async def test_scene_and_script_run(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"tv": {}}})
    turn_on = {"action": "input_boolean.turn_on", "target": {"entity_id": "input_boolean.tv"}}
    assert await async_setup_component(
        hass, "script", {"script": {"movie": {"alias": "Movie", "sequence": [turn_on]}}}
    )
    scene = {"name": "Night", "entities": {"input_boolean.tv": "off"}}
    assert await async_setup_component(hass, "scene", {"scene": [scene]})
    await hass.async_block_till_done()
    place(hass, "script.movie")
    place(hass, "scene.night")
    fake_model.answers["Movie"] = [call("script.turn_on", name="Movie")]
    fake_model.answers["Night"] = [call("scene.turn_on", name="Night")]
    assert speech(await speaker.say("Movie", "fr")) == "Script démarré"
    assert hass.states.is_state("input_boolean.tv", "on")
    assert speech(await speaker.say("Night")) == "Activated"
    assert hass.states.is_state("input_boolean.tv", "off")
