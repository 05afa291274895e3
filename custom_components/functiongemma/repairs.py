"""Repairs: what can be done where nothing that runs the model could be installed."""

from __future__ import annotations

import asyncio
from typing import Any, Final, override

import probatio
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN, LOGGER
from .core.errors import CoreError
from .errors import translation_key, translation_placeholders
from .install import async_install_runtime, folders_of
from .install.machine import look_around
from .install.pins import read_pins
from .install.wheels import Found, find_wheels

#: Facts of the issue that the texts mention.
_FACTS: Final = ("reason", "machine", "folder", "wheel")
#: Where upstream publishes wheels. Texts may not hold addresses.
_RELEASES: Final = "https://github.com/abetlen/llama-cpp-python/releases"


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RuntimeRepairFlow:
    """The flow for our only issue."""
    return RuntimeRepairFlow(data or {})


class RuntimeRepairFlow(RepairsFlow):
    """Says what this machine lacks; tries again, or takes a wheel file the user brings."""

    def __init__(self, facts: dict[str, str | int | float | None]) -> None:
        """`facts`: what the issue was raised with."""
        super().__init__()
        self._facts = {name: str(facts.get(name, "?")) for name in _FACTS}
        self._facts["releases"] = _RELEASES
        self._attempted = bool(facts.get("attempted"))
        self._job: asyncio.Task[None] | None = None
        self._kind = "install"
        self._error: CoreError | None = None

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say what is wrong: nothing could be tried, or what was tried has failed."""
        if self._attempted:
            return await self.async_step_failed()
        return await self.async_step_impossible()

    async def async_step_impossible(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """There was nothing to try on this machine."""
        return self._menu("impossible")

    async def async_step_failed(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """What was tried has failed."""
        return self._menu("failed")

    def _menu(self, step_id: str) -> RepairsFlowResult:
        return self.async_show_menu(
            step_id=step_id,
            menu_options=["retry", "wheel"],
            description_placeholders=self._facts,
        )

    async def async_step_wheel(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for a wheel file in our folder, and go on when there is one that fits."""
        errors: dict[str, str] = {}
        if user_input is not None:
            found = await self.hass.async_add_executor_job(self._look)
            if found.usable:
                return await self.async_step_retry()
            self._facts["reason"] = "; ".join(found.refused)
            errors["base"] = "wheel_refused" if found.refused else "no_wheel"
        return self.async_show_form(
            step_id="wheel",
            data_schema=probatio.Schema({}),
            errors=errors,
            description_placeholders=self._facts,
        )

    def _look(self) -> Found:
        folders = folders_of(self.hass)
        machine = look_around(folders.runtime)
        return find_wheels(folders.dropped, machine, read_pins().versions)

    async def async_step_retry(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Go all ways again, with progress."""
        if self._job is None:
            self._job = self.hass.async_create_background_task(
                async_install_runtime(self.hass, progress=self._show, doubt=True),
                f"{DOMAIN} repair",
            )
        if not self._job.done():
            return self.async_show_progress(
                step_id="retry", progress_action=self._kind, progress_task=self._job
            )
        job, self._job = self._job, None
        try:
            await job
        except CoreError as err:
            LOGGER.warning(
                "The repair did not help: %s. Its dialogue says what else can be done", err
            )
            self._error = err
            return self.async_show_progress_done(next_step_id="again")
        return self.async_show_progress_done(next_step_id="done")

    @callback
    def _show(self, kind: str, share: float) -> None:
        action = f"install_{kind}"
        changed, self._kind = action != self._kind, action
        self.async_update_progress(share)
        if changed:
            self.async_notify_flow_changed()

    async def async_step_again(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """It did not work: say why; the form leads back to the choice."""
        if user_input is not None:
            self._attempted = True
            return await self.async_step_init()
        errors = {}
        if self._error is not None:
            errors["base"] = translation_key(self._error)
            self._facts |= {"reason": str(self._error)} | translation_placeholders(self._error)
            self._error = None
        return self.async_show_form(
            step_id="again",
            data_schema=probatio.Schema({}),
            errors=errors,
            description_placeholders=self._facts,
        )

    async def async_step_done(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Set up what waited for it; the issue goes with the flow."""
        for entry in self.hass.config_entries.async_entries(DOMAIN):
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_create_entry(data={})

    @callback
    @override
    def async_remove(self) -> None:
        """The dialog was closed: the installation goes on, only this watcher ends."""
        if self._job is not None:
            self._job.cancel()
