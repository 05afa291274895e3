"""Fans of the demo house."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.fan import FanEntity, FanEntityFeature

from demo.house import EntitySpec

from .base import DemoEntity, features, platform

_SWITCHED = FanEntityFeature.TURN_ON | FanEntityFeature.TURN_OFF
_ANY = FanEntityFeature.SET_SPEED | FanEntityFeature.OSCILLATE | FanEntityFeature.DIRECTION
#: The speed of a fan that is turned on without one being named; per cent.
_USUAL = 50


class DemoFan(DemoEntity, FanEntity):
    """A fan."""

    def __init__(self, spec: EntitySpec) -> None:
        """Off, unless the file says otherwise."""
        super().__init__(spec)
        presets = self.given("preset_modes") or []
        any_ = _ANY | FanEntityFeature.PRESET_MODE if presets else _ANY
        self._attr_supported_features = features(
            FanEntityFeature, self.given("supported_features"), any_, _SWITCHED
        )
        self._attr_preset_modes = [str(mode) for mode in presets] or None
        self._speed = int(self.number("percentage", default=_USUAL) or _USUAL)
        self._attr_percentage = self._speed if spec.state == "on" else 0
        self._attr_oscillating = bool(self.given("oscillating", default=False))
        self._attr_current_direction = str(self.given("direction", default="forward"))

    @override
    async def async_turn_on(
        self, percentage: int | None = None, preset_mode: str | None = None, **kwargs: Any
    ) -> None:
        speed = self._speed if percentage is None else percentage
        self.show(percentage=speed, preset_mode=preset_mode)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._speed = self._attr_percentage or self._speed
        self.show(percentage=0)

    @override
    async def async_set_percentage(self, percentage: int) -> None:
        self.show(percentage=percentage)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        self.show(preset_mode=preset_mode, percentage=self._attr_percentage or self._speed)

    @override
    async def async_oscillate(self, oscillating: bool) -> None:
        self.show(oscillating=oscillating)

    @override
    async def async_set_direction(self, direction: str) -> None:
        self.show(current_direction=direction)


async_setup_entry = platform("fan", DemoFan)
