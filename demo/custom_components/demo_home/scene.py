"""Scenes of the demo house."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.scene import Scene

from .base import DemoEntity, async_apply, platform


class DemoScene(DemoEntity, Scene):
    """A scene: brings about what the file says under `entities`."""

    @override
    async def async_activate(self, **kwargs: Any) -> None:
        await async_apply(self.hass, self.spec, self._context)


async_setup_entry = platform("scene", DemoScene)
