"""Inside a value: one of several strings, a numeral, or free text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .. import tokens
from ..calls import FunctionCall
from .numerals import Numerals
from .state import State, Tries
from .trie import Allowed, Free, Ids, Trie

#: Longest free text, in tokens.
MAX_FREE = 24


class Choice:
    """Inside a string that is one of several."""

    __slots__ = ("_then", "_trie", "_values", "calls")
    done = False

    def __init__(
        self,
        calls: tuple[FunctionCall, ...],
        trie: Trie[str],
        values: tuple[str, ...],
        then: Callable[[str], State],
    ) -> None:
        self.calls = calls
        self._trie = trie
        self._values = values
        self._then = then

    def allowed(self) -> Ids:
        return self._trie.ids

    def advance(self, token: int) -> State:
        child = self._trie.children[token]
        if child.end is not None:
            return self._then(child.end)
        return Choice(self.calls, child, self._values, self._then)

    def likely(self) -> None:
        return None

    def values(self) -> tuple[str, ...]:
        return self._values

    def numerals(self) -> None:
        return None


class Digits:
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
                return Digits(
                    self._tries, self.calls, self._numerals, self._text + character, self._then
                )
        if self._next is None:
            raise KeyError(token)
        return self._next.advance(token)

    def values(self) -> None:
        return None

    def numerals(self) -> Numerals:
        return self._numerals

    def likely(self) -> int | None:
        """What comes after a number that no digit can make longer: `5` may go on, as `5.5`."""
        following = self._numerals.following(self._text)
        if self._next is None or any(character.isdigit() for character in following):
            return None
        return self._next.likely()


class FreeText:
    """Inside a string that can be anything on one line."""

    __slots__ = ("_ids", "_then", "_tries", "calls", "text")
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
        self.text = tries.vocabulary.detokenize(ids).strip() if ids else ""
        self.calls = calls

    def text_with(self, token: int) -> str:
        """The text so far and one token more; of its end, the text so far."""
        if token == tokens.ESCAPE:
            return self.text
        return self._tries.vocabulary.detokenize((*self._ids, token)).strip()

    def allowed(self) -> Allowed:
        if len(self._ids) >= MAX_FREE:
            return np.array([tokens.ESCAPE])
        inside, ending = self._tries.free_masks
        return Free(ending if self.text else inside)

    def advance(self, token: int) -> State:
        allowed = self.allowed()
        if not (allowed.mask[token] if isinstance(allowed, Free) else token in allowed):
            raise KeyError(token)
        if token == tokens.ESCAPE:
            return self._then(self.text)
        return FreeText(self._tries, self.calls, (*self._ids, token), self._then)

    def likely(self) -> None:
        return None

    def values(self) -> None:
        return None

    def numerals(self) -> None:
        return None
