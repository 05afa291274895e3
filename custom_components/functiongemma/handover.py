"""Hands a sentence to the agent that answers what we cannot."""

from __future__ import annotations

from contextvars import ContextVar

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant

from .agent import Agent, async_agent_of
from .const import CONF_FALLBACK_AGENT, DOMAIN, LOGGER
from .trace import current

#: Agents of ours that have handed this very sentence over.
_ON_THE_WAY: ContextVar[frozenset[str]] = ContextVar(f"{DOMAIN}_handed_over", default=frozenset())


async def async_hand_over(
    hass: HomeAssistant,
    agent: Agent,
    user_input: conversation.ConversationInput,
    chat_log: conversation.ChatLog,
) -> conversation.ConversationResult | None:
    """The fallback agent's answer, in the same conversation; None where nobody can be asked."""
    other = agent.options.get(CONF_FALLBACK_AGENT)
    been = _ON_THE_WAY.get() | {agent.subentry_id}
    ours = async_agent_of(hass, other)
    if not other or (ours is not None and ours.subentry_id in been):
        return None
    if conversation.async_get_agent_info(hass, other) is None:
        LOGGER.warning(
            "The fallback agent %s does not exist; choose another one, or none, in the settings of "
            "%s",
            other,
            agent.title,
        )
        return None
    trace = current()
    trace.handed_over = other
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
            other,
            user_input.device_id,
            user_input.satellite_id,
            user_input.extra_system_prompt,
        )
    finally:
        _ON_THE_WAY.reset(token)
