"""Setting up: choose a model, get it, try it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, override

import probatio
from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from . import hub, models
from .const import (
    CONF_FILE,
    CONF_PATH,
    CONF_REPOSITORY,
    CONF_SOURCE,
    CONF_TOKEN,
    DOMAIN,
    LOGGER,
    SOURCE_HOME,
    SOURCE_HUB,
    SOURCE_LOCAL,
)
from .core.errors import CoreError, ModelFileError
from .errors import (
    FileMissingError,
    FileUnreadableError,
    InvalidTokenError,
    RepositoryGatedError,
    RepositoryNotFoundError,
    translation_key,
    translation_placeholders,
)
from .install import async_install_runtime, async_is_installed
from .options_flow import FunctionGemmaOptionsFlow
from .runtime import async_try_model

#: What is done before there is an entry, in this order; `config.progress` has a text for each.
STAGES: Final = (
    "install",
    "install_dropped",
    "install_pinned",
    "install_source",
    "download",
    "verify",
    "merge",
    "write",
    "check",
)

CONF_NEXT: Final = "next"
NEXT_RETRY: Final = "retry"
NEXT_OTHER: Final = "other"

HOME_TITLE: Final = "FunctionGemma"

#: Shares of the progress bar: everything between them is the download, or the making.
_INSTALLED: Final = 0.05
#: The same where the runtime has to be built, which takes longer than all the rest.
_BUILT: Final = 0.6
_OBTAINED: Final = 0.95

_TOKEN = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))


class FunctionGemmaConfigFlow(ConfigFlow, domain=DOMAIN):
    """From a choice of model to an entry.

    Whatever takes long happens in one progress step, `prepare`; when it fails, the form of the
    chosen source comes back with the reason and with everything that was typed.
    """

    VERSION = 1

    def __init__(self) -> None:
        """Nothing is chosen yet."""
        self._data: dict[str, Any] = {}
        self._title = HOME_TITLE
        self._files: list[hub.HubFile] = []
        self._job: asyncio.Task[None] | None = None
        self._stage = STAGES[0]
        self._error: CoreError | None = None
        self._private = False

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> FunctionGemmaOptionsFlow:
        """The form behind the gear."""
        return FunctionGemmaOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose where the model comes from."""
        return self.async_show_menu(
            step_id="user", menu_options=[SOURCE_HOME, SOURCE_HUB, SOURCE_LOCAL]
        )

    # -- the home model --------------------------------------------------------------------------

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

    # -- Hugging Face ----------------------------------------------------------------------------

    async def async_step_hub(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a repository."""
        if user_input is not None:
            self._data = {CONF_SOURCE: SOURCE_HUB, **_stripped(user_input)}
            try:
                self._data[CONF_REPOSITORY] = hub.parse_repository(user_input[CONF_REPOSITORY])
            except ValueError:
                return self._hub_form({CONF_REPOSITORY: "invalid_repository"})
            return await self._async_list()
        return self._hub_form()

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
            schema[probatio.Optional(CONF_TOKEN)] = _TOKEN
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
        return self._form("token", {probatio.Required(CONF_TOKEN): _TOKEN})

    async def async_step_file(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose one of the repository's GGUF files."""
        if user_input is not None:
            self._data[CONF_FILE] = user_input[CONF_FILE]
            self._title = Path(user_input[CONF_FILE]).stem
            await self._async_claim(f"{self._data[CONF_REPOSITORY]}/{self._data[CONF_FILE]}")
            return await self._async_check_access()
        options = [SelectOptionDict(value=file.name, label=_label(file)) for file in self._files]
        # Four bits save little with this vocabulary and cost quality.
        names = [file.name for file in self._files]
        best = next((name for name in names if "q8_0" in name.lower()), names[0])
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
            self._error = err
            return await self.async_step_file()
        return await self.async_step_prepare()

    # -- a file of the user's --------------------------------------------------------------------

    async def async_step_local(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the path of a file on this machine."""
        if user_input is not None:
            self._data = {CONF_SOURCE: SOURCE_LOCAL, CONF_PATH: "", **_stripped(user_input)}
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

    # -- what all have in common -----------------------------------------------------------------

    async def async_step_prepare(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Install, download or make, load and try, with progress."""
        if self._job is None:
            installed = await async_is_installed(self.hass)
            there = await models.async_is_there(self.hass, self._data)
            after = "check" if there else "download"
            self._stage = after if installed else "install"
            self._job = self.hass.async_create_background_task(
                self._async_prepare(after), f"{DOMAIN} {self._title}"
            )
        if not self._job.done():
            return self.async_show_progress(
                step_id="prepare", progress_action=self._stage, progress_task=self._job
            )
        job, self._job = self._job, None
        try:
            await job
        except CoreError as err:
            LOGGER.warning("%s cannot be used: %s", self._title, err)
            self._error = err
            return self.async_show_progress_done(next_step_id="failed")
        except Exception:
            LOGGER.exception("%s cannot be used", self._title)
            self._error = CoreError()
            return self.async_show_progress_done(next_step_id="failed")
        return self.async_show_progress_done(next_step_id="finish")

    async def _async_prepare(self, after: str) -> None:
        """`after`: the stage that follows the installation."""
        self._show(self._stage, 0.0)
        installed = _INSTALLED

        def show_install(kind: str, fraction: float) -> None:
            nonlocal installed
            installed = _BUILT if kind == "source" else installed
            self._show(f"install_{kind}", fraction * installed)

        await async_install_runtime(self.hass, progress=show_install)
        self._show(after, installed)

        def show(stage: str, fraction: float) -> None:
            self._show(stage, installed + fraction * (_OBTAINED - installed))

        path = await models.async_obtain(self.hass, self._data, show)
        self._show("check", _OBTAINED)
        info = await async_try_model(path)
        if self._data[CONF_SOURCE] != SOURCE_HOME and info.name:
            self._title = info.name

    @callback
    def _show(self, stage: str, fraction: float) -> None:
        """Move the bar; a new stage has a new text, which the dialog has to fetch."""
        changed, self._stage = stage != self._stage, stage
        self.async_update_progress(fraction)
        if changed:
            self.async_notify_flow_changed()

    async def async_step_failed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go back to where something can be done about it; the error shows there."""
        if self._data[CONF_SOURCE] == SOURCE_LOCAL:
            return await self.async_step_local()
        if self._data[CONF_SOURCE] == SOURCE_HOME:
            return await self.async_step_retry()
        if isinstance(self._error, (RepositoryGatedError, InvalidTokenError)):
            return self._token_form(self._error)
        return await self.async_step_file()

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The model works."""
        self._abort_if_unique_id_configured()
        return self.async_create_entry(title=self._title, data=self._data)

    async def _async_claim(self, unique_id: str) -> None:
        """One entry for one model; a dialog somebody left open is no reason to refuse."""
        await self.async_set_unique_id(unique_id, raise_on_progress=False)
        self._abort_if_unique_id_configured()

    def _form(
        self, step_id: str, schema: Mapping[Any, Any], errors: dict[str, str] | None = None
    ) -> ConfigFlowResult:
        """A form with what was typed before, and with the error there is to tell."""
        error, self._error = self._error, None
        placeholders = {CONF_REPOSITORY: self._data.get(CONF_REPOSITORY, ""), "hub": hub.endpoint()}
        if error is not None:
            errors = {"base": translation_key(error)}
            placeholders |= translation_placeholders(error)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(schema), self._data),
            errors=errors or {},
            description_placeholders=placeholders,
        )


def _stripped(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, without white space around it; fields left empty are left out."""
    return {key: text for key, value in user_input.items() if (text := value.strip())}


def _label(file: hub.HubFile) -> str:
    return f"{file.name} ({file.size / 1e6:.0f} MB)" if file.size else file.name
