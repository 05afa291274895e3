"""One sentence's surroundings, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.home import Entity, Home
from ..core.resolve import Where
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

    def spoken(self, entity: Entity, among: tuple[Entity, ...]) -> str:
        """The entity's name, with its area where the name alone does not tell it apart."""
        same = [other for other in among if other.name.casefold() == entity.name.casefold()]
        if len(same) > 1 and entity.area:
            return f"{entity.name} ({entity.area})"
        return entity.name


@dataclass(frozen=True)
class Outcome:
    """What became of a call."""

    speech: str
    done: tuple[Entity, ...] = ()
    failed: tuple[Entity, ...] = ()
    question: bool = False
    """Whether the speech asks something back."""
    error: IntentResponseErrorCode | None = None
