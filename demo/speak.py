"""One sentence, said to the agent: what it replied, did and changed, and how long that took."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant

from .language import guess_language
from .watch import Call, Watch


@dataclass
class Answer:
    """What came of a sentence."""

    text: str
    language: str
    reply: str
    calls: list[Call]
    changes: Mapping[str, tuple[str, str]]
    ms: float
    """From the text to the reply."""
    parts: dict[str, float] = field(default_factory=dict)
    """Milliseconds of `restore`, `prefill`, `decode` (in the worker), `worker` (all of it, with
    the pipes) and `executed` (from the text to the last call or change)."""

    def as_json(self) -> str:
        """One line of JSON, as `scripts/demo --help` describes it."""
        return json.dumps(
            {
                "text": self.text,
                "language": self.language,
                "calls": [call.as_dict() for call in self.calls],
                "changes": {key: list(change) for key, change in self.changes.items()},
                "reply": self.reply,
                "ms": round(self.ms, 1),
            },
            ensure_ascii=False,
        )


class Speaker:
    """Somebody who speaks to the agent."""

    def __init__(
        self, hass: HomeAssistant, agent_id: str, device_id: str, runtime: Any, language: str
    ) -> None:
        """`runtime`: the entry's, whose decoding is timed; `language`: a code or `auto`."""
        self.hass = hass
        self.agent_id = agent_id
        self.device_id = device_id
        self.language = language
        self._before: str | None = None
        self._asked: str | None = None
        """The conversation in which the agent has asked something back."""
        self._parts: dict[str, float] = {}
        self._time(runtime)

    async def async_prepare(self) -> None:
        """Have the house's prompt evaluated, as a satellite does when its wake word is heard."""
        agent = conversation.async_get_agent(self.hass, self.agent_id)
        if agent is not None:
            await agent.async_prepare(None if self.language == "auto" else self.language)

    async def async_say(self, text: str) -> Answer:
        """Say something, or answer what the agent asked, and wait until the house has done it."""
        language = self.language
        if language == "auto":
            language = self._before = guess_language(text, self._before)
        context = Context()
        watch = Watch(self.hass, context)
        watch.start()
        self._parts = {}
        began = time.perf_counter()
        try:
            result = await conversation.async_converse(
                self.hass,
                text,
                self._asked,
                context,
                language=language,
                agent_id=self.agent_id,
                device_id=self.device_id,
            )
            ms = (time.perf_counter() - began) * 1000
            # Scripts go on by themselves after they were started.
            await self.hass.async_block_till_done()
        finally:
            watch.stop()
        parts = dict(self._parts)
        if watch.last is not None:
            parts["executed"] = (watch.last - began) * 1000
        self._asked = result.conversation_id if result.continue_conversation else None
        return Answer(
            text,
            language,
            _speech(result),
            watch.calls,
            watch.changes(),
            ms,
            parts,
        )

    def _time(self, runtime: Any) -> None:
        """Note the worker's own timings of every sentence it decodes."""
        decode = runtime.async_decode

        async def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            decoded = await decode(*args, **kwargs)
            self._parts = {
                **decoded.timings,
                "worker": (time.perf_counter() - began) * 1000,
            }
            return decoded

        runtime.async_decode = timed


def _speech(result: conversation.ConversationResult) -> str:
    speech = result.response.speech.get("plain") or {}
    return str(speech.get("speech") or "")
