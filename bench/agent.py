"""A sentence's way from its text to the calls, as the agent goes it, with a clock at every station.

What the agent does besides is not in here: Home Assistant's own part before (the home from the
states) and after (the actions); `scripts/demo --time` measures those.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from homeassistant.core import HomeAssistant

from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Where, choose
from custom_components.functiongemma.core.work import Work
from custom_components.functiongemma.runtime import Runtime

#: Seconds a sentence may take; the agent's own patience would end a measurement on a slow machine.
_DEADLINE = 300.0


@dataclass(frozen=True)
class Sample:
    """One sentence, said once."""

    text: str
    calls: tuple[str, ...]
    milliseconds: float
    """From the text to the calls."""

    parts: dict[str, float]
    """Milliseconds of functions (which ones there are), restore, prefill, decode, worker (the rest
    of it: pipes, and the evaluation of a home that it does not know) and choose, which add up to
    all; and once more all of it as llama (inside `llama_decode`) and python (everything else)."""

    work: Work


class Agent:
    """One worker, asked about one home after the other."""

    def __init__(self, runtime: Runtime) -> None:
        """`runtime` has been started."""
        self.runtime = runtime

    @classmethod
    @contextlib.asynccontextmanager
    async def start(cls, folder: Path, model: Path, threads: int) -> AsyncIterator[Agent]:
        """An agent whose worker ends with the context; `folder` keeps its snapshots.

        Raises what `Runtime.async_start` raises.
        """
        hass = HomeAssistant(str(folder))
        runtime = Runtime(hass, model, threads)
        try:
            await runtime.async_start()
            yield cls(runtime)
        finally:
            await runtime.async_stop()
            await hass.async_stop(force=True)

    async def prepare(self, home: Home) -> float:
        """Have `home` evaluated in the background, as after a change; milliseconds."""
        began = time.perf_counter()
        await self.runtime.async_prewarm(home, functions_for(home))
        return _since(began)

    async def understand(self, home: Home, text: str) -> Sample:
        """What `text` means in `home`, the model's answer and not one that is remembered.

        Raises what `Runtime.async_decode` raises.
        """
        self.runtime.forget_answers()
        return await self._ask(home, text)

    async def again(self, home: Home, text: str) -> float:
        """Milliseconds of a sentence that was said before, word for word."""
        return (await self._ask(home, text)).milliseconds

    async def _ask(self, home: Home, text: str) -> Sample:
        began = time.perf_counter()
        functions = functions_for(home)
        found_out = time.perf_counter()
        decoded = await self.runtime.async_decode(home, functions, text, deadline=_DEADLINE)
        answered = time.perf_counter()
        found = [(answer.calls, math.exp(answer.logprob)) for answer in decoded.answers]
        choice = choose(home, found, Where(said=text), mass=decoded.mass)
        total = _since(began)
        parts = {
            "functions": (found_out - began) * 1000,
            **{part: decoded.timings[part] for part in ("restore", "prefill", "decode")},
            "choose": _since(answered),
        }
        parts["worker"] = total - sum(parts.values())
        parts["llama"] = decoded.work.milliseconds
        parts["python"] = total - parts["llama"]
        calls = tuple(item.call.name for item in choice.resolved)
        return Sample(text, calls, total, parts, decoded.work)


def _since(began: float) -> float:
    """Milliseconds from a `time.perf_counter()` to now."""
    return (time.perf_counter() - began) * 1000
