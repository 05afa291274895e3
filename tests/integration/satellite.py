"""A satellite: Home Assistant's own entity, with a loudspeaker that only remembers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import override

from homeassistant.components.assist_pipeline import PipelineEvent
from homeassistant.components.assist_satellite import (
    AssistSatelliteAnnouncement,
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
    AssistSatelliteEntityFeature,
)
from homeassistant.components.intent import (
    TimerEventType,
    TimerInfo,
    async_register_timer_handler,
)
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_config_flow,
    mock_integration,
    mock_platform,
    setup_test_component_platform,
)

from .conftest import expose


@dataclass(frozen=True)
class Heard:
    """What a satellite that keeps timers was told of one."""

    event: TimerEventType
    name: str | None
    device_id: str | None
    language: str


class Satellite(AssistSatelliteEntity):
    """Speaks, and may keep timers."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_unique_id = "satellite"
    _attr_device_info = DeviceInfo(identifiers={("test", "satellite")}, name="Kitchen satellite")
    _attr_supported_features = AssistSatelliteEntityFeature.ANNOUNCE

    def __init__(self, *, keeps_timers: bool) -> None:
        self._keeps_timers = keeps_timers
        self.said: list[str] = []
        self.heard: list[Heard] = []
        self.trouble: Exception | None = None

    @property
    def device_id(self) -> str:
        """What is spoken to."""
        assert self.device_entry is not None
        return self.device_entry.id

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        if self._keeps_timers:
            register = async_register_timer_handler
            self.async_on_remove(register(self.hass, self.device_id, self._on_timer))

    def _on_timer(self, event: TimerEventType, timer: TimerInfo) -> None:
        self.heard.append(Heard(event, timer.name, timer.device_id, timer.language))

    @override
    def async_get_configuration(self) -> AssistSatelliteConfiguration:
        raise NotImplementedError

    @override
    async def async_set_configuration(self, config: AssistSatelliteConfiguration) -> None:
        raise NotImplementedError

    @override
    def on_pipeline_event(self, event: PipelineEvent) -> None:
        """Nobody listens."""

    @override
    async def async_announce(self, announcement: AssistSatelliteAnnouncement) -> None:
        # Saying something takes a while.
        await asyncio.sleep(0)
        if self.trouble is not None:
            raise self.trouble
        self.said.append(announcement.message)

    def go_away(self) -> None:
        """Lose the network."""
        self._attr_available = False
        self.async_write_ha_state()


async def set_up_satellite(hass: HomeAssistant, *, keeps_timers: bool) -> Satellite:
    """A satellite of an integration that exists in tests only."""
    satellite = Satellite(keeps_timers=keeps_timers)

    async def set_up(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, [Platform.ASSIST_SATELLITE])
        return True

    hass.config.internal_url = "http://home.example"
    before = set(hass.states.async_entity_ids())
    for domain in ("conversation", "intent"):
        assert await async_setup_component(hass, domain, {})
    assert await async_setup_component(hass, "tts", {"tts": {"platform": "demo"}})
    await hass.async_block_till_done()
    # With its voice comes the whole demo, which nobody is to hear of.
    expose(hass, *set(hass.states.async_entity_ids()) - before, exposed=False)
    mock_integration(hass, MockModule("test", async_setup_entry=set_up))
    mock_platform(hass, "test.config_flow")
    setup_test_component_platform(
        hass, Platform.ASSIST_SATELLITE, [satellite], from_config_entry=True
    )
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    with mock_config_flow("test", ConfigFlow):
        assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return satellite
