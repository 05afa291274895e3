"""Batches for `llama_decode`, filled by array slices."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np


class Batch:
    """A `llama_batch` over numpy arrays that are allocated once."""

    def __init__(self, bindings: Any, size: int) -> None:
        self._tokens = np.zeros(size, np.int32)
        self._positions = np.zeros(size, np.int32)
        self._sequences = np.zeros(size, np.int32)
        self._counts = np.ones(size, np.int32)
        self._logits = np.zeros(size, np.int8)
        # Every token belongs to one sequence: its pointer never changes, what it points at does.
        self._pointers = self._sequences.ctypes.data + 4 * np.arange(size, dtype=np.uintp)
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

    def clear(self) -> None:
        """Start over."""
        self.batch.n_tokens = 0

    def add(self, ids: Sequence[int], position: int, sequence: int, *, logits: bool) -> int:
        """Add tokens of one sequence; index of the last one, with logits if asked for."""
        start: int = self.batch.n_tokens
        stop = start + len(ids)
        self._tokens[start:stop] = ids
        self._positions[start:stop] = np.arange(position, position + len(ids))
        self._sequences[start:stop] = sequence
        self._logits[start:stop] = 0
        self._logits[stop - 1] = logits
        self.batch.n_tokens = stop
        return stop - 1
