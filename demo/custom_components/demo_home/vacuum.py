"""Vacuum cleaners of the demo house."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.vacuum import (
    StateVacuumEntity,
    VacuumActivity,
    VacuumEntityFeature,
)

from demo.house import EntitySpec

from .base import DemoEntity, among, features, member, platform

_ANY = (
    VacuumEntityFeature.START
    | VacuumEntityFeature.PAUSE
    | VacuumEntityFeature.STOP
    | VacuumEntityFeature.RETURN_HOME
    | VacuumEntityFeature.LOCATE
    | VacuumEntityFeature.CLEAN_SPOT
)


class DemoVacuum(DemoEntity, StateVacuumEntity):
    """A vacuum that is on its way home until it is told something else."""

    def __init__(self, spec: EntitySpec) -> None:
        """Docked, unless the file says otherwise."""
        super().__init__(spec)
        self._attr_supported_features = features(
            VacuumEntityFeature, self.given("supported_features"), _ANY, VacuumEntityFeature.STATE
        )
        speeds = [str(speed) for speed in self.given("fan_speed_list") or []]
        if speeds:
            self._attr_supported_features |= VacuumEntityFeature.FAN_SPEED
            self._attr_fan_speed_list = speeds
            self._attr_fan_speed = str(self.given("fan_speed", default=speeds[0]))
        self._attr_activity = member(VacuumActivity, spec.state) or VacuumActivity.DOCKED

    @override
    async def async_start(self) -> None:
        self.show(activity=VacuumActivity.CLEANING)

    @override
    async def async_pause(self) -> None:
        self.show(activity=VacuumActivity.PAUSED)

    @override
    async def async_stop(self, **kwargs: Any) -> None:
        self.show(activity=VacuumActivity.IDLE)

    @override
    async def async_return_to_base(self, **kwargs: Any) -> None:
        if self._attr_activity != VacuumActivity.DOCKED:
            self.show(activity=VacuumActivity.RETURNING)

    @override
    async def async_clean_spot(self, **kwargs: Any) -> None:
        self.show(activity=VacuumActivity.CLEANING)

    @override
    async def async_locate(self, **kwargs: Any) -> None:
        self.async_write_ha_state()

    @override
    async def async_set_fan_speed(self, fan_speed: str, **kwargs: Any) -> None:
        self.show(fan_speed=among(self._attr_fan_speed_list, fan_speed) or fan_speed)


async_setup_entry = platform("vacuum", DemoVacuum)
