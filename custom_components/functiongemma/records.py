"""How the latest sentences went, without what was said."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from homeassistant.core import callback

#: Sentences that are remembered.
_MOST: Final = 20


@dataclass(frozen=True)
class Record:
    """One sentence in numbers. Nothing in here tells what was said or which device was meant."""

    language: str
    """Language tag of the sentence."""

    decision: str
    """A `trace.Decision`."""

    functions: tuple[str, ...]
    """Functions that were called, or would have been."""

    confidence: float | None
    """0 to 1; None where the model was not asked."""

    candidates: int
    """Answers that the model considered."""

    timings: Mapping[str, float]
    """Milliseconds by part; `total` is from the sentence to the reply."""

    prompt_tokens: int | None
    turn_tokens: int | None

    error: str | None
    """Code of the error that the model's process met with."""

    dry_run: bool

    agent: str = ""
    """Id of the agent that was spoken to."""

    @property
    def latency(self) -> float:
        """Milliseconds from the sentence to the reply."""
        return self.timings["total"]


@dataclass
class Records:
    """The latest sentences of an entry, and who wants to know of a new one."""

    _records: deque[Record] = field(default_factory=lambda: deque(maxlen=_MOST))
    _listeners: list[Callable[[Record], None]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Record]:
        """The oldest first."""
        return iter(self._records)

    @property
    def latest(self) -> Record | None:
        """The last sentence that was not a dry run."""
        return self.latest_of(None)

    def latest_of(self, agent: str | None) -> Record | None:
        """The last one that was said to `agent`; None: to any."""
        found = (r for r in reversed(self._records) if agent is None or r.agent == agent)
        return next((r for r in found if not r.dry_run), None)

    @callback
    def async_add(self, record: Record) -> None:
        """Remember a sentence and tell the listeners."""
        self._records.append(record)
        for listener in tuple(self._listeners):
            listener(record)

    @callback
    def async_listen(self, listener: Callable[[Record], None]) -> Callable[[], None]:
        """Call `listener` with every new record; returns the way to stop."""
        self._listeners.append(listener)

        @callback
        def stop() -> None:
            self._listeners.remove(listener)

        return stop
