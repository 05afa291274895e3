"""Lights of the demo house."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_TEMP_KELVIN,
    ColorMode,
    LightEntity,
    filter_supported_color_modes,
)

from demo.house import EntitySpec

from .base import DemoEntity, platform, word

#: What a light can do whose file does not say.
_ANY = [ColorMode.HS, ColorMode.COLOR_TEMP]
_WARM, _COLD, _USUAL = 2000, 6500, 3000
_COLORS = ("hs_color", "rgb_color", "rgbw_color", "rgbww_color", "xy_color")


class DemoLight(DemoEntity, LightEntity):
    """A light, from on/off to colour."""

    _attr_min_color_temp_kelvin = _WARM
    _attr_max_color_temp_kelvin = _COLD

    def __init__(self, spec: EntitySpec) -> None:
        """Off, unless the file says otherwise; brightness is 0 to 255 as in Home Assistant."""
        super().__init__(spec)
        listed = self.given("supported_color_modes")
        named = {word(mode) for mode in (_ANY if listed is None else listed)}
        known = {ColorMode(mode) for mode in named if mode in set(ColorMode)}
        modes = filter_supported_color_modes(known or {ColorMode.ONOFF})
        self._attr_supported_color_modes = modes
        self._attr_is_on = spec.state == "on"
        if modes != {ColorMode.ONOFF}:
            self._attr_brightness = int(self.number("brightness", default=255) or 255)
        self._attr_color_mode = self._mode(self.given("color_mode"))
        for color in _COLORS:
            if color.removesuffix("_color") in modes and (value := self.given(color)):
                setattr(self, f"_attr_{color}", tuple(value))
        if ColorMode.COLOR_TEMP in modes:
            kelvin = self.number("color_temp_kelvin", default=_USUAL)
            self._attr_color_temp_kelvin = int(kelvin or _USUAL)

    def _mode(self, wanted: object) -> ColorMode:
        """The mode it is in; files also write a list, or one the light does not have."""
        named = word(wanted[0] if isinstance(wanted, list) and wanted else wanted)
        modes = sorted(self._attr_supported_color_modes or ())
        if named in modes:
            return ColorMode(named)
        white = ColorMode.COLOR_TEMP
        return white if white in modes else ColorMode(modes[0])

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        changed: dict[str, Any] = {"is_on": True}
        if ATTR_BRIGHTNESS in kwargs:
            changed["brightness"] = kwargs[ATTR_BRIGHTNESS]
        if ATTR_COLOR_TEMP_KELVIN in kwargs:
            changed |= {
                "color_mode": ColorMode.COLOR_TEMP,
                "color_temp_kelvin": kwargs[ATTR_COLOR_TEMP_KELVIN],
            }
        for color in _COLORS:
            if color in kwargs:
                mode = ColorMode(color.removesuffix("_color"))
                changed |= {"color_mode": mode, color: kwargs[color]}
        self.show(**changed)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.show(is_on=False)


async_setup_entry = platform("light", DemoLight)
