"""Numbers about the last sentence, for those who want them."""

from __future__ import annotations

import pytest
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT, EntityCategory
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.const import DOMAIN

from .fake_model import FakeModel
from .house import Speaker, call, lights_and_switches


@pytest.fixture
async def speaker(hass: HomeAssistant, home_entry: MockConfigEntry) -> Speaker:
    return await lights_and_switches(hass, home_entry)


@pytest.fixture
def enabled(hass: HomeAssistant, local_entry: MockConfigEntry) -> None:
    """The registry as it is after somebody has enabled the sensors."""
    (agent,) = local_entry.subentries
    for key in ("latency", "confidence"):
        er.async_get(hass).async_get_or_create(
            "sensor",
            DOMAIN,
            f"{agent}_{key}",
            config_entry=local_entry,
            config_subentry_id=agent,
        )


#: Before the entry is set up.
switched_on = pytest.mark.usefixtures("enabled")


def sensors(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, er.RegistryEntry]:
    """The registered sensors of an entry."""
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {e.translation_key or "": e for e in found if e.domain == "sensor"}


@pytest.fixture
def ids(hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry) -> dict[str, str]:
    """Entity ids of the sensors."""
    return {key: sensor.entity_id for key, sensor in sensors(hass, home_entry).items()}


def state(hass: HomeAssistant, entity_id: str) -> State:
    found = hass.states.get(entity_id)
    assert found is not None
    return found


async def test_sensors_are_off_until_somebody_wants_them(
    hass: HomeAssistant, speaker: Speaker, home_entry: MockConfigEntry
) -> None:
    found = sensors(hass, home_entry)
    assert found.keys() == {"latency", "confidence"}
    agent = er.async_get(hass).async_get(speaker.agent_id)
    assert agent is not None
    for sensor in found.values():
        assert sensor.disabled_by is er.RegistryEntryDisabler.INTEGRATION
        assert sensor.entity_category is EntityCategory.DIAGNOSTIC
        assert sensor.device_id == agent.device_id
        assert hass.states.get(sensor.entity_id) is None


@switched_on
async def test_every_sentence_moves_them(
    hass: HomeAssistant, speaker: Speaker, ids: dict[str, str], fake_model: FakeModel
) -> None:
    assert {state(hass, entity_id).state for entity_id in ids.values()} == {"unknown"}
    latency, confidence = state(hass, ids["latency"]), state(hass, ids["confidence"])
    assert latency.attributes[ATTR_UNIT_OF_MEASUREMENT] == "ms"
    assert latency.attributes[ATTR_DEVICE_CLASS] == "duration"
    assert confidence.attributes[ATTR_UNIT_OF_MEASUREMENT] == "%"
    assert confidence.name == "FunctionGemma Confidence of the last answer"

    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    await speaker.say("Light")
    assert float(state(hass, ids["confidence"]).state) == pytest.approx(97)
    assert float(state(hass, ids["latency"]).state) > 0
    fake_model.confidence = 0.3
    await speaker.say("Light")
    assert float(state(hass, ids["confidence"]).state) == pytest.approx(30)


@switched_on
async def test_sentence_the_model_never_saw_leaves_its_confidence_alone(
    hass: HomeAssistant, speaker: Speaker, ids: dict[str, str], fake_model: FakeModel
) -> None:
    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    await speaker.say("Light")
    await speaker.say(" ")
    assert float(state(hass, ids["confidence"]).state) == pytest.approx(97)


@switched_on
async def test_dry_run_leaves_them_alone(
    hass: HomeAssistant, speaker: Speaker, ids: dict[str, str], fake_model: FakeModel
) -> None:
    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    data = {"text": "Light", "execute": False}
    await hass.services.async_call(DOMAIN, "ask", data, blocking=True, return_response=True)
    assert {state(hass, entity_id).state for entity_id in ids.values()} == {"unknown"}
