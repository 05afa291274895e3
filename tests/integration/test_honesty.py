"""What is said was done has been done, whatever happens to the house in the meantime."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import IntentResponseType
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.core.decode import Decoded

from .conftest import expose
from .fake_model import FakeModel
from .house import (
    Speaker,
    call,
    lights_and_switches,
    names,
    place,
    set_up_demo,
    speech,
    state_of,
)

COUNTER = "light.kitchen_lights"


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return await lights_and_switches(hass, home_entry)


def make_unavailable(hass: HomeAssistant, entity_id: str) -> None:
    """What a device without power looks like; Home Assistant's actions pass it over silently."""
    state = hass.states.get(entity_id)
    assert state is not None
    hass.states.async_set(entity_id, "unavailable", state.attributes)


# -- devices that do not answer ------------------------------------------------------------------


async def test_device_without_power_is_not_said_to_be_on(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    make_unavailable(hass, COUNTER)
    fake_model.answers["Counter"] = [call("light.turn_on", name="Counter")]
    fake_model.answers["Kitchen"] = [call("light.turn_on", area="Kitchen")]
    result = await speaker.say("Counter")
    assert speech(result) == "That did not work: Counter"
    assert result.response.response_type is IntentResponseType.ERROR
    result = await speaker.say("Kitchen")
    assert speech(result) == "Counter did not respond, the rest is done"
    assert names(result.response.success_results) == ["light.ceiling_lights"]
    assert names(result.response.failed_results) == [COUNTER]


async def test_list_that_cannot_be_read_is_not_said_to_be_empty(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    assert await async_setup_component(hass, "todo", {})
    attributes = {"friendly_name": "Shopping", "supported_features": 7}
    hass.states.async_set("todo.shopping", "unavailable", attributes)
    expose(hass, "todo.shopping")
    fake_model.answers["Read"] = [call("todo.get_items", name="Shopping")]
    fake_model.answers["No milk"] = [call("todo.remove_item", name="Shopping", item="Milk")]
    for sentence in ("Read", "No milk"):
        result = await speaker.say(sentence)
        assert speech(result) == "That did not work: Shopping"
        assert result.response.response_type is IntentResponseType.ERROR


async def test_work_called_off_by_an_integration_is_a_failure_of_that_device_only(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    async def cancelled(_call: ServiceCall) -> None:
        raise asyncio.CancelledError

    hass.services.async_register("light", "turn_on", cancelled)
    fake_model.answers["Both"] = [
        call("light.turn_on", name="Counter"),
        call("switch.turn_on", name="AC"),
    ]
    result = await speaker.say("Both")
    assert speech(result) == "That did not work: Counter. Turned on the switch."
    assert state_of(hass, "switch.ac") == "on"


async def test_integration_that_breaks_while_it_is_asked_takes_nothing_else_with_it(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(_call: ServiceCall) -> Any:
        raise KeyError("items")

    hass.services.async_register(
        "todo", "get_items", broken, supports_response=SupportsResponse.ONLY
    )
    hass.states.async_set("todo.shopping", "2", {"friendly_name": "Shopping"})
    expose(hass, "todo.shopping")
    read = call("todo.get_items", name="Shopping")
    fake_model.answers |= {"Read": [read], "Both": [read, call("switch.turn_on", name="AC")]}
    result = await speaker.say("Read")
    assert speech(result) == "That did not work: Shopping"
    assert result.response.response_type is IntentResponseType.ERROR
    assert "report this to the integration" in caplog.text
    result = await speaker.say("Both")
    assert speech(result) == "That did not work: Shopping. Turned on the switch."
    assert names(result.response.failed_results) == ["todo.shopping"]
    assert state_of(hass, "switch.ac") == "on"


# -- the house changes while the model thinks ----------------------------------------------------


def meanwhile(fake_model: FakeModel, happens: Callable[[], Any]) -> None:
    """Have something happen before the model has answered."""
    answer = fake_model.decoded

    def decoded(*args: Any) -> Decoded:
        happens()
        return answer(*args)

    fake_model.decoded = decoded  # type: ignore[method-assign]


async def test_device_that_is_hidden_while_the_model_thinks_is_left_alone(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Counter"] = [call("light.turn_on", name="Counter")]
    fake_model.answers["Kitchen"] = [call("light.turn_on", area="Kitchen")]
    meanwhile(fake_model, lambda: expose(hass, COUNTER, exposed=False))
    assert speech(await speaker.say("Counter")) == "Sorry, I could not find Counter here"
    expose(hass, COUNTER)
    result = await speaker.say("Kitchen")
    assert names(result.response.success_results) == ["light.ceiling_lights"]
    assert state_of(hass, COUNTER) == "off"


async def test_device_that_is_removed_while_the_model_thinks_is_not_said_to_be_on(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Counter"] = [call("light.turn_on", name="Counter")]

    def remove() -> None:
        er.async_get(hass).async_remove(COUNTER)
        hass.states.async_remove(COUNTER)

    meanwhile(fake_model, remove)
    result = await speaker.say("Counter")
    assert result.response.response_type is IntentResponseType.ERROR
    assert not speaker.services


async def test_device_that_is_renamed_while_the_model_thinks_is_still_the_one_meant(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    fake_model.answers["Counter"] = [call("light.turn_on", name="Counter")]
    meanwhile(fake_model, lambda: place(hass, COUNTER, name="Worktop"))
    await speaker.say("Counter")
    assert state_of(hass, COUNTER) == "on"


async def test_unloading_in_the_middle_of_a_sentence_still_gets_a_reply(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, home_entry: MockConfigEntry
) -> None:
    fake_model.hold = asyncio.Event()
    place(hass, COUNTER, name="Worktop")  # a home the worker does not know yet
    saying = hass.async_create_task(speaker.say("Worktop on"))
    await asyncio.sleep(0)
    assert await hass.config_entries.async_unload(home_entry.entry_id)
    result = await asyncio.wait_for(saying, 10)
    assert result.response.response_type is IntentResponseType.ERROR
    assert speech(result).startswith("Sorry, the model stopped")


# -- replies that would be untrue ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("features", "service", "reply"),
    [(1 | 4096, "media_pause", "Paused"), (4096, "media_stop", "Done")],
)
async def test_a_player_that_can_only_be_stopped_is_not_called_paused(
    hass: HomeAssistant,
    home_entry: MockConfigEntry,
    fake_model: FakeModel,
    features: int,
    service: str,
    reply: str,
) -> None:
    await set_up_demo(hass, Platform.MEDIA_PLAYER)
    attributes = {"friendly_name": "Radio", "supported_features": features}
    hass.states.async_set("media_player.walkman", "playing", attributes)
    place(hass, "media_player.walkman")
    speaker = Speaker(hass, home_entry)
    fake_model.answers["Stop"] = [call("media_player.media_stop", name="Radio")]
    assert speech(await speaker.say("Stop")) == reply
    assert [name for name, _ in speaker.services] == [f"media_player.{service}"]


async def test_thermostat_that_cannot_go_so_high_is_named_beside_those_that_can(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    await set_up_demo(hass, Platform.CLIMATE)
    place(hass, "climate.hvac")
    low = {"friendly_name": "Cellar", "min_temp": 5, "max_temp": 15, "supported_features": 1}
    hass.states.async_set("climate.cellar", "heat", low)
    expose(hass, "climate.cellar")
    speaker = Speaker(hass, home_entry)
    fake_model.answers["20"] = [call("climate.set_temperature", area="all", temperature=20)]
    result = await speaker.say("20")
    expected = "Temperature set to 20 degrees. Sorry, Cellar takes 5 to 15 degrees."
    assert speech(result) == expected
    assert names(result.response.success_results) == ["climate.hvac"]
    assert names(result.response.failed_results) == ["climate.cellar"]


async def test_timer_helper_that_does_not_run_is_neither_paused_nor_started_by_going_on(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    timers = {"egg": {"name": "Egg"}, "tea": {"name": "Tea"}}
    assert await async_setup_component(hass, "timer", {"timer": timers})
    place(hass, "timer.egg")
    place(hass, "timer.tea")
    speaker = Speaker(hass, home_entry)
    for name in ("cancel", "pause", "resume"):
        fake_model.answers[name] = [call(f"timer.{name}")]
        result = await speaker.say(name)
        assert speech(result) == "Sorry, I couldn't find that timer"
        assert result.response.response_type is IntentResponseType.ERROR
    assert not speaker.services
    fake_model.answers["Tea"] = [call("timer.start", minutes=3, timer_name="Tea")]
    await speaker.say("Tea")
    assert speech(await speaker.say("pause")) == "Timer paused", "only one runs: that one"
    assert state_of(hass, "timer.tea") == "paused"
    assert speech(await speaker.say("cancel")) == "Timer cancelled"


# -- odd states ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entity_id", "attributes"),
    [
        ("climate.odd", {"friendly_name": 2024}),
        ("climate.odd", {"friendly_name": "Odd", "supported_features": "lots"}),
        ("light.odd", {"friendly_name": "Odd", "supported_color_modes": [["hs"]]}),
        ("light.odd", {"friendly_name": "Odd", "supported_color_modes": 5}),
    ],
)
async def test_one_entity_with_odd_attributes_does_not_silence_the_whole_house(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    entity_id: str,
    attributes: dict[str, Any],
) -> None:
    hass.states.async_set(entity_id, "on", attributes)
    expose(hass, entity_id)
    fake_model.answers["Counter"] = [call("light.turn_on", name="Counter")]
    await speaker.say("Counter")
    assert state_of(hass, COUNTER) == "on"
