"""What was done for the last sentences: what "undo that" and "the bedroom too" refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Final

from homeassistant.core import State
from homeassistant.helpers.chat_session import CONVERSATION_TIMEOUT

from .core.resolve import Action
from .execute import Outcome, Turn
from .groups import members

#: Seconds for which a sentence can be undone. Later, others may have seen to the devices.
UNDOABLE: Final = 600.0
#: Conversations and speakers that are remembered.
_MOST: Final = 64


@dataclass(frozen=True)
class Who:
    """Whose sentence it is."""

    conversation_id: str
    speaker: str | None = None
    """The satellite, the device, or the user; None when nobody knows."""

    @property
    def keys(self) -> tuple[str, ...]:
        """What their sentences are remembered by."""
        return tuple(key for key in (self.conversation_id, self.speaker) if key)


@dataclass(frozen=True)
class Sentence:
    """What was done for a sentence."""

    done: tuple[Action, ...]
    """With the entities for which it worked."""

    changes: tuple[Action, ...]
    """Those of `done` that were more than an answer."""

    before: Mapping[str, tuple[State, ...]]
    """States before, by entity id: its own, or those of all that a group stands for."""

    at: float = field(default_factory=monotonic)


def before(turn: Turn, actions: Iterable[Action]) -> dict[str, tuple[State, ...]]:
    """The present states of all entities that `actions` are for, by entity id.

    Of a group those of its members: put back itself, it would turn on all of them.
    """
    states = (state for action in actions for state in turn.states(action.entities))
    return {s.entity_id: tuple(members(turn.hass, s)) or (s,) for s in states}


def sentence(
    pairs: Sequence[tuple[Action, Outcome]], states: Mapping[str, tuple[State, ...]]
) -> Sentence | None:
    """What was done, from what came of the actions; None when nothing was."""
    done: list[Action] = []
    changes: list[Action] = []
    for action, outcome in pairs:
        if outcome.error is not None or outcome.question is not None:
            continue
        action = replace(action, entities=outcome.done or action.entities)
        done.append(action)
        if not (outcome.answer or action.function.name.startswith("home.")):
            changes.append(action)
    return Sentence(tuple(done), tuple(changes), states) if done else None


@dataclass
class History:
    """The last sentence of every conversation, and the last that changed something."""

    _last: dict[str, Sentence] = field(default_factory=dict)
    _changed: dict[str, Sentence] = field(default_factory=dict)

    def add(self, who: Who, said: Sentence) -> None:
        """Remember a sentence."""
        _put(self._last, who.conversation_id, said)
        if said.changes:
            for key in who.keys:
                _put(self._changed, key, said)

    def take_last(self, who: Who) -> Sentence | None:
        """The sentence just before this one in its conversation; it is asked for once."""
        last = self._last.pop(who.conversation_id, None)
        if last is None or monotonic() - last.at > CONVERSATION_TIMEOUT.total_seconds():
            return None
        return last

    def changed(self, who: Who) -> Sentence | None:
        """The last sentence of this conversation or speaker that changed something."""
        found = [self._changed[key] for key in who.keys if key in self._changed]
        newest = max(found, key=lambda said: said.at, default=None)
        return newest if newest and monotonic() - newest.at <= UNDOABLE else None

    def undone(self, sentence: Sentence) -> None:
        """What was put back once is not put back again."""
        self._changed = {key: said for key, said in self._changed.items() if said is not sentence}

    def forget(self, who: Who) -> None:
        """Somebody else answered, and nobody here knows what that did."""
        for key in who.keys:
            self._changed.pop(key, None)


def _put(rows: dict[str, Sentence], key: str, said: Sentence) -> None:
    rows.pop(key, None)
    rows[key] = said
    while len(rows) > _MOST:
        del rows[next(iter(rows))]
