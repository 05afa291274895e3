"""What all kinds of model have in common on the way to an entry: getting it, trying it, saving it.

Whatever takes long happens in one progress step, `prepare`; when it fails, the form of the chosen
source comes back with the reason and with everything that was typed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Final, override

import probatio
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType

from .. import hub, leftovers, models
from ..agent import first_agent
from ..const import (
    CONF_API_KEY,
    CONF_REPOSITORY,
    CONF_SOURCE,
    CONF_TOKEN,
    CONF_URL,
    DOMAIN,
    LOGGER,
    SOURCE_HOME,
    SOURCE_REMOTE,
)
from ..core.errors import CoreError
from ..errors import translation_key, translation_placeholders
from ..install import async_install_runtime, async_is_installed, async_with_runtime
from ..remote import async_try_remote
from ..runtime import async_try_model
from .assistant import AssistantFlow

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
    "connect",
)

HOME_TITLE: Final = "FunctionGemma"

#: Shares of the progress bar: everything between them is the download, or the making.
_INSTALLED: Final = 0.05
#: The same where the runtime has to be built, which takes longer than all the rest.
_BUILT: Final = 0.6
_OBTAINED: Final = 0.95

#: What is typed in dots, and never put back into a form that is opened again.
SECRET = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
SECRETS: Final = (CONF_TOKEN, CONF_API_KEY)


class ModelFlow(AssistantFlow):
    """The way of any model, from what was chosen to an entry made or changed."""

    def __init__(self) -> None:
        """Nothing is chosen yet."""
        self._data: dict[str, Any] = {}
        self._title = HOME_TITLE
        self._job: asyncio.Task[None] | None = None
        self._stage = STAGES[0]
        self._error: CoreError | None = None

    @property
    def _changed(self) -> ConfigEntry[Any] | None:
        """The entry that gets another model or another token; None: a new one is made."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry()
        return self._get_reauth_entry() if self.source == SOURCE_REAUTH else None

    @callback
    @override
    def async_remove(self) -> None:
        """The dialog was closed: what it downloaded is kept for a while."""
        leftovers.async_sweep_later(self.hass)

    async def _async_back(self) -> ConfigFlowResult:
        """Where something can be done about an error; it shows there."""
        raise NotImplementedError

    async def async_step_prepare(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Install, download or make, load and try, with progress."""
        if self._job is None:
            self._job = self.hass.async_create_background_task(
                await self._async_plan(), f"{DOMAIN} {self._title}"
            )
        if not self._job.done():
            return self.async_show_progress(
                step_id="prepare", progress_action=self._stage, progress_task=self._job
            )
        job, self._job = self._job, None
        try:
            await job
        except CoreError as err:
            LOGGER.warning(
                "%s cannot be used: %s. The dialogue in which it was chosen says what to do",
                self._title,
                err,
            )
            self._error = err
            return self.async_show_progress_done(next_step_id="failed")
        except Exception:
            LOGGER.exception(
                "%s cannot be used. Please report this with the lines below", self._title
            )
            self._error = CoreError()
            return self.async_show_progress_done(next_step_id="failed")
        return self.async_show_progress_done(next_step_id="finish")

    async def _async_plan(self) -> Coroutine[Any, Any, None]:
        """What is to be done, and its first stage in `_stage`."""
        if self._data[CONF_SOURCE] == SOURCE_REMOTE:
            self._stage = "connect"
            return self._async_connect()
        installed = await async_is_installed(self.hass)
        there = await models.async_is_there(self.hass, self._data)
        after = "check" if there else "download"
        self._stage = after if installed else "install"
        return self._async_prepare(after)

    async def _async_connect(self) -> None:
        self._show(self._stage, 0.0)
        self._data |= await async_try_remote(self.hass, self._data)

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
        info = await async_with_runtime(
            self.hass, lambda: async_try_model(path), progress=show_install
        )
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
        return await self._async_back()

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The model works: make an entry with one agent, or give it to the entry there is."""
        entry = self._changed
        if entry is None:
            self._abort_if_unique_id_configured()
            return await self.async_step_assistant()
        before = dict(entry.data)
        unique_id = self.unique_id if self.source == SOURCE_RECONFIGURE else entry.unique_id
        # A loaded entry notices by itself that it has changed.
        listens = bool(entry.update_listeners)
        result = self.async_update_and_abort(
            entry, unique_id=unique_id, title=self._title, data=self._data
        )
        if not listens:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        await models.async_delete_unused(self.hass, before)
        return result

    @override
    def _create(self) -> ConfigFlowResult:
        self._abort_if_unique_id_configured()
        return self.async_create_entry(
            title=self._title, data=self._data, subentries=[first_agent(self._title)]
        )

    async def _async_claim(self, unique_id: str) -> None:
        """One entry for one model; a dialog somebody left open is no reason to refuse."""
        known = await self.async_set_unique_id(unique_id, raise_on_progress=False)
        if known is not None and (self._changed is None or known != self._changed):
            raise AbortFlow("already_configured")

    def _form(
        self,
        step_id: str,
        schema: Mapping[Any, Any],
        errors: dict[str, str] | None = None,
        mentioned: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """A form with what was typed before, and with the error there is to tell.

        `mentioned`: values for what the words of `errors` mention.
        """
        error, self._error = self._error, None
        placeholders = {
            CONF_REPOSITORY: self._data.get(CONF_REPOSITORY, ""),
            CONF_URL: self._data.get(CONF_URL, ""),
            "hub": hub.endpoint(),
            **(mentioned or {}),
        }
        if error is not None:
            errors = {"base": translation_key(error)}
            placeholders |= translation_placeholders(error)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(schema), self._data),
            errors=errors or {},
            description_placeholders=placeholders,
        )


def stripped(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, without white space around it; fields left empty are left out."""
    return {key: text for key, value in user_input.items() if (text := value.strip())}
