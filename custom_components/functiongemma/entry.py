"""An entry's life: set up, unloaded, removed. Called by the functions in `__init__`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from . import leftovers, llm_api, models
from .agent import agents_of
from .const import CONF_SOURCE, CONF_THREADS, DOMAIN, SOURCE_REMOTE
from .core.errors import CoreError
from .errors import setup_error
from .install import async_install_runtime, async_with_runtime
from .install.issue import async_clear_issue
from .remote import RemoteRuntime
from .runtime import FunctionGemmaConfigEntry, ModelRuntime, Runtime

PLATFORMS: Final = (Platform.CONVERSATION, Platform.SENSOR)


@dataclass
class _SharedAPI:
    """Our LLM API, registered once for all entries."""

    unregister: Callable[[], None]
    users: int = 0


_API: HassKey[_SharedAPI] = HassKey(f"{DOMAIN}_api")


async def async_setup(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> bool:
    """Load the entry's model in a worker and offer the agent."""
    try:
        runtime = await _async_runtime(hass, entry)
        # Unloading runs it, and so does a failure further down.
        entry.async_on_unload(runtime.async_stop)
        await async_with_runtime(hass, runtime.async_start, models.SETUP_PATIENCE)
    except CoreError as err:
        raise setup_error(err) from err
    if isinstance(runtime, Runtime):
        await models.async_delete_old(hass, entry.data, runtime.model)

    async def stop(event: Event) -> None:
        await runtime.async_stop()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    entry.runtime_data = runtime
    entry.async_on_unload(_async_share_api(hass, await llm_api.async_name(hass)))
    _listen_for_changes(entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    leftovers.async_sweep_now(hass)
    return True


async def _async_runtime(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> ModelRuntime:
    """What runs the entry's model, not started yet; raises what stands in its way."""
    if entry.data[CONF_SOURCE] == SOURCE_REMOTE:
        return RemoteRuntime(hass, entry.data, lambda: entry.async_start_reauth(hass))
    # Built from source it takes minutes, which the start of Home Assistant need not wait for.
    await async_install_runtime(hass, models.SETUP_PATIENCE)
    path = await models.async_ensure(hass, entry.data)

    @callback
    def lost() -> None:
        # Setting up installs it again; until that is done the entry waits with a message.
        hass.config_entries.async_schedule_reload(entry.entry_id)

    return Runtime(hass, path, entry.options.get(CONF_THREADS), lost)


def _listen_for_changes(entry: FunctionGemmaConfigEntry) -> None:
    """Load the entry again when its model has changed, or which agents it has.

    What was chosen for an agent is read at every sentence.
    """

    def shape() -> tuple[Any, ...]:
        agents = {agent.subentry_id: agent.title for agent in agents_of(entry)}
        return dict(entry.data), dict(entry.options), entry.title, agents

    known = shape()

    async def changed(hass: HomeAssistant, _: FunctionGemmaConfigEntry) -> None:
        if shape() != known:
            hass.config_entries.async_schedule_reload(entry.entry_id)

    entry.async_on_unload(entry.add_update_listener(changed))


async def async_unload(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> bool:
    """Withdraw the agent; the worker ends with the entry's other leftovers."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> None:
    """Delete the files nobody else needs."""
    await models.async_delete(hass, entry)
    others = hass.config_entries.async_entries(DOMAIN)
    if all(other.entry_id == entry.entry_id for other in others):
        async_clear_issue(hass)


@callback
def _async_share_api(hass: HomeAssistant, name: str) -> Callable[[], None]:
    """Register our LLM API with the first entry; the returned function drops it with the last."""
    if (shared := hass.data.get(_API)) is None:
        shared = hass.data[_API] = _SharedAPI(llm_api.async_register(hass, name))
    shared.users += 1

    @callback
    def release() -> None:
        shared.users -= 1
        if not shared.users:
            shared.unregister()
            del hass.data[_API]

    return release
