"""Thermostats, heaters and air conditioners of the demo house."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.climate import (
    ATTR_HVAC_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    ClimateEntity,
    ClimateEntityFeature,
    HVACAction,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE, UnitOfTemperature

from demo.house import EntitySpec

from .base import DemoEntity, features, member, platform, word

#: Every thermostat of the demo takes one target temperature: files that give it a value often list
#: the range alone.
_ALWAYS = (
    ClimateEntityFeature.TARGET_TEMPERATURE
    | ClimateEntityFeature.TURN_ON
    | ClimateEntityFeature.TURN_OFF
)
_FAN_MODES = ["auto", "low", "medium", "high"]
_PRESETS = ["none", "eco", "away", "comfort", "sleep"]
_ACTIONS = {
    HVACMode.OFF: HVACAction.OFF,
    HVACMode.COOL: HVACAction.COOLING,
    HVACMode.DRY: HVACAction.DRYING,
    HVACMode.FAN_ONLY: HVACAction.FAN,
}


class DemoClimate(DemoEntity, ClimateEntity):
    """A thermostat; the room keeps the temperature it has."""

    _attr_target_temperature_step = 0.5

    def __init__(self, spec: EntitySpec) -> None:
        """Heating to 21 °C in a room of 20 °C, unless the file says otherwise."""
        super().__init__(spec)
        fahrenheit = "F" in str(self.given("unit_of_measurement", "temperature_unit", default=""))
        unit = UnitOfTemperature.FAHRENHEIT if fahrenheit else UnitOfTemperature.CELSIUS
        self._attr_temperature_unit = unit
        self._attr_min_temp = self.number("min_temp", default=40 if fahrenheit else 5) or 0
        self._attr_max_temp = self.number("max_temp", default=100 if fahrenheit else 35) or 0
        usual = 70.0 if fahrenheit else 21.0
        self._attr_target_temperature = self.number(
            "target_temperature", "temperature", default=usual
        )
        self._attr_current_temperature = self.number("current_temperature", default=usual - 1)
        self._attr_supported_features = features(
            ClimateEntityFeature, self.given("supported_features"), ClimateEntityFeature(0), _ALWAYS
        )
        self._read_modes()
        self._read_extras()

    def _read_modes(self) -> None:
        listed = self.given("hvac_modes") or [HVACMode.OFF, HVACMode.HEAT]
        modes = [mode for item in listed if (mode := member(HVACMode, item))]
        self._attr_hvac_modes = modes or [HVACMode.OFF, HVACMode.HEAT]
        # YAML reads an unquoted `off` as false, so that it may say "on" or "off" for a mode.
        state = member(HVACMode, self.spec.state or self.given("hvac_mode"))
        if state is None:
            state = next((m for m in self._attr_hvac_modes if m != HVACMode.OFF), HVACMode.OFF)
        self._attr_hvac_mode = state
        self._attr_hvac_action = self._action(state)

    def _read_extras(self) -> None:
        """Modes of the fan, presets and the range, where the entity has them."""
        known = self._attr_supported_features
        if fans := self.given("fan_modes"):
            known |= ClimateEntityFeature.FAN_MODE
        if known & ClimateEntityFeature.FAN_MODE:
            self._attr_fan_modes = [str(mode) for mode in fans or _FAN_MODES]
            self._attr_fan_mode = str(self.given("fan_mode", default=self._attr_fan_modes[0]))
        if presets := self.given("preset_modes"):
            known |= ClimateEntityFeature.PRESET_MODE
        if known & ClimateEntityFeature.PRESET_MODE:
            self._attr_preset_modes = [str(mode) for mode in presets or _PRESETS]
            preset = self.given("preset_mode", default=self._attr_preset_modes[0])
            self._attr_preset_mode = str(preset)
        # No humidity, no swing: nothing in a file says what they would be.
        self._attr_supported_features = known & ~(
            ClimateEntityFeature.TARGET_HUMIDITY
            | ClimateEntityFeature.SWING_MODE
            | ClimateEntityFeature.SWING_HORIZONTAL_MODE
        )
        if known & ClimateEntityFeature.TARGET_TEMPERATURE_RANGE:
            middle = self._attr_target_temperature or 0
            self._attr_target_temperature_low = self.number("target_temp_low", default=middle - 2)
            self._attr_target_temperature_high = self.number("target_temp_high", default=middle + 2)

    def _action(self, mode: HVACMode) -> HVACAction:
        target, current = self._attr_target_temperature, self._attr_current_temperature
        if mode in _ACTIONS:
            return _ACTIONS[mode]
        cold = target is not None and current is not None and current < target
        return HVACAction.HEATING if cold else HVACAction.IDLE

    def _turn_to(self, mode: HVACMode, **values: Any) -> None:
        for key, value in values.items():
            setattr(self, f"_attr_{key}", value)
        self.show(hvac_mode=mode, hvac_action=self._action(mode))

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        given = {
            "target_temperature": kwargs.get(ATTR_TEMPERATURE),
            "target_temperature_low": kwargs.get(ATTR_TARGET_TEMP_LOW),
            "target_temperature_high": kwargs.get(ATTR_TARGET_TEMP_HIGH),
        }
        mode = kwargs.get(ATTR_HVAC_MODE) or self._attr_hvac_mode or HVACMode.HEAT
        self._turn_to(mode, **{key: value for key, value in given.items() if value is not None})

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        self._turn_to(hvac_mode)

    @override
    async def async_turn_on(self) -> None:
        if self._attr_hvac_mode == HVACMode.OFF:
            modes = [mode for mode in self._attr_hvac_modes if mode != HVACMode.OFF]
            heat = HVACMode.HEAT in modes
            self._turn_to(HVACMode.HEAT if heat else modes[0] if modes else HVACMode.OFF)

    @override
    async def async_turn_off(self) -> None:
        self._turn_to(HVACMode.OFF)

    @override
    async def async_set_fan_mode(self, fan_mode: str) -> None:
        self.show(fan_mode=word(fan_mode))

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        self.show(preset_mode=preset_mode)


async_setup_entry = platform("climate", DemoClimate)
