"""Best-first search over the constraint by summed log-probability.

Arguments come in alphabetical order, so a greedy decoder commits to an area before it has looked
at the names. Here an answer is as good as the sum of its decisions: the most probable open branch
is evaluated next, and the search ends when no open branch can beat the best complete answer. Most
sentences are one confident path, evaluated as a single sequence; a token that can only come in one
way costs no logits and travels in the batch of the decision before it, and so does what is guessed
to come next (`Drafts`). A guess saves a batch or was in vain; the search takes the same way.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from .. import tokens
from ..constraint import Constraint, State
from ..errors import WorkerTimeoutError
from .branch import Branch, Paths
from .drafts import Drafts, Guess
from .engine import Engine, Logits
from .evidence import Evidence
from .result import MAX_ANSWERS, Answer, Decoded
from .score import Normalise, Scores

_NOTHING = -math.inf

#: Decisions after one that are expanded on their own: there is one before a call, one behind it.
_AHEAD = 2


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
    """Most tokens evaluated, the prompt and what was guessed not counted."""


def decode(
    constraint: Constraint,
    engine: Engine,
    search: Search | None = None,
    *,
    deadline: float | None = None,
    cancelled: Callable[[], bool] | None = None,
    speaks: bool = False,
    guess: Guess | None = None,
    evidence: Evidence | None = None,
) -> Decoded:
    """Search for the best answer to the prompt that `engine` has evaluated.

    `deadline` is a `time.monotonic()`; past it, or once `cancelled` says so, the search ends with
    what it has, and raises WorkerTimeoutError when that is nothing. `speaks`: the model may
    answer in words, so whatever does not begin a call counts as nothing to call. `guess`: what
    probably comes next, which is evaluated ahead; it changes how many batches there are.
    `evidence`: what the sentence itself speaks for.
    """
    search = search or Search()
    start = constraint.start
    scores = Scores(search.normalise, search.free_branches, start if speaks else None, evidence)
    return _Search(start, engine, search, scores, deadline, cancelled, guess).run()


class _Search:
    def __init__(
        self,
        start: State,
        engine: Engine,
        search: Search,
        scores: Scores,
        deadline: float | None,
        cancelled: Callable[[], bool] | None,
        guess: Guess | None,
    ) -> None:
        self._search = search
        self._deadline = deadline
        self._cancelled = cancelled
        self._scores = scores
        self._paths = Paths(start)
        self._rows = Drafts(engine, self._scores, self._paths, guess)
        self._open: list[Branch] = []
        self._complete: list[Answer] = []
        self._alone: set[tuple[int, ...]] = set()
        self._dropped = 0.0
        self._evaluated = 0
        self._no_call = 0.0
        self._prefill = 0.0

    def run(self) -> Decoded:
        began = time.perf_counter()
        self._add(self._paths.root)
        self._no_call = float(not self._open)  # without functions there is no decision
        while self._open and not self._enough():
            batch = self._next()
            if not batch:
                break
            if self._rows.lack(batch) and self._out_of_time():
                if not self._complete:
                    raise WorkerTimeoutError
                break
            for branch, row in zip(batch, self._rows.of(batch), strict=True):
                self._expand(branch, row)
            self._prefill = self._prefill or (time.perf_counter() - began) * 1000
        return self._result((time.perf_counter() - began) * 1000)

    def _next(self) -> list[Branch]:
        """The branches to expand now."""
        if self._open[0].path in self._alone:
            return [heapq.heappop(self._open)]
        batch = self._batch()
        if batch:
            ahead = self._ahead(batch[0])
            self._alone |= {branch.path for branch in ahead}
            self._evaluated += sum(branch.fresh for branch in (*batch, *ahead))
        return batch

    def _ahead(self, branch: Branch) -> list[Branch]:
        """The decisions that nearly always come after a branch's own."""
        found: list[Branch] = []
        while len(found) < _AHEAD and (token := branch.state.likely()) is not None:
            branch = self._paths.after(branch, token, branch.cost)
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

    def _batch(self) -> list[Branch]:
        """The best open branches, as far as they are worth evaluating together."""
        best_open = -self._open[0].cost
        least = max(best_open, self._best) + math.log(self._search.margin)
        together = best_open + math.log(self._search.together)
        batch: list[Branch] = []
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

    def _expand(self, branch: Branch, logits: Logits) -> None:
        ids, scores = self._scores.decide(branch.path, branch.state, logits)
        if not branch.path:
            self._no_call = math.exp(float(scores[ids == tokens.END_OF_TURN].sum()))
        least = float(scores.max()) + math.log(self._search.margin)
        for token, score in zip(ids.tolist(), scores.tolist(), strict=True):
            logprob = score - branch.cost
            if score < least:
                self._dropped += math.exp(logprob)
            else:
                self._add(self._paths.after(branch, token, -logprob))

    def _add(self, branch: Branch) -> None:
        if branch.state.done:
            self._complete.append(Answer(branch.state.calls, -branch.cost))
        else:
            heapq.heappush(self._open, branch)

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
