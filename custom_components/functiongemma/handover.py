"""Hands a sentence to the agent that answers what we cannot."""

from __future__ import annotations

from contextvars import ContextVar

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import CONF_FALLBACK_AGENT, DOMAIN, LOGGER
from .runtime import FunctionGemmaConfigEntry
from .trace import current

#: Entries of ours that have handed this very sentence over.
_ON_THE_WAY: ContextVar[frozenset[str]] = ContextVar(f"{DOMAIN}_handed_over", default=frozenset())


async def async_hand_over(
    hass: HomeAssistant,
    entry: FunctionGemmaConfigEntry,
    user_input: conversation.ConversationInput,
    chat_log: conversation.ChatLog,
) -> conversation.ConversationResult | None:
    """The fallback agent's answer, in the same conversation; None where nobody can be asked."""
    agent = entry.options.get(CONF_FALLBACK_AGENT)
    been = _ON_THE_WAY.get() | {entry.entry_id}
    if not agent or _entry_id(hass, agent) in been:
        return None
    if conversation.async_get_agent_info(hass, agent) is None:
        LOGGER.warning(
            "The fallback agent %s does not exist; choose another one, or none, in the options of "
            "%s",
            agent,
            entry.title,
        )
        return None
    trace = current()
    trace.handed_over = agent
    if trace.dry_run:
        return None
    token = _ON_THE_WAY.set(been)
    try:
        return await conversation.async_converse(
            hass,
            user_input.text,
            chat_log.conversation_id,
            user_input.context,
            user_input.language,
            agent,
            user_input.device_id,
            user_input.satellite_id,
            user_input.extra_system_prompt,
        )
    finally:
        _ON_THE_WAY.reset(token)


def _entry_id(hass: HomeAssistant, agent: str) -> str:
    """The entry an agent belongs to; agents are named by their entity, older ones by the entry."""
    entity = er.async_get(hass).async_get(agent)
    return (entity.config_entry_id if entity else None) or agent
