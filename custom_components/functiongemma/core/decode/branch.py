"""The ways an answer can go on, each computed once."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from ..constraint import State, forced

TokenPath = tuple[int, ...]


@dataclass(frozen=True, order=True)
class Branch:
    """A path whose last decision was taken; the model may not have been asked there yet."""

    cost: float  # minus its log-probability
    serial: int
    path: TokenPath = field(compare=False)
    fresh: int = field(compare=False)  # tokens at the end of the path since the decision
    state: State = field(compare=False)


class Paths:
    """Where each decision leads: past what can only come in one way."""

    def __init__(self, start: State) -> None:
        self._serial = itertools.count()
        self._known: dict[tuple[TokenPath, int], tuple[TokenPath, int, State]] = {}
        run, state = forced(start)
        self.root = Branch(0.0, next(self._serial), tuple(run), len(run), state)

    def after(self, branch: Branch, token: int, cost: float) -> Branch:
        """The branch that `token` leads to: up to the next decision, or to the end."""
        key = branch.path, token
        found = self._known.get(key)
        if found is None:
            run, state = forced(branch.state.advance(token))
            found = self._known[key] = (*branch.path, token, *run), 1 + len(run), state
        return Branch(cost, next(self._serial), *found)
