"""The automaton decoding runs through, for one home."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .. import tokens
from ..functions import Function
from ..home import Home
from .grammar import CallGrammar, Ended, Quoted, Run
from .state import State
from .states import Between
from .trie import Trie, Vocabulary

_NUMERAL_CHARACTERS = "0123456789."


class Refused(ValueError):
    """A token that cannot come next: `index` in the sequence, and the `token`."""

    def __init__(self, index: int, token: int) -> None:
        super().__init__(f"token {token} at index {index} cannot come here")
        self.index = index
        self.token = token


class Constraint:
    """This home's possible answers.

    An answer is one to MAX_CALLS calls and `<start_function_response>`, or `<end_of_turn>` alone:
    nothing to call. Reusable and not bound to a sentence; caches what decoding passed through.
    """

    def __init__(self, home: Home, functions: Sequence[Function], vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._grammars = [CallGrammar(home, function) for function in functions]
        self._tokens: dict[str, tuple[int, ...]] = {}
        self._choices: dict[tuple[str, ...], Trie[str]] = {}

    @property
    def start(self) -> State:
        """Before the first token of the answer."""
        return Between(self, ())

    def follow(self, ids: Iterable[int]) -> State:
        """The state after `ids` from the start; raises Refused at a token not allowed."""
        state = self.start
        for index, token in enumerate(ids):
            try:
                state = state.advance(token)
            except KeyError:
                raise Refused(index, token) from None
        return state

    def ids(self, text: str) -> tuple[int, ...]:
        """Tokens of a whole run of plain text."""
        found = self._tokens.get(text)
        if found is None:
            found = self._tokens[text] = tuple(self.vocabulary.tokenize(text))
        return found

    def choices(self, values: tuple[str, ...]) -> Trie[str]:
        """The trie of `values`, each closed by `<escape>`."""
        trie = self._choices.get(values)
        if trie is None:
            trie = self._choices[values] = Trie()
            for value in values:
                trie.add((*self.ids(tokens.defuse(value)), tokens.ESCAPE), value)
        return trie

    def runs(self, runs: Iterable[Run]) -> Trie[Run]:
        """The trie of `runs`, each closed by the special token that follows it."""
        trie: Trie[Run] = Trie()
        for run in runs:
            closing = {Ended: (tokens.END_FUNCTION_CALL,), Quoted: (tokens.ESCAPE,)}
            trie.add((*self.ids(run.text), *closing.get(type(run.end), ())), run)
        return trie

    @cached_property
    def any_call(self) -> Trie[Run]:
        """What may follow `<start_function_call>`."""
        return self.runs(
            run for grammar in self._grammars if grammar.possible for run in grammar.runs()
        )

    @cached_property
    def numeral_ids(self) -> dict[str, int]:
        """The token of each character of a numeral."""
        return {character: self.ids(character)[-1] for character in _NUMERAL_CHARACTERS}

    @cached_property
    def free_masks(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Tokens free text may go on with: without and with its end."""
        inside = self.vocabulary.ordinary()
        ending = inside.copy()
        ending[tokens.ESCAPE] = True
        return inside, ending
