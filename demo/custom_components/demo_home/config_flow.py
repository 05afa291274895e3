"""The demo house's entry, which only the demo itself makes."""

from __future__ import annotations

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult

from .base import DOMAIN, HOUSE


class DemoHomeConfigFlow(ConfigFlow, domain=DOMAIN):
    """From the house that is there to an entry."""

    async def async_step_import(self, user_input: dict[str, Any]) -> ConfigFlowResult:
        """Make the entry; one is enough."""
        await self.async_set_unique_id(DOMAIN)
        self._abort_if_unique_id_configured()
        return self.async_create_entry(title=self.hass.data[HOUSE].name, data={})

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Nobody adds a demo house by hand."""
        return self.async_abort(reason="only_by_demo")
