"""The last step: whether the assistant that Home Assistant came with shall use the new agent.

It is offered only where nobody has chosen an agent: the preferred assistant still has Home
Assistant's own. Any other choice is its owner's, and is left alone.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Final, override

import probatio
from homeassistant.components.conversation import DOMAIN as CONVERSATION
from homeassistant.components.conversation import HOME_ASSISTANT_AGENT, async_prepare_agent
from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import BooleanSelector

from ..agent import agents_of
from ..const import DOMAIN

if TYPE_CHECKING:
    from homeassistant.components.assist_pipeline import Pipeline

CONF_USE: Final = "use"
#: What `config.create_entry` says where the assistant uses the agent already.
IN_USE: Final = "in_use"
#: Seconds that the last dialogue waits for the agent to have read the home, so that the first
#: sentence is answered. Reading goes on after it; a proxy before Home Assistant waits for 60.
_READING: Final = 45.0


class AssistantFlow(ConfigFlow):
    """Offers the agent to the preferred assistant, and gives it to it once there is one."""

    _assistant: str | None = None
    """Id of the assistant that is to use the agent."""

    def _create(self) -> ConfigFlowResult:
        """The entry."""
        raise NotImplementedError

    async def async_step_assistant(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask, where there is an assistant to ask about; then make the entry."""
        pipeline = async_open_assistant(self.hass)
        if user_input is None and pipeline is not None:
            return self.async_show_form(
                step_id="assistant",
                data_schema=probatio.Schema(
                    {probatio.Required(CONF_USE, default=True): BooleanSelector()}
                ),
                description_placeholders={"assistant": pipeline.name},
                last_step=True,
            )
        if user_input is not None and user_input[CONF_USE] and pipeline is not None:
            self._assistant = pipeline.id
        return self._create()

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """The entry is set up: only now has the agent an entity that an assistant can name."""
        if self._assistant is not None:
            name = await _async_use(self.hass, self._assistant, result["result"])
            if name is not None:
                result["description"] = IN_USE
                result["description_placeholders"] = {"assistant": name}
        return result


@callback
def async_open_assistant(hass: HomeAssistant) -> Pipeline | None:
    """The preferred assistant, while its agent is the one it came with; otherwise None."""
    if "assist_pipeline" not in hass.config.components:
        return None
    # Not above: this is loaded too where there are no assistants, nor what they are made of.
    from homeassistant.components.assist_pipeline.pipeline import async_get_pipeline

    pipeline = async_get_pipeline(hass)
    return pipeline if pipeline.conversation_engine == HOME_ASSISTANT_AGENT else None


async def _async_use(hass: HomeAssistant, pipeline_id: str, entry: ConfigEntry[Any]) -> str | None:
    """Give the assistant the entry's first agent; its name, or None where that cannot be done.

    The agent has no entity when the entry could not be set up. Then, as when somebody has chosen
    another agent meanwhile, the assistant stays as it is.
    """
    from homeassistant.components.assist_pipeline import async_update_pipeline

    pipeline = async_open_assistant(hass)
    agent_id = er.async_get(hass).async_get_entity_id(
        CONVERSATION, DOMAIN, agents_of(entry)[0].subentry_id
    )
    if pipeline is None or pipeline.id != pipeline_id or agent_id is None:
        return None
    # The agent finds out itself which language a sentence is in.
    await async_update_pipeline(
        hass, pipeline, conversation_engine=agent_id, conversation_language=MATCH_ALL
    )
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_READING):
            await async_prepare_agent(hass, agent_id, pipeline.language)
    return pipeline.name
