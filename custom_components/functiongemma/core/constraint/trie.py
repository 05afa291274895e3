"""Tries over token ids, and what the constraint asks of a tokenizer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
T = TypeVar("T")


class Vocabulary(Protocol):
    """The model's tokenizer, as far as the constraint needs it."""

    def tokenize(self, text: str) -> Sequence[int]:
        """Ids of plain `text`: no special token is recognised in it and none is added."""
        ...

    def detokenize(self, ids: Sequence[int]) -> str:
        """The text `ids` stand for; bytes that are no UTF-8 become U+FFFD."""
        ...

    def ordinary(self) -> npt.NDArray[np.bool_]:
        """Shape (vocabulary,): True for tokens that may stand in free text on one line."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Free:
    """Free text: any token of `mask` goes, the end included where the text may end."""

    mask: npt.NDArray[np.bool_]
    """Shape (vocabulary,)."""


#: Token ids that may come next, ascending in no particular order, or free text.
Allowed = Ids | Free


class Trie(Generic[T]):
    """A node: the tokens that lead on, and what ends here."""

    __slots__ = ("_ids", "children", "end")

    def __init__(self) -> None:
        self.children: dict[int, Trie[T]] = {}
        self.end: T | None = None
        self._ids: Ids | None = None

    def add(self, ids: Iterable[int], end: T) -> None:
        """Make the sequence `ids` lead to `end`; the first of two equal sequences stays."""
        node = self
        for token in ids:
            child = node.children.get(token)
            if child is None:
                child = node.children[token] = Trie()
                node._ids = None
            node = child
        if node.end is None:
            node.end = end

    @property
    def ids(self) -> Ids:
        """Tokens that lead on from here."""
        if self._ids is None:
            self._ids = np.fromiter(self.children, dtype=np.int64, count=len(self.children))
        return self._ids
