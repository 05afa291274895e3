"""Around every sentence: begins its trace, and tells those who look in how it went."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any

from homeassistant.components import conversation
from homeassistant.const import ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import Context, callback

from .const import ATTR_CALLS, ATTR_ENTITIES, ATTR_FUNCTION, ATTR_SENTENCE, DOMAIN, EVENT_ACTED
from .report import findings
from .trace import CURRENT, Trace

if TYPE_CHECKING:
    from .conversation import FunctionGemmaAgent

type _Handle = Callable[
    [FunctionGemmaAgent, conversation.ConversationInput, conversation.ChatLog],
    Awaitable[conversation.ConversationResult],
]


@dataclass
class Asked:
    """Somebody wants the traces of one sentence."""

    context: Context
    """The sentence's: what it sets off elsewhere in the house has others."""

    dry_run: bool = False

    area: str | None = None
    """Name of the area to take for the speaker's."""

    traces: list[Trace] = field(default_factory=list)
    """The first agent's first; another one is a fallback agent that is ours as well."""


_ASKED: ContextVar[Asked | None] = ContextVar(f"{DOMAIN}_asked", default=None)


@contextmanager
def asking(asked: Asked) -> Iterator[Asked]:
    """Within it, sentences of that context are traced for whoever asks."""
    token = _ASKED.set(asked)
    try:
        yield asked
    finally:
        _ASKED.reset(token)


def traced(handle: _Handle) -> Callable[..., Any]:
    """Decorate the agent's handling of a sentence: it gets a trace, and what comes of that."""

    @wraps(handle)
    async def handle_traced(
        self: FunctionGemmaAgent,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
    ) -> conversation.ConversationResult:
        # Unloading the entry meanwhile takes the runtime away from it.
        records = self.entry.runtime_data.records
        trace = _begin(self, user_input)
        began = time.perf_counter()
        token = CURRENT.set(trace)
        try:
            result = await handle(self, user_input, chat_log)
        finally:
            CURRENT.reset(token)
        trace.timings["total"] = (time.perf_counter() - began) * 1000
        trace.reply = (result.response.speech.get("plain") or {}).get("speech") or ""
        _async_tell(self, trace, user_input.context)
        records.async_add(trace.record())
        return result

    return handle_traced


def _begin(agent: FunctionGemmaAgent, user_input: conversation.ConversationInput) -> Trace:
    trace = Trace(user_input.text, user_input.language, agent=agent.agent.subentry_id)
    asked = _ASKED.get()
    # Not by the variable alone: tasks inherit it, also those of automations that are set off.
    if asked is not None and asked.context is user_input.context:
        trace.dry_run, trace.area = asked.dry_run, asked.area
        asked.traces.append(trace)
    return trace


@callback
def _async_tell(agent: FunctionGemmaAgent, trace: Trace, context: Context) -> None:
    """Tell the debug view what was considered, and the logbook what was done."""
    conversation.async_conversation_trace_append(
        conversation.ConversationTraceEventType.AGENT_DETAIL, findings(trace)
    )
    if not trace.acts:
        return
    calls = [
        {
            ATTR_FUNCTION: step.call.name,
            ATTR_ENTITIES: [entity.entity_id for entity in step.outcome.done],
        }
        for step in trace.acts
        if step.outcome is not None
    ]
    state = agent.hass.states.get(agent.entity_id)
    data = {
        ATTR_NAME: state.name if state else agent.agent.title,
        ATTR_ENTITY_ID: agent.entity_id,
        # What was wanted, not the yes to it.
        ATTR_SENTENCE: trace.answers or trace.text,
        ATTR_CALLS: calls,
    }
    agent.hass.bus.async_fire(EVENT_ACTED, data, context=context)
