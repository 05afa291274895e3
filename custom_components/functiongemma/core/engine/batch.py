"""Batches for `llama_decode`, filled by array slices."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Piece:
    """Tokens in a row."""

    ids: Sequence[int]

    position: int
    """Of the first one."""

    sequences: tuple[int, ...]
    """Those that it belongs to; up to there they are alike."""

    outputs: tuple[int, ...] = ()
    """Indices in `ids`, ascending: what the model says after these is wanted."""

    def moved(self, by: int) -> Piece:
        """The same so many positions later."""
        return replace(self, position=self.position + by)


class Batch:
    """A `llama_batch` over numpy arrays that are allocated once."""

    def __init__(self, bindings: Any, size: int, sequences: int) -> None:
        """`size`: tokens at most. `sequences`: those that a token can belong to at most."""
        self.size = size
        self._tokens = np.zeros(size, np.int32)
        self._positions = np.zeros(size, np.int32)
        self._sequences = np.zeros((size, sequences), np.int32)
        self._counts = np.ones(size, np.int32)
        self._logits = np.zeros(size, np.int8)
        # The pointers to each token's sequences never change, what they point at does.
        rows = self._sequences.strides[0] * np.arange(size, dtype=np.uintp)
        self._pointers = self._sequences.ctypes.data + rows
        self.batch = bindings.llama_batch(
            0,
            self._tokens.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            None,
            self._positions.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            self._counts.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            self._pointers.ctypes.data_as(ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))),
            self._logits.ctypes.data_as(ctypes.POINTER(ctypes.c_int8)),
        )

    def __len__(self) -> int:
        """How many tokens are in it."""
        count: int = self.batch.n_tokens
        return count

    @property
    def positions(self) -> int:
        """One more than the last position in it."""
        return int(self._positions[: len(self)].max(initial=-1)) + 1

    @property
    def outputs(self) -> list[int]:
        """Indices of the tokens after which it is wanted what the model says."""
        found: list[int] = np.flatnonzero(self._logits[: len(self)]).tolist()
        return found

    def clear(self) -> None:
        """Start over."""
        self.batch.n_tokens = 0

    def add(self, piece: Piece, first: int) -> int:
        """Add a piece from its index `first` on, as far as there is room; how many tokens."""
        start = len(self)
        ids = piece.ids[first : first + self.size - start]
        stop = start + len(ids)
        self._tokens[start:stop] = ids
        position = piece.position + first
        self._positions[start:stop] = np.arange(position, position + len(ids))
        self._counts[start:stop] = len(piece.sequences)
        self._sequences[start:stop, : len(piece.sequences)] = piece.sequences
        self._logits[start:stop] = 0
        for output in piece.outputs:
            if first <= output < first + len(ids):
                self._logits[start + output - first] = 1
        self.batch.n_tokens = stop
        return len(ids)
