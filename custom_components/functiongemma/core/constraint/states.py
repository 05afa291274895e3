"""The points between values: before a call, between two, and inside plain text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .. import tokens
from ..calls import FunctionCall
from .grammar import Ended, Numeral, Run
from .numerals import Numerals
from .state import State, Tries
from .strings import Choice, Digits, FreeText
from .trie import Allowed, Free, Ids, Trie

#: Most calls one sentence becomes.
MAX_CALLS = 4


class Between:
    """Before the first call, or between two."""

    __slots__ = ("_tries", "calls")
    done = False

    def __init__(self, tries: Tries, calls: tuple[FunctionCall, ...]) -> None:
        self._tries = tries
        self.calls = calls

    def allowed(self) -> Ids:
        stop = tokens.START_FUNCTION_RESPONSE if self.calls else tokens.END_OF_TURN
        if len(self.calls) == MAX_CALLS or not self._tries.any_call.children:
            return np.array([stop])
        return np.array([tokens.START_FUNCTION_CALL, stop])

    def advance(self, token: int) -> State:
        if token not in self.allowed():
            raise KeyError(token)
        if token == tokens.START_FUNCTION_CALL:
            return _Runs(self._tries, self.calls, self._tries.any_call)
        return _Done(self.calls)

    def values(self) -> None:
        return None

    def numerals(self) -> None:
        return None

    def likely(self) -> int | None:
        """People who speak to their house want something of it; rarely two things at once."""
        token = int(self.allowed()[0])
        return None if self.calls else token


class _Done:
    """After the last token."""

    __slots__ = ("calls",)
    done = True

    def __init__(self, calls: tuple[FunctionCall, ...]) -> None:
        self.calls = calls

    def allowed(self) -> Ids:
        return np.array([], dtype=np.int64)

    def advance(self, token: int) -> State:
        raise KeyError(token)

    def likely(self) -> None:
        return None

    def values(self) -> None:
        return None

    def numerals(self) -> None:
        return None


class _Runs:
    """Inside plain text: on the way to the next special token or numeral."""

    __slots__ = ("_next", "_trie", "_tries", "calls")
    done = False

    def __init__(self, tries: Tries, calls: tuple[FunctionCall, ...], trie: Trie[Run]) -> None:
        self._tries = tries
        self._trie = trie
        self.calls = calls
        # A run before a numeral has no special token to close it, so another may go on from here.
        self._next = None if trie.end is None else self._after(trie.end)

    def allowed(self) -> Allowed:
        if self._next is None:
            return self._trie.ids
        following = self._next.allowed()
        assert not isinstance(following, Free)
        joined: Ids = np.concatenate([self._trie.ids, following])
        return joined

    def advance(self, token: int) -> State:
        child = self._trie.children.get(token)
        if child is None:
            if self._next is None:
                raise KeyError(token)
            return self._next.advance(token)
        if child.end is not None and not child.children:
            return self._after(child.end)
        return _Runs(self._tries, self.calls, child)

    def values(self) -> None:
        return None

    def numerals(self) -> Numerals | None:
        return None if self._next is None else self._next.numerals()

    def likely(self) -> int | None:
        """The end of the call: most have one argument."""
        for token, child in self._trie.children.items():
            if list(child.children) == [tokens.END_FUNCTION_CALL]:
                return token
        return None

    def _after(self, run: Run) -> State:
        tries, calls, end = self._tries, self.calls, run.end

        def go_on(runs: Iterator[Run]) -> State:
            return _Runs(tries, calls, tries.runs(runs))

        if isinstance(end, Ended):
            return Between(tries, (*calls, end.call))
        if isinstance(end, Numeral):
            then = end.then
            return Digits(tries, calls, end.numerals, "", lambda n: go_on(then(n)))
        after = end.then
        if end.values is None:
            return FreeText(tries, calls, (), lambda text: go_on(after(text)))
        choices = tries.choices(end.values)
        return Choice(calls, choices, end.values, lambda text: go_on(after(text)))
