"""Sirens of the demo house."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.siren import SirenEntity, SirenEntityFeature

from demo.house import EntitySpec

from .base import DemoEntity, platform


class DemoSiren(DemoEntity, SirenEntity):
    """A siren."""

    _attr_supported_features = SirenEntityFeature.TURN_ON | SirenEntityFeature.TURN_OFF

    def __init__(self, spec: EntitySpec) -> None:
        """Silent, unless the file says otherwise."""
        super().__init__(spec)
        self._attr_is_on = spec.state == "on"

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.show(is_on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.show(is_on=False)


async_setup_entry = platform("siren", DemoSiren)
