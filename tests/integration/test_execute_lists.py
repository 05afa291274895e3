"""Timers, to-do lists and questions about states."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.intent import async_register_timer_handler
from homeassistant.components.intent.timers import TimerEventType, TimerInfo
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.intent import IntentResponseType
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .fake_model import FakeModel
from .house import Speaker, call, place, set_up_demo, speech


@pytest.fixture
def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return Speaker(hass, home_entry)


# -- timers --------------------------------------------------------------------------------------


@pytest.fixture
def satellite(hass: HomeAssistant, speaker: Speaker) -> tuple[str, list[tuple[str, int]]]:
    """A device that keeps timers, and what it was told: event and seconds."""
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "satellite")}
    )
    heard: list[tuple[str, int]] = []

    def handle(event: TimerEventType, timer: TimerInfo) -> None:
        heard.append((event.value, timer.seconds))

    async_register_timer_handler(hass, device.id, handle)
    return device.id, heard


async def test_satellite_keeps_the_timer(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    satellite: tuple[str, list[tuple[str, int]]],
) -> None:
    device_id, heard = satellite
    fake_model.answers = {
        "Pizza": [call("timer.start", hours=1, minutes=5, timer_name="pizza")],
        "More": [call("timer.add_time", minutes=5)],
        "Left": [call("timer.status")],
        "Stop": [call("timer.cancel", timer_name="pizza")],
    }
    result = await speaker.say("Pizza", device_id=device_id)
    assert heard == [("started", 3900)]
    assert speech(result) == "Timer set for 1 hour and 5 minutes named pizza"
    assert speech(await speaker.say("More", device_id=device_id)) == "5 minutes added to timer"
    left = await speaker.say("Left", device_id=device_id)
    assert speech(left) == "1 hour left."
    assert left.response.response_type is IntentResponseType.QUERY_ANSWER
    assert speech(await speaker.say("Left", "ja", device_id=device_id)).startswith("1:")
    assert speech(await speaker.say("Stop", "fr", device_id=device_id)) == "Minuteur supprimé"
    assert [event for event, _ in heard] == ["started", "updated", "cancelled"]
    gone = await speaker.say("Stop", device_id=device_id)
    assert speech(gone) == "Sorry, I couldn't find that timer"
    assert gone.response.response_type is IntentResponseType.ERROR


async def test_timer_helper_stands_in_where_nothing_keeps_timers(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    assert await async_setup_component(
        hass, "timer", {"timer": {"egg": {"name": "Egg"}, "tea": {"name": "Tea"}}}
    )
    place(hass, "timer.egg")
    fake_model.answers = {
        "Four minutes": [call("timer.start", minutes=4)],
        "One less": [call("timer.remove_time", minutes=1)],
        "Hold": [call("timer.pause")],
        "Left": [call("timer.status")],
        "Go on": [call("timer.resume")],
        "Stop": [call("timer.cancel")],
        "Tea": [call("timer.start", minutes=3, timer_name="tea")],
    }
    assert speech(await speaker.say("Four minutes")) == "Timer set for 4 minutes named Egg"
    state = hass.states.get("timer.egg")
    assert state is not None
    assert (state.state, state.attributes["duration"]) == ("active", "0:04:00")
    assert speech(await speaker.say("Left")).startswith("Egg: 0:0")
    await speaker.say("One less")
    assert speech(await speaker.say("Hold")) == "Timer paused"
    assert hass.states.is_state("timer.egg", "paused")
    assert speech(await speaker.say("Left")).startswith("Egg: 0:0")
    await speaker.say("Go on")
    assert hass.states.is_state("timer.egg", "active")
    assert speech(await speaker.say("Stop", "ko")) == "타이머를 취소했습니다"
    assert hass.states.is_state("timer.egg", "idle")
    assert "find that timer" in speech(await speaker.say("Left"))

    place(hass, "timer.tea")
    asked = await speaker.say("Four minutes")
    assert speech(asked) == "Which one: Egg or Tea?"
    await speaker.say("the tea one", conversation_id=asked.conversation_id)
    assert hass.states.is_state("timer.tea", "active")
    assert hass.states.is_state("timer.egg", "idle")
    await speaker.say("Stop")
    await hass.services.async_call("timer", "cancel", {"entity_id": "timer.tea"}, blocking=True)


async def test_timer_without_anything_that_keeps_one(
    speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Timer"] = [call("timer.start", minutes=4)]
    fake_model.answers["Just a timer"] = [call("timer.start")]
    result = await speaker.say("Timer")
    assert speech(result) == "Sorry, timers are not supported on this device"
    assert result.response.response_type is IntentResponseType.ERROR
    assert speech(await speaker.say("Just a timer")) == "Sorry, I need to know for how long"


# -- to-do lists ---------------------------------------------------------------------------------


@pytest.fixture
async def shopping(hass: HomeAssistant, speaker: Speaker) -> Callable[[], Any]:
    """A list that Home Assistant keeps in a file; the items and their status."""
    Path(hass.config.path(".storage")).mkdir(exist_ok=True)
    entry = MockConfigEntry(
        domain="local_todo", data={"todo_list_name": "Shopping", "storage_key": "shopping"}
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    place(hass, "todo.shopping")

    async def items() -> dict[str, str]:
        response = await hass.services.async_call(
            "todo", "get_items", {"entity_id": "todo.shopping"}, blocking=True, return_response=True
        )
        rows: Any = response["todo.shopping"]["items"]  # type: ignore[index, call-overload]
        return {row["summary"]: row["status"] for row in rows}

    return items


async def test_list_is_filled_checked_off_emptied_and_read(
    speaker: Speaker, fake_model: FakeModel, shopping: Callable[[], Any]
) -> None:
    fake_model.answers = {
        "Milk": [call("todo.add_item", name="Shopping", item="Oat milk")],
        "Eggs and bread": [
            call("todo.add_item", name="Shopping", item="Eggs"),
            call("todo.add_item", name="Shopping", item="Bread"),
        ],
        "Got milk": [call("todo.complete_item", name="Shopping", item="oat Milk")],
        "No bread": [call("todo.remove_item", name="Shopping", item="bread")],
        "Got beer": [call("todo.complete_item", name="Shopping", item="Beer")],
        "Read": [call("todo.get_items", name="Shopping")],
    }
    assert speech(await speaker.say("Read")) == "Shopping is empty"
    assert speech(await speaker.say("Milk")) == "Added Oat milk"
    result = await speaker.say("Eggs and bread")
    assert speech(result) == "Added Eggs. Added Bread."
    assert await shopping() == {
        "Oat milk": "needs_action",
        "Eggs": "needs_action",
        "Bread": "needs_action",
    }
    assert speech(await speaker.say("Read")) == "Shopping: Oat milk, Eggs and Bread"
    assert speech(await speaker.say("Got milk", "fr")) == "Oat milk coché"
    assert (await shopping())["Oat milk"] == "completed"
    assert speech(await speaker.say("No bread", "de")) in ("Bread gelöscht", "Erledigt")
    assert await shopping() == {"Oat milk": "completed", "Eggs": "needs_action"}
    read = await speaker.say("Read", "ko")
    assert speech(read) == "Shopping: Eggs"
    assert read.response.response_type is IntentResponseType.QUERY_ANSWER
    missing = await speaker.say("Got beer")
    assert speech(missing) == "Sorry, Beer is not on Shopping"
    assert missing.response.response_type is IntentResponseType.ERROR


# -- questions about states ----------------------------------------------------------------------


@pytest.fixture
def states(hass: HomeAssistant, speaker: Speaker) -> None:
    """Devices in states worth asking about."""
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("light.hall", "on", {"friendly_name": "Hall"}),
        ("light.attic", "off", {"friendly_name": "Attic"}),
        ("lock.door", "unlocked", {"friendly_name": "Door"}),
        ("cover.blind", "opening", {"friendly_name": "Blind"}),
        ("binary_sensor.window", "on", {"friendly_name": "Window", "device_class": "window"}),
        ("binary_sensor.gate", "on", {"friendly_name": "Gate", "device_class": "lock"}),
        ("binary_sensor.motion", "on", {"friendly_name": "Motion", "device_class": "motion"}),
        ("sensor.outside", "-3.5", {"friendly_name": "Outside", "unit_of_measurement": "°C"}),
        ("sensor.gone", "unavailable", {"friendly_name": "Cellar"}),
        ("media_player.tv", "playing", {"friendly_name": "TV set"}),
        (
            "climate.heating",
            "heat",
            {"friendly_name": "Heating", "current_temperature": 20.5, "temperature": 22},
        ),
    ]
    for entity_id, state, attributes in rows:
        hass.states.async_set(entity_id, state, attributes)
        place(hass, entity_id)


@pytest.mark.usefixtures("states")
@pytest.mark.parametrize(
    ("made", "language", "reply"),
    [
        (call("state.get", name="Door"), "en", "Door is unlocked"),
        (call("state.get", name="Door"), "fr", "Door est déverrouillé"),
        (call("state.get", name="Outside"), "en", "Outside is -3.5 °C"),
        (call("state.get", name="Outside"), "ja", "Outside：-3.5 °C"),
        (call("state.get", name="Outside"), "es", "El dispositivo Outside indica -3,5 °C"),
        (call("state.get", name="Outside"), "ru", "Outside -3,5 °C"),
        (call("state.get", name="Outside"), "zh-Hans", "Outside是-3.5 °C"),
        (call("state.get", name="Cellar"), "en", "Cellar is unavailable"),
        (call("state.get", name="Cellar"), "it", "Cellar è non disponibile"),
        (call("state.get", name="Cellar"), "ko", "Cellar의 상태는 사용할 수 없음입니다"),
        (call("state.get", name="Window"), "en", "Window is open"),
        (call("state.get", name="Window"), "fr", "Window est ouvert"),
        (call("state.get", name="Heating"), "en", "Heating is heat (20.5 °C)"),
        (call("state.count", domain="light", state="on"), "en", "1"),
        (call("state.count", domain="light", state="on"), "ja", "1"),
        (call("state.list", domain="light", state="on"), "en", "Hall"),
        (call("state.list", domain="light", state="on"), "ja", "Hall"),
        (call("state.list", domain="lock", state="locked"), "en", "Not any"),
        (call("state.list", domain="lock", state="locked"), "ja", "ありません"),
        (call("state.list", domain="cover", state="open"), "en", "Blind"),
        (call("state.list", domain="binary_sensor", state="open"), "en", "Window"),
        (call("state.list", domain="binary_sensor", state="unlocked"), "en", "Gate"),
        (call("state.count", domain="media_player", state="on"), "en", "1"),
        (call("state.count", domain="climate", state="on"), "fr", "1"),
    ],
    ids=str,
)
async def test_question_about_states_is_answered_and_changes_nothing(
    speaker: Speaker, fake_model: FakeModel, made: Any, language: str, reply: str
) -> None:
    fake_model.answers["Question"] = [made]
    result = await speaker.say("Question", language)
    assert speech(result) == reply
    assert result.response.response_type is IntentResponseType.QUERY_ANSWER
    assert not speaker.services


@pytest.mark.usefixtures("states")
@pytest.mark.parametrize(
    ("language", "word"),
    [("de-CH", "geöffnet"), ("es-419", "abiert"), ("zh-CN", "打开"), ("zh-TW", "開")],
)
async def test_a_state_is_said_in_the_language_whatever_its_tag_is(
    speaker: Speaker, fake_model: FakeModel, language: str, word: str
) -> None:
    """Home Assistant's translations go by other codes than its sentences do."""
    fake_model.answers["The window"] = [call("state.get", name="Window")]
    reply = speech(await speaker.say("The window", language))
    assert word in reply and "open" not in reply


async def test_room_of_the_question_counts(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    await set_up_demo(hass, Platform.LIGHT)
    place(hass, "light.bed_light", "Bedroom", floor="Upstairs")
    place(hass, "light.kitchen_lights", "Kitchen")
    both = {"entity_id": ["light.bed_light", "light.kitchen_lights"]}
    await hass.services.async_call("light", "turn_on", both, blocking=True)
    for target, reply in (({}, "2"), ({"area": "Kitchen"}, "1"), ({"floor": "Upstairs"}, "1")):
        fake_model.answers["How many"] = [
            call("state.count", domain="light", state="on", **(target or {"area": "all"}))
        ]
        assert speech(await speaker.say("How many")) == reply
