"""Setting up: choose a model, get it, try it; later, another model or another token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, override

import probatio
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from .const import (
    CONF_SOURCE,
    DOMAIN,
    SOURCE_HOME,
    SOURCE_HUB,
    SOURCE_LOCAL,
    SOURCE_REMOTE,
    SUBENTRY_AGENT,
)
from .errors import InvalidTokenError, RepositoryGatedError
from .flow.agent import AgentSubentryFlow
from .flow.base import HOME_TITLE, SECRETS
from .flow.hub import HubFlow
from .flow.local import LocalFlow
from .flow.remote import RemoteFlow
from .options_flow import FunctionGemmaOptionsFlow

CONF_NEXT: Final = "next"
NEXT_RETRY: Final = "retry"
NEXT_OTHER: Final = "other"


class FunctionGemmaConfigFlow(HubFlow, LocalFlow, RemoteFlow, domain=DOMAIN):
    """From a choice of model to an entry, or from one model of an entry to another."""

    VERSION = 2

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> FunctionGemmaOptionsFlow:
        """The form behind the gear."""
        return FunctionGemmaOptionsFlow()

    @classmethod
    @callback
    @override
    def async_supports_options_flow(cls, config_entry: ConfigEntry) -> bool:
        """A server elsewhere takes nothing of this machine."""
        return bool(config_entry.data[CONF_SOURCE] != SOURCE_REMOTE)

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Agents, as many as one likes."""
        return {SUBENTRY_AGENT: AgentSubentryFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose where the model comes from."""
        return self.async_show_menu(
            step_id="user", menu_options=[SOURCE_HOME, SOURCE_HUB, SOURCE_LOCAL, SOURCE_REMOTE]
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Another model for an entry; its agents keep what they are."""
        data = self._get_reconfigure_entry().data
        self._data = {key: value for key, value in data.items() if key not in SECRETS}
        return await self.async_step_user()

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """The hub or the server does not let us in any more, or not yet."""
        entry = self._get_reauth_entry()
        self._data, self._title = dict(entry.data), entry.title
        if self._data[CONF_SOURCE] == SOURCE_REMOTE:
            return await self.async_step_api_key()
        return await self.async_step_token()

    async def async_step_home(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Our own model: nothing to ask."""
        self._data = {CONF_SOURCE: SOURCE_HOME}
        self._title = HOME_TITLE
        await self._async_claim(SOURCE_HOME)
        return await self.async_step_prepare()

    async def async_step_retry(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The home model could not be had: try again, or choose another."""
        if user_input is not None:
            if user_input[CONF_NEXT] == NEXT_OTHER:
                return await self.async_step_user()
            return await self.async_step_prepare()
        schema = {
            probatio.Required(CONF_NEXT, default=NEXT_RETRY): SelectSelector(
                SelectSelectorConfig(
                    options=[NEXT_RETRY, NEXT_OTHER],
                    mode=SelectSelectorMode.LIST,
                    translation_key=CONF_NEXT,
                )
            )
        }
        return self._form("retry", schema)

    @override
    async def _async_back(self) -> ConfigFlowResult:
        source = self._data[CONF_SOURCE]
        if source == SOURCE_LOCAL:
            return await self.async_step_local()
        if source == SOURCE_HOME:
            return await self.async_step_retry()
        if source == SOURCE_REMOTE:
            return await self._async_remote_back()
        if isinstance(self._error, (RepositoryGatedError, InvalidTokenError)):
            return self._token_form(self._error)
        return await self.async_step_file()
