"""Humidifiers, water heaters, mowers, sirens, alarms, buttons and helpers do what was said."""

from __future__ import annotations

from typing import Any

import pytest
from homeassistant.components.lawn_mower import (
    LawnMowerActivity,
    LawnMowerEntity,
    LawnMowerEntityFeature,
)
from homeassistant.components.media_player import (
    BrowseMedia,
    MediaClass,
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
    MediaType,
    SearchMedia,
    SearchMediaQuery,
)
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.core.calls import FunctionCall, Value
from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.exposure import async_build_home

from .conftest import expose
from .fake_model import FakeModel
from .house import Speaker, call, place, set_agent, set_up_demo, speech


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Demo alarms and vacuums go on by themselves for a while."""
    return True


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    """A house that does everything at once."""
    set_agent(hass, home_entry, confirm=False)
    return Speaker(hass, home_entry)


async def furnish(hass: HomeAssistant, platform: Platform) -> None:
    """Every demo entity of a platform, exposed."""
    await set_up_demo(hass, platform)
    for state in hass.states.async_all(platform):
        place(hass, state.entity_id)


async def say(speaker: Speaker, model: FakeModel, made: FunctionCall, language: str = "en") -> str:
    """The reply to a sentence that means a call."""
    model.answers["Zzz"] = [made]
    speaker.services.clear()
    return speech(await speaker.say("Zzz", language))


def offered(hass: HomeAssistant) -> set[str]:
    """The functions this home has a use for."""
    return {function.name for function in functions_for(async_build_home(hass))}


DEVICES: list[tuple[Platform, FunctionCall, str, dict[str, Any], str, str]] = [
    (
        Platform.HUMIDIFIER, call("humidifier.turn_off", name="Humidifier"),
        "humidifier.humidifier", {"": "off"}, "Turned off the humidifier", "Éteint",
    ),
    (
        Platform.HUMIDIFIER, call("humidifier.turn_on", name="Humidifier"),
        "humidifier.humidifier", {"": "on"}, "Turned on the humidifier", "Allumé",
    ),
    (
        Platform.HUMIDIFIER, call("humidifier.set_humidity", name="Hygrostat", humidity=45),
        "humidifier.hygrostat", {"humidity": 45}, "Done", "C'est fait",
    ),
    (
        Platform.HUMIDIFIER, call("humidifier.set_mode", name="Hygrostat", mode="eco"),
        "humidifier.hygrostat", {"mode": "eco"}, "Done", "C'est fait",
    ),
    (
        Platform.WATER_HEATER, call("water_heater.turn_off", name="Demo Water Heater"),
        "water_heater.demo_water_heater", {"": "off"}, "Turned off the water heater", "Éteint",
    ),
    (
        Platform.WATER_HEATER,
        call("water_heater.set_temperature", name="Demo Water Heater Celsius", temperature=52),
        "water_heater.demo_water_heater_celsius", {"temperature": 52},
        "Temperature set to 52 degrees", "Température réglée sur 52 degrés",
    ),
    (
        Platform.WATER_HEATER,
        call("water_heater.set_operation_mode", name="Demo Water Heater", operation_mode="gas"),
        "water_heater.demo_water_heater", {"operation_mode": "gas"}, "Done", "C'est fait",
    ),
    (
        Platform.SIREN, call("siren.turn_off", name="Siren"),
        "siren.siren", {"": "off"}, "Turned off the siren", "Éteint",
    ),
    (
        Platform.NUMBER, call("number.set_value", name="Large Range", value=250),
        "number.large_range", {"": "250"}, "Done", "C'est fait",
    ),
    (
        Platform.SELECT, call("select.select_option", name="Speed", option="light_speed"),
        "select.speed", {"": "light_speed"}, "Done", "C'est fait",
    ),
    (
        Platform.MEDIA_PLAYER, call("media_player.shuffle_set", name="Walkman", shuffle="on"),
        "media_player.walkman", {"shuffle": True}, "Done", "C'est fait",
    ),
    (
        Platform.MEDIA_PLAYER, call("media_player.repeat_set", name="Walkman", repeat="one"),
        "media_player.walkman", {"repeat": "one"}, "Done", "C'est fait",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("platform", "made", "entity_id", "after", "english", "french"),
    DEVICES,
    ids=[row[1].name for row in DEVICES],
)
async def test_device_does_it_and_says_so(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    platform: Platform,
    made: FunctionCall,
    entity_id: str,
    after: dict[str, Any],
    english: str,
    french: str,
) -> None:
    await furnish(hass, platform)
    assert await say(speaker, fake_model, made) == english
    assert await say(speaker, fake_model, made, "fr") == french
    assert [name for name, _ in speaker.services] == [made.name]
    state = hass.states.get(entity_id)
    assert state is not None
    for attribute, value in after.items():
        now = state.attributes[attribute] if attribute else state.state
        # A number's state may be written 250 or 250.0.
        assert str(now).removesuffix(".0") == str(value)


class Mower(LawnMowerEntity):
    """A mower that is where it was sent at once."""

    _attr_name = "Shaun"
    _attr_supported_features = LawnMowerEntityFeature.START_MOWING | LawnMowerEntityFeature.DOCK
    _attr_activity = LawnMowerActivity.DOCKED

    async def async_start_mowing(self) -> None:
        self._attr_activity = LawnMowerActivity.MOWING
        self.async_write_ha_state()

    async def async_dock(self) -> None:
        self._attr_activity = LawnMowerActivity.DOCKED
        self.async_write_ha_state()


async def test_a_mower_goes_out_and_comes_home_and_waits_only_if_it_can(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    assert await async_setup_component(hass, "lawn_mower", {})
    await hass.data["lawn_mower"].async_add_entities([Mower()])
    expose(hass, "lawn_mower.shaun")
    start = call("lawn_mower.start_mowing", name="Shaun")
    assert await say(speaker, fake_model, start, "fr") == "Tonte lancée"
    assert hass.states.is_state("lawn_mower.shaun", "mowing")
    assert "lawn_mower.pause" not in offered(hass)
    assert await say(speaker, fake_model, call("lawn_mower.dock", area="here")) == "Docking"
    assert hass.states.is_state("lawn_mower.shaun", "docked")


class Jukebox(MediaPlayerEntity):
    """A player with one record."""

    _attr_name = "Jukebox"
    _attr_supported_features = (
        MediaPlayerEntityFeature.SEARCH_MEDIA | MediaPlayerEntityFeature.PLAY_MEDIA
    )
    _attr_state = MediaPlayerState.IDLE

    async def async_search_media(self, query: SearchMediaQuery) -> SearchMedia:
        if query.search_query != "jazz":
            return SearchMedia(result=[])
        record = BrowseMedia(
            media_class=MediaClass.ALBUM,
            media_content_id="record/1",
            media_content_type=MediaType.ALBUM,
            title="Kind of Blue",
            can_play=True,
            can_expand=False,
        )
        return SearchMedia(result=[record])

    async def async_play_media(
        self, media_type: MediaType | str, media_id: str, **kwargs: Any
    ) -> None:
        self._attr_media_content_id = media_id
        self._attr_state = MediaPlayerState.PLAYING
        self.async_write_ha_state()


async def test_what_is_searched_for_is_played_or_said_not_to_be_found(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    assert await async_setup_component(hass, "media_player", {})
    await hass.data["media_player"].async_add_entities([Jukebox()])
    expose(hass, "media_player.jukebox")
    unknown = call("media_player.search_and_play", area="here", query="polka")
    assert await say(speaker, fake_model, unknown) == "Sorry, I found nothing to play for polka"
    assert hass.states.is_state("media_player.jukebox", "idle")
    known = call("media_player.search_and_play", area="here", query="jazz")
    assert await say(speaker, fake_model, known) == "Playing media"
    state = hass.states.get("media_player.jukebox")
    assert state is not None
    assert (state.state, state.attributes["media_content_id"]) == ("playing", "record/1")
    assert await say(speaker, fake_model, known, "fr") == "Lecture de jazz en cours"


async def test_a_vacuum_cleans_the_room_it_knows(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    vacuum = "vacuum.demo_vacuum_0_ground_floor"
    await set_up_demo(hass, Platform.VACUUM)
    place(hass, vacuum, "Hall", name="Robot")
    kitchen = ar.async_get(hass).async_create("Kitchen", aliases={"Cuisine"})
    made = call("vacuum.clean_area", area="here", room="Kitchen")
    # As long as nobody has mapped its rooms, it does not offer to.
    assert "vacuum.clean_area" not in offered(hass)
    mapping = {"area_mapping": {kitchen.id: ["kitchen"]}}
    er.async_get(hass).async_update_entity_options(vacuum, "vacuum", mapping)
    await hass.async_block_till_done()
    (entity,) = async_build_home(hass).in_domains(("vacuum",))
    assert entity.options["area_list"] == ("Kitchen", "Cuisine")
    assert await say(speaker, fake_model, made) == "Cleaning Kitchen"
    data = {"entity_id": vacuum, "cleaning_area_id": [kitchen.id]}
    assert speaker.services == [("vacuum.clean_area", data)]
    assert hass.states.is_state(vacuum, "cleaning")
    again = call("vacuum.clean_area", name="Robot", room="cuisine")
    assert await say(speaker, fake_model, again, "fr") == "Nettoyage de cuisine en cours"
    attic = call("vacuum.clean_area", name="Robot", room="Attic")
    assert await say(speaker, fake_model, attic) == "Sorry, I could not find Attic here"
    assert not speaker.services


async def test_a_water_heater_is_not_set_beyond_its_range(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await furnish(hass, Platform.WATER_HEATER)
    made = call("water_heater.set_temperature", name="Demo Water Heater Celsius", temperature=90)
    reply = await say(speaker, fake_model, made)
    assert reply.startswith("Sorry, Demo Water Heater Celsius takes")
    assert not speaker.services


async def test_a_button_is_pressed(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await furnish(hass, Platform.BUTTON)
    assert await say(speaker, fake_model, call("button.press", name="Push")) == "Done"
    assert speaker.services == [("button.press", {"entity_id": "button.push"})]


async def make_helpers(hass: HomeAssistant) -> None:
    """One helper of each kind, exposed."""
    rows: dict[str, dict[str, Any]] = {
        "input_boolean": {"guests": {"name": "Guests", "initial": False}},
        "input_button": {"cat": {"name": "Feed the cat"}},
        "input_number": {
            "goal": {"name": "Goal", "min": 10, "max": 30, "step": 0.5, "initial": 12}
        },
        "input_select": {"mode": {"name": "Mode", "options": ["Home", "Away"]}},
    }
    for domain, config in rows.items():
        assert await async_setup_component(hass, domain, {domain: config})
    await hass.async_block_till_done()
    for domain, config in rows.items():
        expose(hass, *(f"{domain}.{name}" for name in config))


@pytest.mark.parametrize(
    ("function", "arguments", "service", "entity_id", "after"),
    [
        ("input_boolean.turn_on", {"name": "Guests"}, "input_boolean.turn_on", "guests", "on"),
        ("input_boolean.turn_off", {"name": "Guests"}, "input_boolean.turn_off", "guests", "off"),
        ("input_boolean.toggle", {"name": "Guests"}, "input_boolean.toggle", "guests", "on"),
        ("button.press", {"name": "Feed the cat"}, "input_button.press", "cat", None),
        ("number.set_value", {"name": "Goal", "value": 21.5}, "input_number.set_value", "goal",
         "21.5"),
        ("select.select_option", {"name": "Mode", "option": "Away"}, "input_select.select_option",
         "mode", "Away"),
    ],
)  # fmt: skip
async def test_a_helper_gets_the_action_of_its_own_domain(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    function: str,
    arguments: dict[str, Value],
    service: str,
    entity_id: str,
    after: str | None,
) -> None:
    await make_helpers(hass)
    await say(speaker, fake_model, FunctionCall(function, arguments))
    domain = service.partition(".")[0]
    data = {k: v for k, v in arguments.items() if k != "name"}
    assert speaker.services == [(service, {**data, "entity_id": f"{domain}.{entity_id}"})]
    state = hass.states.get(f"{domain}.{entity_id}")
    assert state is not None
    assert state.state == after if after else state.state != "unknown"


async def test_a_number_between_two_steps_is_rounded_and_told(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await make_helpers(hass)
    made = call("number.set_value", name="Goal", value=21.3)
    assert await say(speaker, fake_model, made) == "Goal: 21.5"
    assert hass.states.is_state("input_number.goal", "21.5")


async def test_a_number_out_of_range_is_refused_with_the_range(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await make_helpers(hass)
    made = call("number.set_value", name="Goal", value=300)
    assert await say(speaker, fake_model, made) == "Sorry, Goal takes 10 to 30"
    assert "10" in await say(speaker, fake_model, made, "ko")
    assert not speaker.services


async def test_a_humidity_out_of_range_leaves_the_others_to_act(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    for name, low in (("A", 0), ("B", 40)):
        attributes = {"friendly_name": name, "min_humidity": low, "max_humidity": 80}
        hass.states.async_set(f"humidifier.{name.lower()}", "on", attributes)
        expose(hass, f"humidifier.{name.lower()}")
    calls: list[str] = []
    hass.services.async_register(
        "humidifier", "set_humidity", lambda service: calls.append(service.data["entity_id"])
    )
    made = call("humidifier.set_humidity", area="all", humidity=30)
    reply = await say(speaker, fake_model, made)
    assert reply == "Done. Sorry, B takes 40 to 80."
    assert calls == ["humidifier.a"]


# -- alarm panels --------------------------------------------------------------------------------


async def alarm(hass: HomeAssistant, **config: Any) -> str:
    """A manual alarm panel, exposed."""
    row = {"platform": "manual", "name": "House", "arming_time": 0, "delay_time": 0, **config}
    assert await async_setup_component(hass, "alarm_control_panel", {"alarm_control_panel": [row]})
    await hass.async_block_till_done()
    expose(hass, "alarm_control_panel.house")
    return "alarm_control_panel.house"


@pytest.mark.parametrize("mode", ["home", "away", "night"])
async def test_an_alarm_without_a_code_is_armed_and_disarmed(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, mode: str
) -> None:
    panel = await alarm(hass, code_arm_required=False)
    name = f"alarm_control_panel.alarm_arm_{mode}"
    assert await say(speaker, fake_model, call(name, name="House")) == "Done"
    assert hass.states.is_state(panel, f"armed_{mode}")
    await say(speaker, fake_model, call("alarm_control_panel.alarm_disarm", name="House"))
    assert hass.states.is_state(panel, "disarmed")


async def test_an_alarm_that_wants_a_code_is_left_alone_and_says_so(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    panel = await alarm(hass, code="1234", code_arm_required=False)
    armed = call("alarm_control_panel.alarm_arm_away", name="House")
    assert await say(speaker, fake_model, armed) == "Done"
    off = call("alarm_control_panel.alarm_disarm", name="House")
    assert await say(speaker, fake_model, off) == (
        "Sorry, House needs a code, and I do not take codes"
    )
    assert "code" in await say(speaker, fake_model, off, "fr")
    assert not speaker.services
    assert hass.states.is_state(panel, "armed_away")


async def test_an_alarm_that_wants_a_code_for_arming_is_not_armed(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    panel = await alarm(hass, code="1234", code_arm_required=True)
    made = call("alarm_control_panel.alarm_arm_home", name="House")
    assert "needs a code" in await say(speaker, fake_model, made)
    assert hass.states.is_state(panel, "disarmed")


async def test_a_default_code_is_home_assistants_business(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    panel = await alarm(hass, code="1234", code_arm_required=False, unique_id="house")
    options = {"default_code": "1234"}
    er.async_get(hass).async_update_entity_options(panel, "alarm_control_panel", options)
    await hass.async_block_till_done()
    await say(speaker, fake_model, call("alarm_control_panel.alarm_arm_away", name="House"))
    off = call("alarm_control_panel.alarm_disarm", name="House")
    assert await say(speaker, fake_model, off) == "Done"
    # The code is neither known here nor sent by us.
    assert speaker.services == [("alarm_control_panel.alarm_disarm", {"entity_id": panel})]
    assert hass.states.is_state(panel, "disarmed")
