"""Sensors of the demo house."""

from __future__ import annotations

from homeassistant.components.sensor import (
    DEVICE_CLASS_UNITS,
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)

from demo.house import EntitySpec

from .base import DemoEntity, member, platform


class DemoSensor(DemoEntity, SensorEntity):
    """A value that stays what it is."""

    def __init__(self, spec: EntitySpec) -> None:
        """The file's state, or its `native_value`."""
        super().__init__(spec)
        unit = self.given("native_unit_of_measurement", "unit_of_measurement")
        kind = member(SensorDeviceClass, self.given("device_class"))
        # Home Assistant refuses a unit that the device class does not have.
        if kind is not None and unit not in DEVICE_CLASS_UNITS.get(kind, {unit}):
            kind = None
        self._attr_device_class = kind
        self._attr_native_unit_of_measurement = unit
        value = spec.state if spec.state is not None else self.given("native_value")
        self._attr_native_value = value
        if _is_number(value):
            self._attr_state_class = member(SensorStateClass, self.given("state_class"))
        elif unit is not None:
            # A unit promises a number.
            self._attr_native_value = None


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


async_setup_entry = platform("sensor", DemoSensor)
