"""Calls made as tool calls of a chat log's LLM API."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.util.ulid import ulid_now

from .api_tools import async_guarded
from .const import DOMAIN
from .core.calls import FunctionCall
from .progress import async_answered, async_called
from .trace import current


async def async_call_tools(
    hass: HomeAssistant,
    chat_log: conversation.ChatLog,
    agent_id: str,
    calls: Sequence[FunctionCall],
) -> list[conversation.ToolResultContent]:
    """Make the calls, all at once, through the chat log: debug view and traces see them.

    The chat log has an LLM API. Returns a result for each call, in their order.
    """
    content = conversation.AssistantContent(
        agent_id=agent_id,
        tool_calls=[
            llm.ToolInput(call.name, dict(call.arguments), id=ulid_now()) for call in calls
        ],
    )
    assert chat_log.llm_api is not None and content.tool_calls is not None
    current().carry_out(chat_log.llm_api.tools)
    async_called(chat_log, content.tool_calls)
    tasks: dict[str, asyncio.Task[Any]] = {
        tool_input.id: hass.async_create_task(
            async_guarded(chat_log.llm_api, tool_input), f"{DOMAIN} {tool_input.tool_name}"
        )
        for tool_input in content.tool_calls
    }
    made = []
    async for item in chat_log.async_add_assistant_content(content, tool_call_tasks=tasks):
        async_answered(chat_log, item)
        made.append(item)
    return made
