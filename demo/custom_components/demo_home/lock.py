"""Locks of the demo house."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.lock import LockEntity, LockEntityFeature

from demo.house import EntitySpec

from .base import DemoEntity, features, platform

_UNLOCKED = {"unlocked", "unlocking", "off", "open"}


class DemoLock(DemoEntity, LockEntity):
    """A lock."""

    def __init__(self, spec: EntitySpec) -> None:
        """Locked, unless the file says otherwise."""
        super().__init__(spec)
        self._attr_supported_features = features(
            LockEntityFeature, self.given("supported_features"), LockEntityFeature(0)
        )
        self._attr_is_locked = spec.state not in _UNLOCKED
        self._attr_is_jammed = spec.state == "jammed"

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        self.show(is_locked=True, is_open=False, is_jammed=False)

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        self.show(is_locked=False, is_open=False, is_jammed=False)

    @override
    async def async_open(self, **kwargs: Any) -> None:
        self.show(is_locked=False, is_open=True)


async_setup_entry = platform("lock", DemoLock)
