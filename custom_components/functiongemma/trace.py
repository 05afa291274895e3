"""What happens to a sentence, written down on its way for whoever looks into it.

The agent, the runtime and the handing over write into the `current` trace. It ends with the
sentence: the action `ask` takes it for its response, the debug view gets its candidates, the
logbook what was done, and a `Record` without any words is all that is kept.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from homeassistant.helpers import llm

from .const import DOMAIN
from .core.calls import FunctionCall
from .core.decode import Decoded
from .core.errors import CoreError
from .core.functions import Function
from .core.home import Home
from .core.resolve import Ambiguous, Failed, Resolved
from .core.tokens import Segment
from .records import Record

if TYPE_CHECKING:
    from .execute import Outcome


#: Share of all answers from which one may be what was meant.
_LIKELY: Final = 0.2


class Decision(StrEnum):
    """What the agent made of a sentence; of a dry run: what it would make of it."""

    ACT = "act"
    ANSWER = "answer"
    """A question about the home was answered."""
    ASK = "ask"
    """It asked back: which device is meant, or whether it really shall."""
    FAIL = "fail"
    """It could not be done: no such device, or the device did not respond."""
    UNSURE = "unsure"
    """Below the threshold."""
    NOTHING = "nothing"
    """The model has nothing to call."""
    HAND_OVER = "hand_over"
    """The fallback agent answered."""
    BROKEN = "broken"
    """The model's process failed."""
    NOT_ASKED = "not_asked"
    """The model never saw it: empty, or too long."""


@dataclass(frozen=True)
class Seen:
    """What the model was given to read."""

    home: Home
    functions: tuple[Function, ...]
    turn: str | Sequence[Segment]
    """The sentence, or all segments after the static prompt."""
    text: str = ""
    """Developer text of another LLM API."""


@dataclass(frozen=True)
class Step:
    """One call of the chosen answer."""

    call: FunctionCall
    resolved: Resolved | None = None
    """What it comes to in this home; None for the tools of other LLM APIs."""
    outcome: Outcome | None = None
    """What became of it; None where nothing was tried."""
    reads: bool = False
    """Whether it tells something and changes nothing."""

    @property
    def decision(self) -> Decision:
        """What this call is, or would be."""
        done = self.outcome
        if isinstance(self.resolved, Ambiguous) or (done and done.question):
            return Decision.ASK
        if isinstance(self.resolved, Failed) or (done and done.error):
            return Decision.FAIL
        return Decision.ANSWER if self.reads or (done and done.answer) else Decision.ACT


@dataclass
class Trace:
    """One sentence, from what was said to what came of it."""

    text: str = ""
    answers: str = ""
    """The sentence about which something was asked, where this one answers it; empty: none."""
    language: str = ""
    dry_run: bool = False
    agent: str = ""
    """Id of the agent that was spoken to."""
    area: str | None = None
    """The area to take for the speaker's; None: where the device is that was spoken to."""

    seen: Seen | None = None
    decoded: Decoded | None = None
    confidence: float | None = None
    """Of the chosen answer, 0 to 1."""
    steps: tuple[Step, ...] = ()
    called: bool = False
    """Whether the chosen answer was carried out; of a dry run: would have been."""
    confirmation: str | None = None
    """The question before something is opened; of a dry run: what it would be."""
    handed_over: str | None = None
    """The fallback agent that was asked, or would have been."""
    error: CoreError | None = None
    reply: str = ""
    timings: dict[str, float] = field(default_factory=dict)
    """Milliseconds: `understand` (waiting for the model and all its work), `total`."""

    @contextmanager
    def understanding(self, seen: Seen) -> Iterator[Trace]:
        """Around asking the model."""
        began = time.perf_counter()
        self.seen, self.error = seen, None
        try:
            yield self
        except CoreError as err:
            self.error = err
            raise
        finally:
            self.timings["understand"] = (time.perf_counter() - began) * 1000

    def decide(
        self, calls: Iterable[Resolved | FunctionCall], confidence: float | None = None
    ) -> None:
        """The answer that was chosen; without `confidence` it stays what it was."""
        self.steps = tuple(
            Step(call) if isinstance(call, FunctionCall) else Step(call.call, call)
            for call in calls
        )
        self.confidence = self.confidence if confidence is None else confidence

    def carry_out(self, tools: Iterable[llm.Tool]) -> None:
        """The chosen answer is carried out with these tools."""
        self.called = True
        reading = {tool.name for tool in tools if tool.annotations.read_only}
        self.steps = tuple(replace(step, reads=step.call.name in reading) for step in self.steps)

    def came_of_it(self, outcomes: Sequence[Outcome]) -> None:
        """What became of each call, in the order of the calls."""
        self.steps = tuple(
            replace(step, outcome=outcome)
            for step, outcome in zip(self.steps, outcomes, strict=False)
        )

    def put_back(self, outcomes: Iterable[Outcome]) -> None:
        """What became of states that a sentence before had changed; no function does that."""
        back = tuple(Step(FunctionCall("undo", {}), outcome=outcome) for outcome in outcomes)
        self.steps = (*back, *self.steps)
        self.called = self.called or bool(back)

    def ask(self, outcomes: Iterable[Outcome]) -> None:
        """What was asked before anything is done, if it was."""
        questions = [outcome.speech for outcome in outcomes if outcome.asks]
        self.confirmation = " ".join(questions) or None

    @property
    def decision(self) -> Decision:
        """What was made of the sentence."""
        if self.error is not None:
            return Decision.BROKEN
        if self.confirmation:
            return Decision.ASK
        if self.called:
            kinds = {step.decision for step in self.steps}
            order = (Decision.ACT, Decision.ASK, Decision.ANSWER, Decision.FAIL)
            return next((kind for kind in order if kind in kinds), Decision.NOTHING)
        if self.handed_over:
            return Decision.HAND_OVER
        if self.decoded is None:
            return Decision.NOT_ASKED
        return Decision.UNSURE if self.steps else Decision.NOTHING

    @property
    def likely(self) -> list[tuple[FunctionCall, ...]]:
        """The answers with calls that a good part of all probability is for."""
        if self.decoded is None:
            return []
        shares = [math.exp(answer.logprob) for answer in self.decoded.answers]
        least = _LIKELY * max(self.decoded.mass, sum(shares))
        rows = zip(self.decoded.answers, shares, strict=True)
        return [tuple(answer.calls) for answer, share in rows if answer.calls and share >= least]

    @property
    def acts(self) -> list[Step]:
        """The calls that have changed something."""
        if self.dry_run:
            return []
        return [step for step in self.steps if step.outcome and step.decision is Decision.ACT]

    def record(self) -> Record:
        """What is kept of it."""
        decoded = self.decoded
        return Record(
            language=self.language,
            decision=self.decision.value,
            functions=tuple(step.call.name for step in self.steps),
            confidence=self.confidence,
            candidates=len(decoded.answers) if decoded else 0,
            timings={**(decoded.timings if decoded else {}), **self.timings},
            prompt_tokens=decoded.prompt_tokens if decoded else None,
            turn_tokens=decoded.turn_tokens if decoded else None,
            error=self.error.code if self.error else None,
            dry_run=self.dry_run,
            agent=self.agent,
        )


CURRENT: ContextVar[Trace | None] = ContextVar(f"{DOMAIN}_trace", default=None)


def current() -> Trace:
    """The trace of the sentence that is being answered; outside of one, a trace for nobody."""
    return CURRENT.get() or Trace()
