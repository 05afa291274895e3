"""Agents of an entry: what one is called, what it may do, and when it asks or hands over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import probatio
from homeassistant.config_entries import SOURCE_USER, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_LLM_HASS_API, CONF_NAME, PERCENTAGE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import llm
from homeassistant.helpers.selector import (
    AreaSelector,
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

from ..agent import async_agent_of
from ..const import (
    CONF_AREA,
    CONF_CONFIDENCE,
    CONF_CONFIRM,
    CONF_FALLBACK_AGENT,
    CONF_PIN,
    DEFAULT_CONFIDENCE,
    HOME_API,
)
from ..llm_api import async_name

#: Digits only, because it is spoken; or none.
_PIN = re.compile(r"(?a:\d{4,8})?")


class AgentSubentryFlow(ConfigSubentryFlow):
    """One form, for a new agent and for one there is."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Another agent."""
        return await self.async_step_agent(user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Another choice for an agent."""
        return await self.async_step_agent(user_input)

    async def async_step_agent(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what can be chosen, or save it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._errors(user_input)
            if not errors:
                return self._save(user_input)
        known = self._known() if user_input is None else user_input
        apis = _apis(self.hass, await async_name(self.hass))
        if known.get(CONF_LLM_HASS_API) not in {api["value"] for api in apis}:
            known = {**known, CONF_LLM_HASS_API: HOME_API}
        return self.async_show_form(
            step_id="agent",
            data_schema=self.add_suggested_values_to_schema(_schema(apis), known),
            errors=errors,
        )

    def _known(self) -> Mapping[str, Any]:
        """What the form begins with."""
        if self.source == SOURCE_USER:
            return {CONF_NAME: self._get_entry().title}
        agent = self._get_reconfigure_subentry()
        return {CONF_NAME: agent.title, **agent.data}

    def _errors(self, user_input: Mapping[str, Any]) -> dict[str, str]:
        errors: dict[str, str] = {}
        if not user_input[CONF_NAME].strip():
            errors[CONF_NAME] = "no_name"
        if self._leads_back(user_input.get(CONF_FALLBACK_AGENT)):
            errors[CONF_FALLBACK_AGENT] = "fallback_loop"
        if not _PIN.fullmatch(user_input.get(CONF_PIN, "")):
            errors[CONF_PIN] = "bad_pin"
        return errors

    @callback
    def _leads_back(self, entity_id: str | None) -> bool:
        """Whether handing over to `entity_id` ends, through other agents of ours, here again."""
        here = None if self.source == SOURCE_USER else self._reconfigure_subentry_id
        seen: set[str] = set()
        while (agent := async_agent_of(self.hass, entity_id)) is not None:
            if agent.subentry_id == here:
                return True
            if agent.subentry_id in seen:
                return False
            seen.add(agent.subentry_id)
            entity_id = agent.options.get(CONF_FALLBACK_AGENT)
        return False

    def _save(self, user_input: Mapping[str, Any]) -> SubentryFlowResult:
        title = user_input[CONF_NAME].strip()
        data = {key: value for key, value in user_input.items() if key != CONF_NAME}
        # Number fields give floats.
        data[CONF_CONFIDENCE] = int(data[CONF_CONFIDENCE])
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=title, data=data)
        return self.async_update_and_abort(
            self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
        )


def _schema(apis: list[SelectOptionDict]) -> probatio.Schema:
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): TextSelector(),
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
            probatio.Optional(CONF_AREA): AreaSelector(),
            probatio.Required(CONF_CONFIRM, default=True): BooleanSelector(),
            probatio.Optional(CONF_PIN): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
            ),
        }
    )


@callback
def _apis(hass: HomeAssistant, ours: str) -> list[SelectOptionDict]:
    """Ours first; it is there even while no entry is loaded that has registered it."""
    names = {HOME_API: ours, **{api.id: api.name for api in llm.async_get_apis(hass)}}
    return [SelectOptionDict(value=api_id, label=name) for api_id, name in names.items()]
