"""A model that runs on a server somewhere else."""

from __future__ import annotations

from typing import Any

import probatio
from homeassistant.config_entries import SOURCE_REAUTH, ConfigFlowResult
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType

from ..const import CONF_API_KEY, CONF_MODEL, CONF_SOURCE, CONF_URL, SOURCE_REMOTE
from ..core.errors import CoreError
from ..remote import parse_url
from .base import SECRET, ModelFlow, stripped

_URL = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))


class RemoteFlow(ModelFlow):
    """The steps for a server."""

    async def async_step_remote(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the server, and which of its models."""
        if user_input is not None:
            self._data = {CONF_SOURCE: SOURCE_REMOTE, CONF_URL: "", **stripped(user_input)}
            try:
                self._data[CONF_URL] = parse_url(self._data[CONF_URL])
            except ValueError:
                return self._remote_form({CONF_URL: "invalid_url"})
            self._keep_key()
            model = self._data.get(CONF_MODEL, "")
            self._title = model or self._data[CONF_URL].partition("//")[2]
            await self._async_claim(f"{self._data[CONF_URL]} {model}".strip())
            return await self.async_step_prepare()
        return self._remote_form()

    def _keep_key(self) -> None:
        """Another model of the same server needs no other key."""
        known = self._changed.data if self._changed is not None else {}
        if known.get(CONF_URL) == self._data[CONF_URL] and known.get(CONF_API_KEY):
            self._data.setdefault(CONF_API_KEY, known[CONF_API_KEY])

    def _remote_form(self, errors: dict[str, str] | None = None) -> ConfigFlowResult:
        schema = {
            probatio.Required(CONF_URL): _URL,
            probatio.Optional(CONF_MODEL): TextSelector(),
            probatio.Optional(CONF_API_KEY): SECRET,
        }
        return self._form("remote", schema, errors)

    async def async_step_api_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the key that the server takes now."""
        if user_input is not None:
            self._data[CONF_API_KEY] = user_input[CONF_API_KEY].strip()
            return await self.async_step_prepare()
        return self._key_form(self._error)

    def _key_form(self, error: CoreError | None = None) -> ConfigFlowResult:
        self._error = error
        typed = self._data.get(CONF_API_KEY) if error else None
        known, self._data = self._data, {**self._data, CONF_API_KEY: typed}
        try:
            return self._form("api_key", {probatio.Required(CONF_API_KEY): SECRET})
        finally:
            self._data = known

    async def _async_remote_back(self) -> ConfigFlowResult:
        """The form that the error belongs to."""
        if self.source == SOURCE_REAUTH:
            return self._key_form(self._error)
        return self._remote_form()
