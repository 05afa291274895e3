"""Options: what the agent may do, when it hands over, and how much of the machine it takes."""

from __future__ import annotations

import os
import re
from typing import Any

import probatio
from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import CONF_LLM_HASS_API, PERCENTAGE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import llm
from homeassistant.helpers.selector import (
    BooleanSelector,
    ConversationAgentSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .const import (
    CONF_CONFIDENCE,
    CONF_CONFIRM,
    CONF_FALLBACK_AGENT,
    CONF_PIN,
    CONF_THREADS,
    DEFAULT_CONFIDENCE,
    DOMAIN,
    HOME_API,
)

#: Digits only, because it is spoken; or none.
_PIN = re.compile(r"(?a:\d{4,8})?")


class FunctionGemmaOptionsFlow(OptionsFlowWithReload):
    """One form; saving it loads the entry again."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options, or save them."""
        errors: dict[str, str] = {}
        if user_input is not None:
            agent = user_input.get(CONF_FALLBACK_AGENT)
            if _leads_back(self.hass, agent, self.config_entry):
                errors[CONF_FALLBACK_AGENT] = "fallback_loop"
            if not _PIN.fullmatch(user_input.get(CONF_PIN, "")):
                errors[CONF_PIN] = "bad_pin"
            if not errors:
                return self.async_create_entry(data=_whole_numbers(user_input))
        known = self.config_entry.options if user_input is None else user_input
        apis = _apis(self.hass)
        if known.get(CONF_LLM_HASS_API) not in {api["value"] for api in apis}:
            known = {**known, CONF_LLM_HASS_API: HOME_API}
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(_schema(apis), known),
            errors=errors,
        )


def _schema(apis: list[SelectOptionDict]) -> probatio.Schema:
    return probatio.Schema(
        {
            probatio.Required(CONF_LLM_HASS_API, default=HOME_API): SelectSelector(
                SelectSelectorConfig(options=apis, mode=SelectSelectorMode.DROPDOWN)
            ),
            probatio.Optional(CONF_FALLBACK_AGENT): ConversationAgentSelector(),
            probatio.Required(CONF_CONFIDENCE, default=DEFAULT_CONFIDENCE): NumberSelector(
                NumberSelectorConfig(
                    min=0,
                    max=100,
                    step=1,
                    mode=NumberSelectorMode.SLIDER,
                    unit_of_measurement=PERCENTAGE,
                )
            ),
            probatio.Optional(CONF_THREADS): NumberSelector(
                NumberSelectorConfig(
                    min=1, max=os.cpu_count() or 1, step=1, mode=NumberSelectorMode.BOX
                )
            ),
            probatio.Required(CONF_CONFIRM, default=True): BooleanSelector(),
            probatio.Optional(CONF_PIN): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
            ),
        }
    )


@callback
def _apis(hass: HomeAssistant) -> list[SelectOptionDict]:
    """Ours first; it is there even while no entry is loaded that has registered it."""
    names = {HOME_API: "FunctionGemma", **{api.id: api.name for api in llm.async_get_apis(hass)}}
    return [SelectOptionDict(value=api_id, label=name) for api_id, name in names.items()]


@callback
def _leads_back(hass: HomeAssistant, agent: str | None, entry: ConfigEntry) -> bool:
    """Whether handing over to `agent` ends, through other entries of ours, at `entry` again."""
    registry = er.async_get(hass)
    seen: set[str] = set()
    while agent is not None and agent not in seen:
        seen.add(agent)
        entity = registry.async_get(agent)
        entry_id = entity.config_entry_id if entity and entity.platform == DOMAIN else agent
        if entry_id == entry.entry_id:
            return True
        other = hass.config_entries.async_get_entry(entry_id or "")
        if other is None or other.domain != DOMAIN:
            return False
        agent = other.options.get(CONF_FALLBACK_AGENT)
    return False


def _whole_numbers(user_input: dict[str, Any]) -> dict[str, Any]:
    """Number fields give floats."""
    return {
        key: int(value) if key in (CONF_CONFIDENCE, CONF_THREADS) else value
        for key, value in user_input.items()
    }
