"""Humidifiers and dehumidifiers of the demo house."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.humidifier import (
    HumidifierDeviceClass,
    HumidifierEntity,
    HumidifierEntityFeature,
)

from demo.house import EntitySpec

from .base import DemoEntity, member, platform


class DemoHumidifier(DemoEntity, HumidifierEntity):
    """A humidifier."""

    def __init__(self, spec: EntitySpec) -> None:
        """Off with a target of 50 %, unless the file says otherwise."""
        super().__init__(spec)
        self._attr_device_class = member(HumidifierDeviceClass, self.given("device_class"))
        self._attr_is_on = spec.state == "on"
        self._attr_target_humidity = self.number("humidity", "target_humidity", default=50)
        self._attr_current_humidity = self.number("current_humidity")
        if modes := self.given("available_modes"):
            self._attr_supported_features = HumidifierEntityFeature.MODES
            self._attr_available_modes = [str(mode) for mode in modes]
            self._attr_mode = str(self.given("mode", default=modes[0]))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.show(is_on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.show(is_on=False)

    @override
    async def async_set_humidity(self, humidity: int) -> None:
        self.show(target_humidity=humidity)

    @override
    async def async_set_mode(self, mode: str) -> None:
        self.show(mode=mode)


async_setup_entry = platform("humidifier", DemoHumidifier)
