"""What is evaluated ahead: decisions that the search will probably ask about.

A batch costs far more than a token more in it. So every batch takes along the decisions that are
guessed to come next, as a tree, and the search finds their rows here. Rows are the model's own
whoever asked for them: a wrong guess costs time and changes nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

import numpy as np

from ..constraint import Free, State
from .branch import Branch, Paths, TokenPath
from .engine import MAX_LEAVES, MAX_PATHS, Engine, Logits
from .score import Scores

#: What comes next after a path, at a state: tokens and how likely each is, 0..1.
Guess = Callable[[TokenPath, State], Sequence[tuple[int, float]]]

#: What a token more in a batch costs, in batches.
_TOKEN = 0.25

#: Where a state says what nearly always comes next.
_NEARLY = 0.9


class Drafts:
    """The rows of the decisions, evaluated with guesses at what follows."""

    def __init__(self, engine: Engine, scores: Scores, paths: Paths, guess: Guess | None) -> None:
        self._engine = engine
        self._scores = scores
        self._paths = paths
        self._guess = guess
        self._rows: dict[TokenPath, Logits] = {}

    def lack(self, branches: Sequence[Branch]) -> bool:
        """Whether the model must be asked about one of them."""
        return any(branch.path not in self._rows for branch in branches)

    def of(self, branches: Sequence[Branch]) -> list[Logits]:
        """What was wanted of the model after each branch: see `Scores.wanted`."""
        asked = [branch for branch in branches if branch.path not in self._rows]
        if asked:
            asked += self._ahead(branches, asked)
            wanted = [self._scores.wanted(branch.state) for branch in asked]
            rows = self._engine.evaluate([branch.path for branch in asked], wanted)
            # An engine may use the arrays again, and these are needed later, if at all.
            self._rows |= {b.path: row.copy() for b, row in zip(asked, rows, strict=True)}
        return [self._rows[branch.path] for branch in branches]

    def _ahead(self, branches: Sequence[Branch], asked: Sequence[Branch]) -> list[Branch]:
        """The likeliest decisions after those of `branches`, while they are worth their tokens."""
        found: list[Branch] = []
        tips = {branch.path for branch in asked}
        best = branches[0].cost
        # By how likely it is that the search comes there.
        queue = [(-min(1.0, np.exp(best - b.cost)), b.serial, b) for b in branches]
        heapq.heapify(queue)
        while queue and len(asked) + len(found) < MAX_PATHS:
            reach, _, branch = heapq.heappop(queue)
            if branch.path not in self._rows and branch not in asked:
                leaves = (tips - {branch.path[: -branch.fresh]}) | {branch.path}
                if len(leaves) > max(MAX_LEAVES, len(tips)):
                    continue
                tips = leaves
                found.append(branch)
            for token, share in self._next(branch):
                likely = -reach * share
                if not _pays(likely, 1):
                    continue
                child = self._paths.after(branch, token, branch.cost)
                if child.state.done or isinstance(child.state.allowed(), Free):
                    continue
                if child.path in self._rows or _pays(likely, child.fresh):
                    heapq.heappush(queue, (-likely, child.serial, child))
        return found

    def _next(self, branch: Branch) -> Sequence[tuple[int, float]]:
        """The tokens that may come after a branch, and how likely they are."""
        row = self._rows.get(branch.path)
        if row is not None:
            ids, scores = self._scores.decide(branch.path, branch.state, row)
            return list(zip(ids.tolist(), np.exp(scores).tolist(), strict=True))
        token = branch.state.likely()
        if token is not None:
            return [(token, _NEARLY)]
        return self._guess(branch.path, branch.state) if self._guess is not None else ()


def _pays(likely: float, fresh: int) -> bool:
    """Whether the batch that may be saved is worth the tokens that may be wasted."""
    return likely > (1 - likely) * _TOKEN * fresh
