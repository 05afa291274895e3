"""Lawn mowers of the demo house."""

from __future__ import annotations

from typing import override

from homeassistant.components.lawn_mower import (
    LawnMowerActivity,
    LawnMowerEntity,
    LawnMowerEntityFeature,
)

from demo.house import EntitySpec

from .base import DemoEntity, features, member, platform

_ANY = (
    LawnMowerEntityFeature.START_MOWING | LawnMowerEntityFeature.PAUSE | LawnMowerEntityFeature.DOCK
)


class DemoLawnMower(DemoEntity, LawnMowerEntity):
    """A lawn mower that is on its way home until it is told something else."""

    def __init__(self, spec: EntitySpec) -> None:
        """Docked, unless the file says otherwise."""
        super().__init__(spec)
        self._attr_supported_features = features(
            LawnMowerEntityFeature, self.given("supported_features"), _ANY
        )
        self._attr_activity = member(LawnMowerActivity, spec.state) or LawnMowerActivity.DOCKED

    @override
    async def async_start_mowing(self) -> None:
        self.show(activity=LawnMowerActivity.MOWING)

    @override
    async def async_pause(self) -> None:
        self.show(activity=LawnMowerActivity.PAUSED)

    @override
    async def async_dock(self) -> None:
        if self._attr_activity != LawnMowerActivity.DOCKED:
            self.show(activity=LawnMowerActivity.RETURNING)


async_setup_entry = platform("lawn_mower", DemoLawnMower)
