"""Selects of the demo house."""

from __future__ import annotations

from typing import override

from homeassistant.components.select import SelectEntity

from demo.house import EntitySpec

from .base import DemoEntity, among, platform


class DemoSelect(DemoEntity, SelectEntity):
    """One option of several."""

    def __init__(self, spec: EntitySpec) -> None:
        """The first option, unless the file says otherwise."""
        super().__init__(spec)
        options = [str(option) for option in self.given("options") or [spec.state or "unknown"]]
        self._attr_options = options
        self._attr_current_option = among(options, spec.state) or options[0]

    @override
    async def async_select_option(self, option: str) -> None:
        self.show(current_option=option)


async_setup_entry = platform("select", DemoSelect)
