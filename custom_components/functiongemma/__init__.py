"""FunctionGemma: a conversation agent that runs a small function-calling model at home.

Home Assistant is imported inside the functions, not above them: `core` is a package in here that
training and `python -m custom_components.functiongemma.core` use where Home Assistant is not
installed, and importing it runs this module first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    from homeassistant.core import HomeAssistant
    from homeassistant.helpers.typing import ConfigType

    from .runtime import FunctionGemmaConfigEntry


def _import_entry() -> ModuleType:
    from . import entry

    return entry


def __getattr__(name: str) -> Any:
    """`CONFIG_SCHEMA`, which Home Assistant looks for here and which needs Home Assistant."""
    if name != "CONFIG_SCHEMA":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from homeassistant.helpers import config_validation as cv

    from .const import DOMAIN

    return cv.config_entry_only_config_schema(DOMAIN)


def _import_migration() -> ModuleType:
    from . import migration

    return migration


def _import_services() -> ModuleType:
    from . import services

    return services


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions: they are there also while no entry is loaded, and say so."""
    services = await hass.async_add_import_executor_job(_import_services)
    services.async_register(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> bool:
    """Load the model and offer the agent."""
    # Reading modules from a card takes long enough to be noticed: not in the event loop.
    lifecycle = await hass.async_add_import_executor_job(_import_entry)
    return bool(await lifecycle.async_setup(hass, entry))


async def async_migrate_entry(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> bool:
    """Bring an entry of an earlier version up to date."""
    migration = await hass.async_add_import_executor_job(_import_migration)
    return bool(await migration.async_migrate(hass, entry))


async def async_unload_entry(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> bool:
    """Withdraw the agent and give the model's memory back."""
    lifecycle = await hass.async_add_import_executor_job(_import_entry)
    return bool(await lifecycle.async_unload(hass, entry))


async def async_remove_entry(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> None:
    """Delete the model files that were made or downloaded for this entry alone."""
    lifecycle = await hass.async_add_import_executor_job(_import_entry)
    await lifecycle.async_remove(hass, entry)
