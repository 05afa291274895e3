"""Blinds, curtains, gates and garage doors of the demo house."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.cover import (
    ATTR_POSITION,
    ATTR_TILT_POSITION,
    CoverDeviceClass,
    CoverEntity,
    CoverEntityFeature,
)

from demo.house import EntitySpec

from .base import DemoEntity, features, member, platform

_ANY = (
    CoverEntityFeature.OPEN
    | CoverEntityFeature.CLOSE
    | CoverEntityFeature.STOP
    | CoverEntityFeature.SET_POSITION
)
_TILT = (
    CoverEntityFeature.OPEN_TILT
    | CoverEntityFeature.CLOSE_TILT
    | CoverEntityFeature.STOP_TILT
    | CoverEntityFeature.SET_TILT_POSITION
)
#: States in which a cover is not closed; YAML reads `on` for true.
_OPEN = {"open", "opening", "closing", "on"}


class DemoCover(DemoEntity, CoverEntity):
    """A cover that arrives at once; positions are 0 (closed) to 100 (open)."""

    def __init__(self, spec: EntitySpec) -> None:
        """Closed, unless the file says otherwise."""
        super().__init__(spec)
        self._attr_device_class = member(CoverDeviceClass, self.given("device_class"))
        self._attr_supported_features = features(
            CoverEntityFeature, self.given("supported_features"), _ANY
        )
        tilt = self.number("current_tilt_position")
        if tilt is not None:
            self._attr_supported_features |= _TILT
        usual = 100.0 if spec.state in _OPEN else 0.0
        position = int(self.number("current_position", "position", default=usual) or 0)
        # A cover that is said to be closed is, whatever the position beside it.
        self._position = 0 if spec.state in ("closed", "off") else position
        self._attr_is_opening = spec.state == "opening"
        self._attr_is_closing = spec.state == "closing"
        self._attr_is_closed = self._position == 0
        if self._attr_supported_features & CoverEntityFeature.SET_POSITION:
            self._attr_current_cover_position = self._position
        if self._attr_supported_features & CoverEntityFeature.SET_TILT_POSITION:
            self._attr_current_cover_tilt_position = int(tilt or 0)

    def _move(self, position: int) -> None:
        known = self._attr_supported_features or CoverEntityFeature(0)
        shown = position if known & CoverEntityFeature.SET_POSITION else None
        self.show(
            is_closed=position == 0,
            is_opening=False,
            is_closing=False,
            current_cover_position=shown,
        )

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        self._move(100)

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        self._move(0)

    @override
    async def async_set_cover_position(self, **kwargs: Any) -> None:
        self._move(kwargs[ATTR_POSITION])

    @override
    async def async_stop_cover(self, **kwargs: Any) -> None:
        self.show(is_opening=False, is_closing=False)

    @override
    async def async_open_cover_tilt(self, **kwargs: Any) -> None:
        self.show(current_cover_tilt_position=100)

    @override
    async def async_close_cover_tilt(self, **kwargs: Any) -> None:
        self.show(current_cover_tilt_position=0)

    @override
    async def async_set_cover_tilt_position(self, **kwargs: Any) -> None:
        self.show(current_cover_tilt_position=kwargs[ATTR_TILT_POSITION])

    @override
    async def async_stop_cover_tilt(self, **kwargs: Any) -> None:
        self.async_write_ha_state()


async_setup_entry = platform("cover", DemoCover)
