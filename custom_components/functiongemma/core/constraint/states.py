"""The points of an answer: what may come next there, and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt

from .. import tokens
from ..calls import FunctionCall
from .grammar import Ended, Numeral, Run
from .numerals import Numerals
from .trie import Allowed, Free, Ids, Trie, Vocabulary

#: Most calls one sentence becomes.
MAX_CALLS = 4
#: Longest free text, in tokens.
MAX_FREE = 24


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
            return _Digits(tries, calls, end.numerals, "", lambda n: go_on(then(n)))
        after = end.then
        if end.values is None:
            return _FreeText(tries, calls, (), lambda text: go_on(after(text)))
        choices = tries.choices(end.values)
        return _Choice(calls, choices, lambda text: go_on(after(text)))


class _Choice:
    """Inside a string that is one of several."""

    __slots__ = ("_then", "_trie", "calls")
    done = False

    def __init__(
        self,
        calls: tuple[FunctionCall, ...],
        trie: Trie[str],
        then: Callable[[str], State],
    ) -> None:
        self.calls = calls
        self._trie = trie
        self._then = then

    def allowed(self) -> Ids:
        return self._trie.ids

    def advance(self, token: int) -> State:
        child = self._trie.children[token]
        return (
            _Choice(self.calls, child, self._then) if child.end is None else self._then(child.end)
        )

    def likely(self) -> None:
        return None


class _Digits:
    """Inside a numeral; where it may end, what follows it may come instead."""

    __slots__ = ("_next", "_numerals", "_text", "_then", "_tries", "calls")
    done = False

    def __init__(
        self,
        tries: Tries,
        calls: tuple[FunctionCall, ...],
        numerals: Numerals,
        text: str,
        then: Callable[[int | float], State],
    ) -> None:
        self._tries = tries
        self._numerals = numerals
        self._text = text
        self._then = then
        self.calls = calls
        self._next = then(numerals.value(text)) if numerals.complete(text) else None

    def allowed(self) -> Allowed:
        ids = self._tries.numeral_ids
        own = np.array([ids[c] for c in self._numerals.following(self._text)], dtype=np.int64)
        if self._next is None:
            return own
        following = self._next.allowed()
        assert not isinstance(following, Free)
        joined: Ids = np.concatenate([own, following])
        return joined

    def advance(self, token: int) -> State:
        ids = self._tries.numeral_ids
        for character in self._numerals.following(self._text):
            if ids[character] == token:
                return _Digits(
                    self._tries, self.calls, self._numerals, self._text + character, self._then
                )
        if self._next is None:
            raise KeyError(token)
        return self._next.advance(token)

    def likely(self) -> int | None:
        """What comes after a number that no digit can make longer: `5` may go on, as `5.5`."""
        following = self._numerals.following(self._text)
        if self._next is None or any(character.isdigit() for character in following):
            return None
        return self._next.likely()


class _FreeText:
    """Inside a string that can be anything on one line."""

    __slots__ = ("_ids", "_text", "_then", "_tries", "calls")
    done = False

    def __init__(
        self,
        tries: Tries,
        calls: tuple[FunctionCall, ...],
        ids: tuple[int, ...],
        then: Callable[[str], State],
    ) -> None:
        self._tries = tries
        self._ids = ids
        self._then = then
        self._text = tries.vocabulary.detokenize(ids).strip() if ids else ""
        self.calls = calls

    def allowed(self) -> Allowed:
        if len(self._ids) >= MAX_FREE:
            return np.array([tokens.ESCAPE])
        inside, ending = self._tries.free_masks
        return Free(ending if self._text else inside)

    def advance(self, token: int) -> State:
        allowed = self.allowed()
        if not (allowed.mask[token] if isinstance(allowed, Free) else token in allowed):
            raise KeyError(token)
        if token == tokens.ESCAPE:
            return self._then(self._text)
        return _FreeText(self._tries, self.calls, (*self._ids, token), self._then)

    def likely(self) -> None:
        return None
