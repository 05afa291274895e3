"""One sentence's surroundings, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from homeassistant.core import Context, HomeAssistant, State
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.home import Entity, Home
from ..core.resolve import Ambiguous, Where
from ..replies import Replies


@dataclass(frozen=True)
class Turn:
    """What calls of one sentence need to know."""

    hass: HomeAssistant
    home: Home
    where: Where
    replies: Replies
    context: Context | None
    device_id: str | None = None
    """The device that was spoken to."""

    dry_run: bool = False
    """Whether calls are only looked at, and nothing is carried out."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """What became of each call, by the call's id."""

    def states(self, entities: Iterable[Entity]) -> list[State]:
        """The present states of those entities that have one."""
        return [s for e in entities if (s := self.hass.states.get(e.entity_id)) is not None]


@dataclass(frozen=True)
class Outcome:
    """What became of a call."""

    speech: str
    done: tuple[Entity, ...] = ()
    failed: tuple[Entity, ...] = ()
    question: Ambiguous | None = None
    """What the speech asks back about."""
    error: IntentResponseErrorCode | None = None
    answer: bool = False
    """Whether this answers a question and has changed nothing."""
    asks: bool = False
    """Whether the speech is a question that the next sentence may answer."""
