"""Options of a model on this machine: how much of it it takes. What agents do is theirs."""

from __future__ import annotations

import os
from typing import Any

import probatio
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)

from .const import CONF_THREADS


class FunctionGemmaOptionsFlow(OptionsFlow):
    """One form; the entry loads again when something has changed in it."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options, or save them."""
        if user_input is not None:
            # Number fields give floats.
            return self.async_create_entry(data={key: int(n) for key, n in user_input.items()})
        schema = probatio.Schema(
            {
                probatio.Optional(CONF_THREADS): NumberSelector(
                    NumberSelectorConfig(
                        min=1, max=os.cpu_count() or 1, step=1, mode=NumberSelectorMode.BOX
                    )
                )
            }
        )
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, self.config_entry.options),
        )
