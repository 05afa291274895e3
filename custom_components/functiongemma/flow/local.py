"""A model that its owner has copied here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import probatio
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import TextSelector

from .. import models
from ..const import CONF_PATH, CONF_SOURCE, SOURCE_LOCAL
from ..core.errors import ModelFileError
from ..errors import FileMissingError, FileUnreadableError
from .base import ModelFlow, stripped


class LocalFlow(ModelFlow):
    """The step for a file of the user's."""

    async def async_step_local(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the path of a file on this machine."""
        if user_input is not None:
            self._data = {CONF_SOURCE: SOURCE_LOCAL, CONF_PATH: "", **stripped(user_input)}
            path = await self.hass.async_add_executor_job(self._local_path)
            self._title = path.stem
            await self._async_claim(str(path))
            try:
                await self.hass.async_add_executor_job(models.check_model_file, path)
            except (FileMissingError, FileUnreadableError, ModelFileError) as err:
                self._error = err
            else:
                return await self.async_step_prepare()
        return self._form("local", {probatio.Required(CONF_PATH): TextSelector()})

    def _local_path(self) -> Path:
        """The file, by its one real name."""
        return models.model_path(self.hass, self._data).resolve()
