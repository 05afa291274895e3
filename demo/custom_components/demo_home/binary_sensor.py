"""Door, window and motion sensors of the demo house."""

from __future__ import annotations

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntity

from demo.house import EntitySpec

from .base import DemoEntity, member, platform


class DemoBinarySensor(DemoEntity, BinarySensorEntity):
    """Yes or no, and it stays that way."""

    def __init__(self, spec: EntitySpec) -> None:
        """Off, unless the file says otherwise."""
        super().__init__(spec)
        self._attr_device_class = member(BinarySensorDeviceClass, self.given("device_class"))
        self._attr_is_on = spec.state in ("on", "open", "detected", "home")


async_setup_entry = platform("binary_sensor", DemoBinarySensor)
