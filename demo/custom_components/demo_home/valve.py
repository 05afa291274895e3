"""Water and gas valves of the demo house."""

from __future__ import annotations

from typing import override

from homeassistant.components.valve import ValveDeviceClass, ValveEntity, ValveEntityFeature

from demo.house import EntitySpec

from .base import DemoEntity, features, member, platform

_ANY = ValveEntityFeature.OPEN | ValveEntityFeature.CLOSE


class DemoValve(DemoEntity, ValveEntity):
    """A valve that arrives at once; positions are 0 (closed) to 100 (open)."""

    def __init__(self, spec: EntitySpec) -> None:
        """Closed, unless the file says otherwise."""
        super().__init__(spec)
        self._attr_device_class = member(ValveDeviceClass, self.given("device_class"))
        self._attr_supported_features = features(
            ValveEntityFeature, self.given("supported_features"), _ANY
        )
        positional = bool(self._attr_supported_features & ValveEntityFeature.SET_POSITION)
        self._attr_reports_position = positional
        usual = 100.0 if spec.state in ("open", "opening", "on") else 0.0
        position = self.number("current_valve_position", "current_position", default=usual)
        self._attr_is_closed = not position
        self._attr_current_valve_position = int(position or 0) if positional else None

    def _move(self, position: int) -> None:
        shown = position if self._attr_reports_position else None
        self.show(is_closed=position == 0, current_valve_position=shown)

    @override
    async def async_open_valve(self) -> None:
        self._move(100)

    @override
    async def async_close_valve(self) -> None:
        self._move(0)

    @override
    async def async_set_valve_position(self, position: int) -> None:
        self._move(position)

    @override
    async def async_stop_valve(self) -> None:
        self.async_write_ha_state()


async_setup_entry = platform("valve", DemoValve)
