"""What is considered and called, told while it happens.

It goes where Home Assistant sends the progress of any agent: into the debug view of a pipeline's
run, and behind "Show details" in Assist. What is considered does not become part of the
conversation, where a fallback agent would read it.
"""

from __future__ import annotations

from typing import Any

from homeassistant.components import conversation
from homeassistant.core import callback
from homeassistant.helpers import llm

from .report import summary
from .trace import Trace


@callback
def async_considered(chat_log: conversation.ChatLog, trace: Trace) -> None:
    """The model has answered."""
    if text := summary(trace):
        _tell(chat_log, {"role": "assistant", "thinking_content": text})


@callback
def async_called(chat_log: conversation.ChatLog, calls: list[llm.ToolInput]) -> None:
    """Tools are called."""
    _tell(chat_log, {"role": "assistant", "tool_calls": calls})


@callback
def async_answered(chat_log: conversation.ChatLog, content: conversation.ToolResultContent) -> None:
    """A tool has answered."""
    _tell(chat_log, content.as_dict())


def _tell(chat_log: conversation.ChatLog, delta: dict[str, Any]) -> None:
    if chat_log.delta_listener is not None:
        chat_log.delta_listener(chat_log, delta)
