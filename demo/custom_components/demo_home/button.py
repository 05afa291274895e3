"""Buttons of the demo house; Home Assistant itself notes when one was pressed."""

from __future__ import annotations

from typing import override

from homeassistant.components.button import ButtonEntity

from .base import DemoEntity, async_apply, platform


class DemoButton(DemoEntity, ButtonEntity):
    """A button: brings about what the file says under `entities`, if it says anything."""

    @override
    async def async_press(self) -> None:
        await async_apply(self.hass, self.spec, self._context)


async_setup_entry = platform("button", DemoButton)
