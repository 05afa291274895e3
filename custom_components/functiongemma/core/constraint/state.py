"""A point in an answer, and what it needs to know of the home."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..calls import FunctionCall
from .grammar import Run
from .numerals import Numerals
from .trie import Allowed, Free, Trie, Vocabulary


class State(Protocol):
    """A point in an answer. Immutable: branches share what they have in common."""

    @property
    def calls(self) -> tuple[FunctionCall, ...]:
        """Calls completed so far, as they were written."""
        ...

    @property
    def done(self) -> bool:
        """Whether the answer is complete: nothing may follow."""
        ...

    def allowed(self) -> Allowed:
        """What may come next; empty when done."""
        ...

    def advance(self, token: int) -> State:
        """The state after `token`; raises KeyError when it is not allowed."""
        ...

    def likely(self) -> int | None:
        """The token that nearly always comes next here, whatever was said; None: it depends."""
        ...

    def values(self) -> tuple[str, ...] | None:
        """Inside a string that is one of several: these; None elsewhere."""
        ...

    def numerals(self) -> Numerals | None:
        """Inside a number or right before one: its range; None elsewhere."""
        ...


def forced(state: State) -> tuple[list[int], State]:
    """The tokens that can only come in this one way from `state` on, and where they lead."""
    run: list[int] = []
    while not state.done:
        allowed = state.allowed()
        if isinstance(allowed, Free) or len(allowed) != 1:
            break
        run.append(int(allowed[0]))
        state = state.advance(run[-1])
    return run, state


class Tries(Protocol):
    """What states need of the constraint: the tries of this home, in this model's tokens."""

    vocabulary: Vocabulary

    @property
    def any_call(self) -> Trie[Run]:
        """What may follow `<start_function_call>`."""
        ...

    @property
    def numeral_ids(self) -> dict[str, int]:
        """The token of each character of a numeral."""
        ...

    @property
    def free_masks(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Tokens free text may go on with: without and with its end."""
        ...

    def runs(self, runs: Iterable[Run]) -> Trie[Run]:
        """The trie of `runs`, each closed by the special token that follows it."""
        ...

    def choices(self, values: tuple[str, ...]) -> Trie[str]:
        """The trie of `values`, each closed by `<escape>`."""
        ...
