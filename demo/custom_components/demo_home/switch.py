"""Switches and outlets of the demo house."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.switch import SwitchDeviceClass, SwitchEntity

from demo.house import EntitySpec

from .base import DemoEntity, member, platform


class DemoSwitch(DemoEntity, SwitchEntity):
    """A switch."""

    def __init__(self, spec: EntitySpec) -> None:
        """Off, unless the file says otherwise."""
        super().__init__(spec)
        self._attr_is_on = spec.state == "on"
        self._attr_device_class = member(SwitchDeviceClass, self.given("device_class"))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.show(is_on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.show(is_on=False)


async_setup_entry = platform("switch", DemoSwitch)
