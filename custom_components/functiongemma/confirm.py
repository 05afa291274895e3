"""A second question before anything lets somebody in, or water out: "Unlock the front door?"

All calls of such a sentence wait for the answer, the harmless ones too. Who says "turn on the
light and unlock the door" hears one question and gives one answer; half of it done and half of it
waiting would have to be told apart in the reply, and after a "no" nobody could say what has
happened. The question names what is asked about and nothing else.

What is confirmed is bound to the very devices that were named, whatever is renamed or moved before
the answer comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from time import monotonic
from typing import Final

from homeassistant.core import State

from .core.calls import FunctionCall
from .core.functions import TARGET_PARAMETERS
from .core.home import Entity
from .core.resolve import Action
from .execute import Outcome, Turn
from .execute.alarm import wants_code
from .execute.speech import join, spoken_names
from .phrases import Phrases
from .phrases.words import after, fitting, made_of, squeezed, starts

#: Seconds for which "yes" is an answer. Longer, and it may be said to somebody else.
PATIENCE: Final = 120.0
#: Wrong PINs until the whole sentence has to be said again.
TRIES: Final = 3
#: What the PIN stands as, in the chat log.
HIDDEN: Final = "••••"

#: Covers that are ways into the house.
ENTRANCES: Final = ("door", "garage", "gate")

#: Function to the question, where it always opens something.
_OPENS: Final = {
    "lock.unlock": "confirm_unlock",
    "lock.open": "confirm_open",
    "alarm_control_panel.alarm_disarm": "confirm_disarm",
    "cover.open_cover": "confirm_open",
    "valve.open_valve": "confirm_open",
}
#: Functions that open or close, as it is or as they are told.
_MOVES: Final = ("cover.toggle", "cover.set_cover_position", "valve.set_valve_position")


def dangerous(turn: Turn, action: Action) -> tuple[str, tuple[Entity, ...]]:
    """The key of the question to ask first, and the entities it is about; none: just do it."""
    name = action.function.name
    if name not in _OPENS and name not in _MOVES:
        return "", ()
    found = [e for e in action.entities if e.domain != "cover" or e.device_class in ENTRANCES]
    if name == "alarm_control_panel.alarm_disarm" and wants_code(turn, found, disarm=True):
        return "", ()  # it will be refused, so there is nothing to confirm
    if name in _MOVES:
        states = {state.entity_id: state for state in turn.states(found)}
        found = [e for e in found if _would_open(states.get(e.entity_id), action)]
    return _OPENS.get(name, "confirm_open"), tuple(found)


def _would_open(state: State | None, action: Action) -> bool:
    """Whether a cover or valve would be further open than it is."""
    if state is None:
        return True
    wanted = action.data.get("position")
    if not isinstance(wanted, (int, float)):
        return state.state != "open"
    now = state.attributes.get("current_position")
    return wanted > (now if isinstance(now, (int, float)) else 0)


def bound(action: Action) -> FunctionCall:
    """The call, for the very entities it means now."""
    if not action.entities or action.function.everywhere:
        return action.call
    rest = {k: v for k, v in action.call.arguments.items() if k not in TARGET_PARAMETERS}
    return FunctionCall(
        action.call.name, {**rest, "entity_id": [e.entity_id for e in action.entities]}
    )


@dataclass(frozen=True)
class Waiting:
    """What is done after "yes"."""

    calls: tuple[FunctionCall, ...]
    question: str
    """What was asked, without the PIN."""

    restore: tuple[State, ...] = ()
    """States that are put back as well."""

    undoes: bool = False
    """Whether this takes back a sentence."""

    asked: float = field(default_factory=monotonic)
    wrong: int = 0
    """PINs that were wrong."""


class Answer(Enum):
    """What a sentence answers to the question."""

    YES = auto()
    NO = auto()
    NO_PIN = auto()
    """Yes, but the PIN is missing."""
    WRONG_PIN = auto()
    """Another PIN, or this one among words that are not about it."""
    ANOTHER = auto()
    """Nothing; it is a sentence of its own."""


def understand(text: str, phrases: Phrases, pin: str) -> Answer:
    """What `text` answers; `pin`: the digits that have to be in it, or empty."""
    words = (*phrases.yes, *phrases.polite, *phrases.pin)
    if made_of(text, phrases.no, phrases.polite):
        return Answer.NO
    if made_of(text, phrases.yes, phrases.polite):
        return Answer.NO_PIN if pin else Answer.YES
    if not pin:
        return Answer.ANOTHER
    if _spells(text, phrases, pin, words):
        return Answer.YES
    digits = [*"0123456789", *(word for row in phrases.digits for word in row)]
    # The PIN among other words is no answer either, but such a sentence must not be passed on. It
    # counts as a try, or it would tell who tries many which of them was right.
    if made_of(text, digits, words) or _contains(text, phrases, pin):
        return Answer.WRONG_PIN
    return Answer.ANOTHER


def _rows(said: str, phrases: Phrases) -> list[list[str]]:
    """The ways to write each digit."""
    return [[str(n), *fitting(said, row)] for n, row in enumerate(phrases.digits)]


def _spells(text: str, phrases: Phrases, pin: str, words: Sequence[str]) -> bool:
    """Whether `text` is the digits of `pin`, in order, and otherwise nothing but `words`.

    Some words are a digit and something else (Korean 이), so all readings are tried.
    """
    said = squeezed(text)
    rows, others = _rows(said, phrases), fitting(said, words)
    reached = {(0, 0)}
    todo = [(0, 0)]
    while todo:
        at, known = todo.pop()
        steps = [(word, known) for word in others]
        if known < len(pin):
            steps += [(word, known + 1) for word in rows[int(pin[known])]]
        for word, then in steps:
            end = after(said, at, word)
            if end is not None and (state := (end, then)) not in reached:
                reached.add(state)
                todo.append(state)
    return (len(said), len(pin)) in reached


def _contains(text: str, phrases: Phrases, pin: str) -> bool:
    """Whether the digits of `pin` stand in `text`, one after the other."""
    said = squeezed(text)
    rows = _rows(said, phrases)
    ends = set(starts(said))
    for digit in pin:
        ends = {end for at in ends for w in rows[int(digit)] if (end := after(said, at, w))}
    return bool(ends)


@dataclass
class Confirmations:
    """Questions that wait for a yes, by conversation."""

    _waiting: dict[str, Waiting] = field(default_factory=dict)

    def ask(
        self, turn: Turn, conversation_id: str, waiting: Waiting, pin: str, *, wrong: bool = False
    ) -> Outcome:
        """Ask, and keep what is asked about; in place of any older question."""
        now = monotonic()
        self._waiting = {
            key: other for key, other in self._waiting.items() if now - other.asked < PATIENCE
        }
        self._waiting[conversation_id] = replace(waiting, asked=now)
        parts = [turn.replies.say("wrong_pin") if wrong else waiting.question]
        if pin:
            parts.append(turn.replies.say("ask_pin"))
        return Outcome(join(parts), asks=True)

    def take(self, conversation_id: str) -> Waiting | None:
        """What waits for this sentence; it waits for one only."""
        waiting = self._waiting.pop(conversation_id, None)
        if waiting is None or monotonic() - waiting.asked >= PATIENCE:
            return None
        return waiting


def question(turn: Turn, actions: Sequence[Action]) -> str:
    """What is asked before `actions`; empty where nothing has to be."""
    asked: dict[str, list[Entity]] = {}
    for action in actions:
        key, entities = dangerous(turn, action)
        if entities:
            asked.setdefault(key, []).extend(entities)
    return join([
        turn.replies.say(key, names=turn.replies.names(spoken_names(entities), "and"))
        for key, entities in asked.items()
    ])  # fmt: skip
