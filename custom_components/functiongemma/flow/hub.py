"""A model from Hugging Face: repository, file, and a token where one is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import probatio
from homeassistant.config_entries import SOURCE_REAUTH, ConfigFlowResult
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from .. import hub, memory
from ..const import CONF_FILE, CONF_REPOSITORY, CONF_SOURCE, CONF_TOKEN, SOURCE_HUB
from ..core.errors import CoreError
from ..errors import InvalidTokenError, RepositoryGatedError, RepositoryNotFoundError
from .base import SECRET, ModelFlow, stripped
from .choice import offered


class HubFlow(ModelFlow):
    """The steps for a model from Hugging Face."""

    def __init__(self) -> None:
        """No repository has been looked at yet."""
        super().__init__()
        self._files: list[hub.HubFile] = []
        self._private = False

    async def async_step_hub(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a repository."""
        if user_input is not None:
            self._data = {CONF_SOURCE: SOURCE_HUB, **stripped(user_input)}
            try:
                self._data[CONF_REPOSITORY] = hub.parse_repository(user_input[CONF_REPOSITORY])
            except ValueError:
                return self._hub_form({CONF_REPOSITORY: "invalid_repository"})
            self._keep_token()
            return await self._async_list()
        return self._hub_form()

    def _keep_token(self) -> None:
        """Another file of the same repository needs no other token."""
        known = self._changed.data if self._changed is not None else {}
        if known.get(CONF_REPOSITORY) == self._data[CONF_REPOSITORY] and known.get(CONF_TOKEN):
            self._data.setdefault(CONF_TOKEN, known[CONF_TOKEN])

    async def _async_list(self) -> ConfigFlowResult:
        """List the repository's files, or show why that is not possible."""
        try:
            self._files = await self.hass.async_add_executor_job(
                hub.list_gguf, self._data[CONF_REPOSITORY], self._data.get(CONF_TOKEN)
            )
        except (RepositoryGatedError, InvalidTokenError) as err:
            return self._token_form(err)
        except CoreError as err:
            self._error = err
            # It may be a private one: from now on there is room for a token.
            self._private |= isinstance(err, RepositoryNotFoundError)
            return self._hub_form()
        return await self.async_step_file()

    def _hub_form(self, errors: dict[str, str] | None = None) -> ConfigFlowResult:
        schema: dict[Any, Any] = {probatio.Required(CONF_REPOSITORY): TextSelector()}
        if self._private:
            schema[probatio.Optional(CONF_TOKEN)] = SECRET
        return self._form("hub", schema, errors)

    async def async_step_token(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the token that opens a gated repository."""
        if user_input is None:
            return self._token_form(self._error)
        self._data[CONF_TOKEN] = user_input[CONF_TOKEN].strip()
        if CONF_FILE not in self._data:
            return await self._async_list()
        return await self._async_check_access()

    def _token_form(self, error: CoreError | None) -> ConfigFlowResult:
        # That it is gated is no error of the user's, until a token does not help either.
        self._error = error if CONF_TOKEN in self._data else None
        return self._form("token", {probatio.Required(CONF_TOKEN): SECRET})

    async def async_step_file(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose one of the repository's GGUF files."""
        if user_input is not None:
            self._data[CONF_FILE] = user_input[CONF_FILE]
            self._title = Path(user_input[CONF_FILE]).stem
            await self._async_claim(f"{self._data[CONF_REPOSITORY]}/{self._data[CONF_FILE]}")
            return await self._async_check_access()
        here = await self.hass.async_add_executor_job(memory.memory_here)
        options, best = offered(self._files, here)
        schema = {
            probatio.Required(CONF_FILE, default=best): SelectSelector(
                SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
            )
        }
        return self._form("file", schema)

    async def _async_check_access(self) -> ConfigFlowResult:
        """Go on if the hub gives us the file; ask for a token if that is what is missing."""
        try:
            await self.hass.async_add_executor_job(
                hub.check_access,
                self._data[CONF_REPOSITORY],
                self._data[CONF_FILE],
                self._data.get(CONF_TOKEN),
            )
        except (RepositoryGatedError, InvalidTokenError) as err:
            return self._token_form(err)
        except CoreError as err:
            if self.source == SOURCE_REAUTH:
                return self._token_form(err)
            self._error = err
            return await self.async_step_file()
        if self.source == SOURCE_REAUTH:
            # The download is the entry's, which tries again now.
            return await self.async_step_finish()
        return await self.async_step_prepare()
