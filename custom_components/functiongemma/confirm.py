"""A second question before anything lets somebody in, or water out: "Unlock the front door?"

All calls of such a sentence wait for the answer, the harmless ones too. Who says "turn on the
light and unlock the door" hears one question and gives one answer; half of it done and half of it
waiting would have to be told apart in the reply, and after a "no" nobody could say what has
happened. The question names what is asked about and nothing else.

What is confirmed is bound to the very devices that were named, whatever is renamed or moved before
the answer comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from time import monotonic
from typing import Final

from .core.calls import FunctionCall
from .core.functions import TARGET_PARAMETERS
from .core.home import Entity
from .core.resolve import Action, Ambiguous, Resolved
from .execute import Outcome, Turn
from .execute.alarm import wants_code
from .execute.speech import join, spoken_names
from .exposure import async_build_home
from .history import Sentence
from .openings import Opened, opened_by_action
from .phrases import Phrases
from .phrases.words import after, fitting, made_of, squeezed, starts
from .undo import Back

#: Seconds for which "yes" is an answer. Longer, and it may be said to somebody else.
PATIENCE: Final = 120.0
#: Wrong PINs until the whole sentence has to be said again.
TRIES: Final = 3
#: Digits of a PIN at least.
SHORTEST: Final = 4
#: What the PIN stands as, in the chat log.
HIDDEN: Final = "••••"


def opened(turn: Turn, actions: Iterable[Action]) -> Opened:
    """What `actions` open: nothing of it may happen without a yes."""
    found: Opened = {}
    for action in actions:
        domain, _, name = action.function.name.partition(".")
        if action.function.name == "alarm_control_panel.alarm_disarm" and wants_code(
            turn, action.entities, disarm=True
        ):
            continue  # it will be refused, so there is nothing to confirm
        data = {**action.data, "entity_id": [e.entity_id for e in action.entities]}
        if action.entities:
            found |= opened_by_action(turn.hass, domain, name, data, action.entities[0].name)
    return found


def may_open(turn: Turn, resolved: Iterable[Resolved]) -> bool:
    """Whether these open something, or would when it is known which one is meant."""
    for item in resolved:
        if isinstance(item, (Action, Ambiguous)):
            domain, _, name = item.function.name.partition(".")
            entities = item.entities if isinstance(item, Action) else item.candidates
            data = {**item.call.arguments, "entity_id": [e.entity_id for e in entities]}
            if entities and opened_by_action(turn.hass, domain, name, data, entities[0].name):
                return True
    return False


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

    restore: tuple[Back, ...] = ()
    """What is put back as well."""

    undoes: Sentence | None = None
    """The sentence that this takes back."""

    opens: frozenset[str] = frozenset()
    """What was asked about, where the calls do not say it."""

    said: str = ""
    """The sentence because of which it was asked."""

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
    words = _around(phrases)
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


def is_late(text: str, phrases: Phrases, pin: str) -> bool:
    """Whether `text` is digits, as many as a PIN has, and nothing else, whatever it may answer.

    The PIN or another one: who tries many is not to hear which of them was right.
    """
    said = squeezed(text)
    digits = [word for row in _rows(said, phrases) for word in row]
    steps = [(word, 1) for word in digits]
    steps += [(word, 0) for word in fitting(said, _around(phrases))]
    reached = {(0, 0)}
    todo = [(0, 0)]
    while todo:
        at, known = todo.pop()
        for word, counts in steps:
            end = after(said, at, word)
            state = (end or 0, min(known + counts, SHORTEST))
            if end is not None and state not in reached:
                reached.add(state)
                todo.append(state)
    return bool(pin) and (len(said), SHORTEST) in reached


def hidden(text: str, phrases: Phrases, pin: str) -> str:
    """A sentence as it may be kept: nothing of it where the PIN is in it."""
    return HIDDEN if pin and _contains(text, phrases, pin) else text


def _around(phrases: Phrases) -> tuple[str, ...]:
    """Words that may stand around a PIN."""
    return (*phrases.yes, *phrases.polite, *phrases.pin)


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
        text = turn.replies.say("wrong_pin") if wrong else waiting.question
        return Outcome(spoken(turn, text, pin), asks=True)

    def take(self, conversation_id: str) -> Waiting | None:
        """What waits for this sentence; it waits for one only."""
        waiting = self._waiting.pop(conversation_id, None)
        if waiting is None or monotonic() - waiting.asked >= PATIENCE:
            return None
        return waiting


def spoken(turn: Turn, text: str, pin: str) -> str:
    """A question, or what was wrong with its answer, and what has to be said next."""
    return join([text, turn.replies.say("ask_pin")]) if pin else text


def question(turn: Turn, things: Opened) -> str:
    """What is asked before `things` are opened; empty where nothing is."""
    home = {entity.entity_id: entity for entity in async_build_home(turn.hass).entities}
    asked: dict[str, list[Entity]] = {}
    for thing, key in things.items():
        state = turn.hass.states.get(thing)
        known = home.get(thing) or Entity(thing, state.name if state is not None else thing)
        asked.setdefault(key, []).append(known)
    return join([
        turn.replies.say(key, names=turn.replies.names(spoken_names(entities), "and"))
        for key, entities in asked.items()
    ])  # fmt: skip
