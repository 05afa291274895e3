"""What the sentence itself speaks for: names, numbers and words that are in it.

A small model mishears: it writes 40 where "quatre-vingts" was said, or the lamp that was named like
many in training instead of the one that was named here. So where a value is chosen, one that is
in the sentence is more likely than the model alone would have it, by a factor; the model still
decides what is called, for which kind of target, and whether anything is said at all. Where the
sentence has no number, or no name, nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from .. import tokens
from ..calls import FunctionCall
from ..constraint import Constraint, Ids, State
from ..constraint.numerals import Numerals, begun
from ..constraint.strings import FreeText
from ..functions import ALL, HERE
from ..home import Home
from ..numbers import numbers_in
from ..said import Said
from ..spoken import spoken
from ..unserved import Unserved

#: Numbers that are meant without being said, as in "an hour and a half": nothing is against them.
_ANYWAY: Final = frozenset({"1", "15", "30", "45"})
#: Up to this, a number is often a part of another one (三成, two thirds) where a range goes beyond
#: that.
_SMALL, _LARGE = 10, 50

#: What speaks for each of the ids that may follow a path: natural logarithms to add; None: nothing.
Evidence = Callable[[Sequence[int], State, Ids], npt.NDArray[np.float64] | None]


@dataclass(frozen=True)
class Weights:
    """How much what was said counts, as natural logarithms of a factor."""

    name: float = 3.5
    """A name that is in the sentence, all of it."""

    least: float = 0.4
    """Share of a name from which on it counts as said, more with every letter; 0 to 1."""

    number: float = 4.0
    """Numbers that were not said, where others were."""

    text: float = 2.5
    """Words that were not said, in a text."""

    unspent: float = 1.5
    """An answer without a number that was said."""

    more: float = 4.0
    """A further call, while a device is named that none is for."""


class SaidEvidence:
    """What one sentence speaks for."""

    def __init__(
        self,
        said: Said,
        constraint: Constraint,
        home: Home,
        names: Iterable[str] = (),
        weights: Weights | None = None,
    ) -> None:
        """`names`: those of the home that have a number, which is no value then."""
        self._said = said
        self._home = home
        self._numerals = said.numerals_besides(names)
        self._constraint = constraint
        self._weights = weights or Weights()
        self._characters = {token: c for c, token in constraint.numeral_ids.items()}
        self._named: dict[tuple[str, ...], dict[tuple[int, ...], float]] = {}

    def __call__(
        self, path: Sequence[int], state: State, ids: Ids
    ) -> npt.NDArray[np.float64] | None:
        """See `Evidence`."""
        values = state.values()
        if values is not None:
            return self._names(path, state.calls, values, ids)
        if isinstance(state, FreeText):
            return self._copied(state, ids)
        if ids[-1] in (tokens.START_FUNCTION_RESPONSE, tokens.END_OF_TURN):
            return self._between(state.calls, ids)
        numerals = state.numerals() if self._numerals else None
        return None if numerals is None else self._numbers(path, numerals, ids)

    def _names(
        self,
        path: Sequence[int],
        calls: tuple[FunctionCall, ...],
        values: tuple[str, ...],
        ids: Ids,
    ) -> npt.NDArray[np.float64] | None:
        """For each next token the best that was said of the names it leads to.

        A name that a call before has had its share: it is the others' turn.
        """
        named = self._named.get(values)
        if named is None:
            named = self._named[values] = self._spoken(values)
        if not named:
            return None
        start = tokens.after(path, tokens.ESCAPE)
        had = {self._written(call.arguments.get("name")) for call in calls}
        found: dict[int, float] = {}
        for name, weight in named.items():
            if name[: len(start)] == start and name not in had:
                token = name[len(start)]
                found[token] = max(weight, found.get(token, 0.0))
        return np.array([found.get(token, 0.0) for token in ids.tolist()]) if found else None

    def _spoken(self, values: tuple[str, ...]) -> dict[tuple[int, ...], float]:
        """What speaks for each name, by its tokens; places that are no names stand beside them."""
        if self._said.excepts:
            return {}  # who knows which names are those that are left out
        least, weight = self._weights.least, self._weights.name
        shares = {value: (self._said.share(value) - least) / (1 - least) for value in values}
        shares |= dict.fromkeys(spoken(self._said.sentence, values), 1.0)
        for place in (HERE, ALL):
            if place in shares:
                shares[place] = max(share for value, share in shares.items() if value != place)
        return {
            self._written(value): share * weight for value, share in shares.items() if share > 0
        }

    def _written(self, value: object) -> tuple[int, ...]:
        """The tokens of a string's value, its end included; none of anything else."""
        if not isinstance(value, str):
            return ()
        return (*self._constraint.ids(tokens.defuse(value)), tokens.ESCAPE)

    def _between(self, calls: tuple[FunctionCall, ...], ids: Ids) -> npt.NDArray[np.float64] | None:
        """For another call while a name is left, against an end without a number that was said."""
        if not calls:
            return None
        weights = np.where(ids == tokens.START_FUNCTION_CALL, 0.0, -self._lost(calls))
        # Where one may be named to be left out, names tell nothing.
        if not self._said.excepts and self._is_getting_on(calls):
            weights[ids == tokens.START_FUNCTION_CALL] += self._weights.more
        return weights if weights.any() else None

    def _lost(self, calls: tuple[FunctionCall, ...]) -> float:
        """What is against ending here: each large number that was said and is in no call."""
        large = {float(n) for n in self._numerals if float(n) > _SMALL}
        # Ninety minutes may be an hour and a half.
        if not large or any(call.name.startswith("timer.") for call in calls):
            return 0.0
        spent = {number for call in calls for v in call.arguments.values() for number in _in(v)}
        # "Twenty-one and a half" has a 21 in it.
        return self._weights.unspent * sum(all(abs(n - s) >= 1 for s in spent) for n in large)

    def _is_getting_on(self, calls: tuple[FunctionCall, ...]) -> bool:
        """Whether something is left that was named, and less than before the last call."""
        left = self._unserved.left(calls)
        return left > 0 and (len(calls) == 1 or left < self._unserved.left(calls[:-1]))

    @cached_property
    def _unserved(self) -> Unserved:
        return Unserved(self._said, self._home)

    def _numbers(
        self, path: Sequence[int], numerals: Numerals, ids: Ids
    ) -> npt.NDArray[np.float64] | None:
        """Against digits that lead to no number that was said, and ends before one is whole.

        Only where one was said that is possible here: 40 is no colour temperature. Of a range up
        to 50 and more small ones say nothing: of "three quarters" the label is 75.
        """
        possible = {n for n in self._numerals if _fits(numerals, n)}
        if not numerals.decimals:  # "two and a half hours" are two, and thirty minutes
            possible |= {n.removesuffix(".5") for n in self._numerals if n.endswith(".5")}
        least = _SMALL if numerals.last >= _LARGE * 10**numerals.decimals else 0
        if not any(float(n) > least for n in possible):
            return None
        text = begun(path, self._characters)
        ahead = [n for n in possible | self._said.perhaps | _ANYWAY if n.startswith(text)]
        if not ahead:
            return None
        following = {n[len(text)] for n in ahead if len(n) > len(text)}
        whole = text in ahead

        def against(token: int) -> float:
            character = self._characters.get(token)
            if character is None:
                said = whole or not text
            else:
                said = character in following or (character == "." and whole)
            return 0.0 if said else -self._weights.number

        return np.array([against(token) for token in ids.tolist()])

    def _copied(self, state: FreeText, ids: Ids) -> npt.NDArray[np.float64] | None:
        """Against the first word that is not in the sentence."""
        if state.text and not self._said.begins(state.text):
            return None
        texts = ((token, state.text_with(token)) for token in ids.tolist())
        return np.array([
            0.0 if (self._said.ends(text) if token == tokens.ESCAPE else self._said.begins(text))
            else -self._weights.text
            for token, text in texts
        ])  # fmt: skip


def _in(value: object) -> set[float]:
    """The numbers of an argument."""
    if isinstance(value, str):
        return {float(n) for n in numbers_in(value).sure}
    return {abs(float(value))} if isinstance(value, int | float) else set()


def _fits(numerals: Numerals, numeral: str) -> bool:
    """Whether a range has a number that was said."""
    if len(numeral.partition(".")[2]) > numerals.decimals:
        return False
    try:
        return numerals.complete(numeral)
    except ValueError:  # longer than any number is
        return False
