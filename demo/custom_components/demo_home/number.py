"""Numbers of the demo house."""

from __future__ import annotations

from typing import override

from homeassistant.components.number import NumberEntity

from demo.house import EntitySpec

from .base import DemoEntity, platform


class DemoNumber(DemoEntity, NumberEntity):
    """A number that can be set."""

    def __init__(self, spec: EntitySpec) -> None:
        """Its minimum, unless the file says otherwise; 0 to 100 where it gives no limits."""
        super().__init__(spec)
        self._attr_native_min_value = self.number("min", "native_min_value", default=0) or 0.0
        self._attr_native_max_value = self.number("max", "native_max_value", default=100) or 0.0
        self._attr_native_step = self.number("step", "native_step", default=1) or 1.0
        unit = self.given("unit_of_measurement", "native_unit_of_measurement")
        self._attr_native_unit_of_measurement = unit
        try:
            self._attr_native_value = float(spec.state or "")
        except ValueError:
            usual = self._attr_native_min_value
            self._attr_native_value = self.number("native_value", default=usual)

    @override
    async def async_set_native_value(self, value: float) -> None:
        self.show(native_value=value)


async_setup_entry = platform("number", DemoNumber)
