"""The best whole answer: best-first search over the constraint by summed log-probability.

Arguments come in alphabetical order, so a greedy decoder commits to an area before it has looked
at the names. Here an answer is as good as the sum of its decisions: the most probable open branch
is evaluated next, and the search ends when no open branch can beat the best complete answer. Most
sentences are one confident path, evaluated as a single sequence; a token that can only come in one
way costs no logits and travels in the batch of the decision before it, and so does one that nearly
always comes: if the model decides otherwise, it was evaluated in vain.
"""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from . import tokens
from .calls import FunctionCall
from .constraint import Constraint, Free, Ids, State, forced
from .errors import WorkerTimeoutError
from .work import Work

Logits = npt.NDArray[np.float32]

#: Over what a decision's probabilities sum to one: the tokens allowed there, or the vocabulary.
Normalise = Literal["allowed", "full"]

_NOTHING = -math.inf


class Engine(Protocol):
    """A model that has evaluated a prompt."""

    def evaluate(
        self, paths: Sequence[Sequence[int]], wanted: Sequence[Ids | None]
    ) -> Sequence[Logits]:
        """Logits after each path of tokens that follows the prompt.

        Of the ids wanted there, shape (len(ids),); of the whole vocabulary for None. The empty
        path stands for the end of the prompt. The arrays may be views that the next call
        overwrites. What paths have in common with earlier ones is not evaluated again.
        """
        ...


@dataclass(frozen=True)
class Search:
    """How far the search goes."""

    normalise: Normalise = "allowed"

    margin: float = 0.02
    """Branches with less than this share of the best one's probability are dropped."""

    width: int = 4
    """Most branches evaluated as one batch."""

    together: float = 0.3
    """Branches join a batch from this share of its best one's probability on: they will
    probably be needed, and a batch of two costs less than two batches."""

    answers: int = 3
    """Complete answers to look for beyond the best, as far as it is cheap: see `rest`."""

    rest: float = 0.1
    """The search for further answers ends when all open branches together have less than this
    share of the best answer's probability."""

    free_branches: int = 4
    """Branches at a token of free text."""

    budget: int = 200
    """Most tokens evaluated, the prompt not counted."""


@dataclass(frozen=True)
class Answer:
    """A complete answer: no calls means there is nothing to call."""

    calls: tuple[FunctionCall, ...]
    logprob: float


@dataclass(frozen=True)
class Decoded:
    """What the search found."""

    answers: tuple[Answer, ...]
    """Complete answers, best first, at most MAX_ANSWERS; empty when the budget was too small."""

    confidence: float
    """Probability of the best answer among everything considered, open branches included; 0..1."""

    mass: float
    """Probability of everything considered together, open branches included: answers' are parts of
    it; 0..1."""

    no_call: float
    """Probability of having nothing to call, at the first decision; 0..1."""

    evaluated: int
    """Tokens evaluated."""

    text: str | None = None
    """An answer in words, where it was asked for."""

    timings: dict[str, float] = field(default_factory=dict)
    """Milliseconds by part: `prefill`, the first batch, which reads the sentence; `decode`."""

    work: Work = field(default_factory=Work)
    """What the engine did, where it says so."""

    prompt_tokens: int | None = None
    """Tokens of the static prompt; None: not counted."""

    turn_tokens: int | None = None
    """Tokens between the static prompt and the answer: the sentence; None: not counted."""

    @property
    def best(self) -> Answer | None:
        """The most probable answer."""
        return self.answers[0] if self.answers else None


#: Most answers returned.
MAX_ANSWERS = 8

#: Most decisions evaluated ahead of the best branch: there is one before a call and one behind it.
_AHEAD = 2


@dataclass(frozen=True, order=True)
class _Branch:
    """A path whose last decision was taken and whose tokens are not evaluated yet."""

    cost: float  # minus its log-probability
    serial: int
    path: tuple[int, ...] = field(compare=False)
    fresh: int = field(compare=False)  # tokens at the end of the path to evaluate
    state: State = field(compare=False)


