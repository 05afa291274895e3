"""A model that its owner has copied here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import probatio
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import TextSelector

from .. import memory, models
from ..const import CONF_PATH, CONF_SOURCE, SOURCE_LOCAL
from ..core.errors import ModelFileError
from ..errors import FileMissingError, FileUnreadableError
from .base import ModelFlow, stripped


class LocalFlow(ModelFlow):
    """The step for a file of the user's."""

    def __init__(self) -> None:
        """Nobody was warned of a file yet."""
        super().__init__()
        self._warned: Path | None = None

    async def async_step_local(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the path of a file on this machine."""
        if user_input is not None:
            self._data = {CONF_SOURCE: SOURCE_LOCAL, CONF_PATH: "", **stripped(user_input)}
            path = await self.hass.async_add_executor_job(self._local_path)
            self._title = path.stem
            await self._async_claim(str(path))
            try:
                info = await self.hass.async_add_executor_job(models.check_model_file, path)
            except (FileMissingError, FileUnreadableError, ModelFileError) as err:
                self._error = err
            else:
                here = await self.hass.async_add_executor_job(memory.memory_here)
                # An estimate, and memory that may be free in a minute: whoever insists may try.
                if memory.fits_now(info.size, here) or path == self._warned:
                    return await self.async_step_prepare()
                self._warned = path
                return self._local_form({"base": "memory_short"}, memory.in_mb(info.size, here))
        return self._local_form()

    def _local_form(
        self, errors: dict[str, str] | None = None, placeholders: dict[str, str] | None = None
    ) -> ConfigFlowResult:
        schema = {probatio.Required(CONF_PATH): TextSelector()}
        return self._form("local", schema, errors, placeholders)

    def _local_path(self) -> Path:
        """The file, by its one real name."""
        return models.model_path(self.hass, self._data).resolve()
