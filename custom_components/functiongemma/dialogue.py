"""What a sentence means because of the ones before it, and what it needs before it is done.

An answer to a question of ours, "undo that", or a follow-up is understood here, without the model;
and what lets somebody in is asked about before anything is done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from homeassistant.helpers.intent import IntentResponseErrorCode

from . import confirm, history, undo
from .agent import Agent
from .confirm import Answer, Confirmations, Waiting
from .const import CONF_CONFIRM, CONF_PIN
from .core.calls import FunctionCall
from .core.resolve import Action, resolve
from .execute import Outcome, Turn
from .followup import follow
from .history import History, Sentence, Who
from .openings import Opened
from .pending import Questions
from .phrases import Phrases, async_get_phrases
from .trace import current

#: Makes calls, all at once; what became of each, in their order.
CarryOut = Callable[[Turn, Sequence[FunctionCall]], Awaitable[list[Outcome]]]


@dataclass(frozen=True)
class Heard:
    """What a sentence means."""

    calls: tuple[FunctionCall, ...] = ()
    restore: tuple[undo.Back, ...] = ()
    """What is put back."""

    outcomes: tuple[Outcome, ...] = ()
    """What is to be said besides."""

    agreed: frozenset[str] = frozenset()
    """What may be opened because of it, where the calls do not say it."""

    undoes: Sentence | None = None
    """The sentence it takes back; it is none to be taken back itself then."""

    said: str = ""
    """The sentence that this one answers a question about; empty: none."""

    secret: bool = False
    """Whether a PIN may be in the sentence."""


@dataclass
class Dialogue:
    """All that one agent remembers, by conversation; in memory only."""

    agent: Agent
    """Whose options say what is asked."""

    _questions: Questions = field(default_factory=Questions)
    _confirmations: Confirmations = field(default_factory=Confirmations)
    _history: History = field(default_factory=History)

    @property
    def _pin(self) -> str:
        pin: str = self.agent.options.get(CONF_PIN) or ""
        return pin

    async def async_hear(self, turn: Turn, who: Who, language: str) -> Heard | None:
        """What a sentence means that needs no model; None when the model has to be asked."""
        phrases = await async_get_phrases(turn.hass, language)
        text = turn.where.said
        last = self._history.take_last(who)
        if (heard := await self.async_answer(turn, who, language)) is not None:
            return heard
        fillers = turn.replies.own["fillers"]
        chosen = self._questions.answer(who.conversation_id, text, fillers, phrases)
        if chosen is not None:
            calls, said = chosen
            return Heard(tuple(calls), said=said) if calls else _dropped(turn)
        if undo.is_said(text, phrases):
            return self._undo(turn, who)
        if last and (follows := follow(turn, text, phrases, last, fillers.split())):
            return Heard(follows)
        return None

    async def async_answer(self, turn: Turn, who: Who, language: str) -> Heard | None:
        """What a sentence means as the answer to "Unlock the front door?"; None: it is none."""
        waiting = self._confirmations.take(who.conversation_id)
        phrases = await async_get_phrases(turn.hass, language)
        if waiting is not None:
            return self._answered(turn, who, phrases, waiting)
        if confirm.is_late(turn.where.said, phrases, self._pin):
            # Too late, or once too often. The model and other agents are not to hear it.
            late = Outcome(
                turn.replies.say("nothing"), error=IntentResponseErrorCode.NO_INTENT_MATCH
            )
            return Heard(outcomes=(late,), secret=True)
        return None

    def _answered(self, turn: Turn, who: Who, phrases: Phrases, waiting: Waiting) -> Heard | None:
        """What is done after our question; None when the sentence is no answer to it."""
        answer = confirm.understand(turn.where.said, phrases, self._pin)
        secret = bool(self._pin)
        if answer is Answer.YES:
            return Heard(
                waiting.calls,
                waiting.restore,
                agreed=waiting.opens,
                undoes=waiting.undoes,
                said=confirm.hidden(waiting.said, phrases, self._pin),
                secret=secret,
            )
        if answer is Answer.NO:
            return _dropped(turn)
        if answer is Answer.ANOTHER:
            return None
        wrong = answer is Answer.WRONG_PIN
        waiting = replace(waiting, wrong=waiting.wrong + wrong)
        if waiting.wrong >= confirm.TRIES:
            text = turn.replies.say("too_many_pins")
            refused = Outcome(text, error=IntentResponseErrorCode.FAILED_TO_HANDLE)
            return Heard(outcomes=(refused,), secret=secret)
        asked = self._confirmations.ask(turn, who.conversation_id, waiting, self._pin, wrong=wrong)
        return Heard(outcomes=(asked,), secret=secret)

    def _undo(self, turn: Turn, who: Who) -> Heard:
        said = self._history.changed(who)
        if said is None:
            text = turn.replies.say("nothing_to_undo")
            nothing = Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)
            return Heard(outcomes=(nothing,))
        found = undo.plan(turn, said)
        return Heard(found.calls, found.states, tuple(undo.kept(turn, found)), undoes=said)

    async def async_act(
        self, turn: Turn, who: Who, heard: Heard, carry_out: CarryOut
    ) -> list[Outcome]:
        """Do what was heard, or ask first; what came of it."""
        resolved = [resolve(turn.home, call, turn.where) for call in heard.calls]
        actions = [item for item in resolved if isinstance(item, Action)]
        bound = tuple(confirm.bound(r) if isinstance(r, Action) else r.call for r in resolved)
        opened = self._unagreed(heard, confirm.opened(turn, actions))
        if asked := self._ask(turn, who, replace(heard, calls=bound), opened):
            return [*heard.outcomes, asked]
        before = history.before(turn, actions)
        if heard.undoes:
            self._history.undone(heard.undoes)
        restored = await undo.async_restore(turn, heard.restore)
        made = await carry_out(turn, heard.calls) if heard.calls else []
        questions = [outcome.question for outcome in made if outcome.question]
        self._questions.ask(who.conversation_id, questions, heard.said or turn.where.said)
        pairs = [
            (item, outcome)
            for item, outcome in zip(resolved, made, strict=True)
            if isinstance(item, Action)
        ]
        if not heard.undoes and (done := history.sentence(pairs, before)) is not None:
            self._history.add(who, done)
        current().put_back(restored)
        return [*restored, *made, *heard.outcomes]

    def ask_first(self, turn: Turn, who: Who, heard: Heard, opened: Opened) -> Outcome | None:
        """The question before tools of another LLM API open these; None: call them."""
        return self._ask(turn, who, heard, self._unagreed(heard, opened))

    def would_ask_about(self, turn: Turn, calls: Sequence[FunctionCall]) -> str:
        """What would be asked before these calls of home functions; empty: nothing."""
        resolved = [resolve(turn.home, call, turn.where) for call in calls]
        actions = [item for item in resolved if isinstance(item, Action)]
        return self.would_ask(turn, confirm.opened(turn, actions))

    def may_open(self, turn: Turn, answers: Iterable[Sequence[FunctionCall]]) -> bool:
        """Whether one of these answers is, or may be, to open what is asked about first."""
        return self.agent.options.get(CONF_CONFIRM, True) and any(
            confirm.may_open(turn, [resolve(turn.home, call, turn.where) for call in calls])
            for calls in answers
        )

    def would_ask(self, turn: Turn, opened: Opened) -> str:
        """What would be asked before these are opened; empty: nothing."""
        if not self.agent.options.get(CONF_CONFIRM, True):
            return ""
        question = confirm.question(turn, opened)
        return confirm.spoken(turn, question, self._pin) if question else ""

    def _unagreed(self, heard: Heard, opened: Opened) -> Opened:
        """Yes was for what was named, not for what else would be opened by now."""
        return {} if opened.keys() <= heard.agreed else opened

    def _ask(self, turn: Turn, who: Who, heard: Heard, opened: Opened) -> Outcome | None:
        if not self.would_ask(turn, opened):
            return None
        waiting = Waiting(
            heard.calls,
            confirm.question(turn, opened),
            heard.restore,
            heard.undoes,
            frozenset(opened),
            heard.said or turn.where.said,
        )
        return self._confirmations.ask(turn, who.conversation_id, waiting, self._pin)

    def forget(self, who: Who) -> None:
        """Another agent has answered: what was done before is not the last any more."""
        self._history.forget(who)

    def redacted(self, text: str) -> str:
        """A sentence as it may be logged: without the PIN."""
        return text.replace(self._pin, confirm.HIDDEN) if self._pin else text


def _dropped(turn: Turn) -> Heard:
    return Heard(outcomes=(Outcome(turn.replies.say("never_mind")),))