def decode(
    constraint: Constraint,
    engine: Engine,
    search: Search | None = None,
    *,
    deadline: float | None = None,
    cancelled: Callable[[], bool] | None = None,
    speaks: bool = False,
) -> Decoded:
    """Search for the best answer to the prompt that `engine` has evaluated.

    `deadline` is a `time.monotonic()`; past it, or once `cancelled` says so, the search ends with
    what it has, and raises WorkerTimeoutError when that is nothing. `speaks`: the model may
    answer in words, so whatever does not begin a call counts as nothing to call.
    """
    return _Search(constraint, engine, search or Search(), deadline, cancelled, speaks).run()


class _Search:
    def __init__(
        self,
        constraint: Constraint,
        engine: Engine,
        search: Search,
        deadline: float | None,
        cancelled: Callable[[], bool] | None,
        speaks: bool,
    ) -> None:
        self._start = constraint.start
        self._engine = engine
        self._search = search
        self._deadline = deadline
        self._cancelled = cancelled
        self._speaks = speaks
        self._serial = itertools.count()
        self._open: list[_Branch] = []
        self._complete: list[Answer] = []
        self._ready: dict[tuple[int, ...], Logits] = {}
        self._dropped = 0.0
        self._evaluated = 0
        self._no_call = 0.0
        self._prefill = 0.0

    def run(self) -> Decoded:
        began = time.perf_counter()
        run, state = forced(self._start)
        self._add(_Branch(0.0, next(self._serial), tuple(run), len(run), state))
        self._no_call = float(not self._open)  # without functions there is no decision
        while self._open and not self._enough():
            row = self._ready.pop(self._open[0].path, None)
            if row is not None:
                self._expand(heapq.heappop(self._open), row)
                continue
            batch = self._batch()
            if not batch:
                break
            if self._out_of_time():
                if not self._complete:
                    raise WorkerTimeoutError
                break
            self._evaluate(batch)
            self._prefill = self._prefill or (time.perf_counter() - began) * 1000
        return self._result((time.perf_counter() - began) * 1000)

    def _evaluate(self, batch: list[_Branch]) -> None:
        ahead = self._ahead(batch[0])
        branches = [*batch, *ahead]
        wanted = [self._wanted(branch.state) for branch in branches]
        logits = self._engine.evaluate([branch.path for branch in branches], wanted)
        self._evaluated += sum(branch.fresh for branch in branches)
        # An engine may use the arrays again, and these are needed later, if at all.
        later = zip(ahead, logits[len(batch) :], strict=True)
        self._ready |= {branch.path: row.copy() for branch, row in later}
        for branch, row in zip(batch, logits, strict=False):
            self._expand(branch, row)

    def _ahead(self, branch: _Branch) -> list[_Branch]:
        """The decisions that probably come after a branch's own."""
        found: list[_Branch] = []
        while len(found) < _AHEAD and (token := branch.state.likely()) is not None:
            branch = self._after(branch, token, branch.cost)
            if branch.state.done:
                break
            found.append(branch)
        return found

    def _out_of_time(self) -> bool:
        if self._cancelled is not None and self._cancelled():
            return True
        return self._deadline is not None and time.monotonic() > self._deadline

    @property
    def _best(self) -> float:
        """Log-probability of the best complete answer."""
        return max((answer.logprob for answer in self._complete), default=_NOTHING)

    def _enough(self) -> bool:
        """Whether the best answer is certain, and others have been looked for."""
        best = self._best
        if best < -self._open[0].cost:
            return False
        if len(self._complete) >= self._search.answers:
            return True
        mass = sum(math.exp(-branch.cost) for branch in self._open)
        return mass < self._search.rest * math.exp(best)

    def _batch(self) -> list[_Branch]:
        """The best open branches, as far as they are worth evaluating together."""
        best_open = -self._open[0].cost
        least = max(best_open, self._best) + math.log(self._search.margin)
        together = best_open + math.log(self._search.together)
        batch: list[_Branch] = []
        room = self._search.budget - self._evaluated
        while self._open and len(batch) < self._search.width:
            branch = self._open[0]
            if batch and -branch.cost < together:
                break
            if -branch.cost < least or branch.fresh > room:
                break
            room -= branch.fresh
            batch.append(heapq.heappop(self._open))
        return batch

    def _wanted(self, state: State) -> Ids | None:
        """The ids whose logits decide; None: the whole vocabulary's do."""
        allowed = state.allowed()
        if isinstance(allowed, Free) or self._search.normalise == "full":
            return None
        return None if self._speaks and state is self._start else allowed

    def _expand(self, branch: _Branch, logits: Logits) -> None:
        ids, scores = self._decide(branch.state, logits)
        if not branch.path:
            self._no_call = math.exp(float(scores[ids == tokens.END_OF_TURN].sum()))
        least = float(scores.max()) + math.log(self._search.margin)
        for token, score in zip(ids.tolist(), scores.tolist(), strict=True):
            logprob = score - branch.cost
            if score < least:
                self._dropped += math.exp(logprob)
            else:
                self._add(self._after(branch, token, -logprob))

    def _add(self, branch: _Branch) -> None:
        if branch.state.done:
            self._complete.append(Answer(branch.state.calls, -branch.cost))
        else:
            heapq.heappush(self._open, branch)

    def _after(self, branch: _Branch, token: int, cost: float) -> _Branch:
        """The branch that `token` leads to: up to the next decision, or to the end."""
        run, state = forced(branch.state.advance(token))
        path = (*branch.path, token, *run)
        return _Branch(cost, next(self._serial), path, 1 + len(run), state)

    def _decide(self, state: State, logits: Logits) -> tuple[Ids, npt.NDArray[np.float64]]:
        """The tokens that may come next and their log-probabilities."""
        allowed = state.allowed()
        if isinstance(allowed, Free):
            masked = np.where(allowed.mask, logits, -np.inf)
            ids = np.argpartition(masked, -self._search.free_branches)
            ids = ids[-self._search.free_branches :]
            # Free text is scored over the vocabulary either way: what it may be is all of it.
            return ids, logits[ids].astype(np.float64) - _logsumexp(logits)
        if self._wanted(state) is not None:
            return allowed, logits.astype(np.float64) - _logsumexp(logits)
        if self._speaks and state is self._start:
            return allowed, self._call_or_words(allowed, logits)
        return allowed, logits[allowed].astype(np.float64) - _logsumexp(logits)

    def _call_or_words(self, allowed: Ids, logits: Logits) -> npt.NDArray[np.float64]:
        """At the first decision of a model that may speak: a call, or any other token."""
        call = float(logits[tokens.START_FUNCTION_CALL]) - _logsumexp(logits)
        words = math.log(max(-math.expm1(call), 1e-12))
        return np.where(allowed == tokens.START_FUNCTION_CALL, call, words)

    def _result(self, milliseconds: float) -> Decoded:
        answers = sorted(self._complete, key=lambda answer: -answer.logprob)[:MAX_ANSWERS]
        mass = self._dropped + sum(math.exp(-branch.cost) for branch in self._open)
        mass += sum(math.exp(answer.logprob) for answer in self._complete)
        confidence = math.exp(answers[0].logprob) / mass if answers else 0.0
        return Decoded(
            tuple(answers),
            min(1.0, confidence),
            min(1.0, mass),
            self._no_call,
            self._evaluated,
            timings={"prefill": self._prefill, "decode": milliseconds - self._prefill},
        )


def speak(
    engine: Engine,
    stop: frozenset[int] = tokens.STOP_IDS,
    *,
    budget: int = 120,
    deadline: float | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[int]:
    """An answer in words, greedily: the ids up to a stop token, the budget or the deadline."""
    path: list[int] = []
    while len(path) < budget:
        if cancelled is not None and cancelled():
            break
        if deadline is not None and time.monotonic() > deadline:
            break
        token = int(np.argmax(engine.evaluate([path], [None])[0]))
        if token in stop:
            break
        path.append(token)
    return path


def _logsumexp(values: npt.NDArray[np.floating]) -> float:
    """log of the sum of exponentials, without overflow."""
    top = float(values.max())
    return top + math.log(float(np.exp(values - top).sum(dtype=np.float64)))
