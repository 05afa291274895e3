"""FunctionGemma: a conversation agent that runs a small function-calling model at home.

Home Assistant is imported inside the functions, not above them: `core` is a package in here that
training and `python -m custom_components.functiongemma.core` use where Home Assistant is not
installed, and importing it runs this module first. Home Assistant has imported `config_flow`, and
with it nearly everything these functions need, in a thread of its own by the time it calls them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant

    from .runtime import FunctionGemmaConfigEntry


async def async_setup_entry(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> bool:
    """Load the model and offer the agent."""
    from .entry import async_setup

    return await async_setup(hass, entry)


async def async_unload_entry(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> bool:
    """Withdraw the agent and give the model's memory back."""
    from .entry import async_unload

    return await async_unload(hass, entry)


async def async_remove_entry(hass: HomeAssistant, entry: FunctionGemmaConfigEntry) -> None:
    """Delete the model files that were made or downloaded for this entry alone."""
    from .entry import async_remove

    await async_remove(hass, entry)
