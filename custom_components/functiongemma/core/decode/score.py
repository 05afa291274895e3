"""From logits to the log-probabilities of what may come next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from .. import tokens
from ..constraint import Free, Ids, State
from .engine import Logits

#: Over what a decision's probabilities sum to one: the tokens allowed there, or the vocabulary.
Normalise = Literal["allowed", "full"]


@dataclass(frozen=True)
class Scores:
    """How the decisions of one search are scored."""

    normalise: Normalise
    free_branches: int
    """Tokens of free text that are told apart."""

    words_at: State | None
    """Where the model may speak: whatever does not begin a call counts as nothing to call."""

    def wanted(self, state: State) -> Ids | None:
        """The ids whose logits decide; None: the whole vocabulary's do."""
        allowed = state.allowed()
        if isinstance(allowed, Free) or self.normalise == "full":
            return None
        return None if state is self.words_at else allowed

    def decide(self, state: State, logits: Logits) -> tuple[Ids, npt.NDArray[np.float64]]:
        """The tokens that may come next and their log-probabilities, given what was `wanted`."""
        allowed = state.allowed()
        if isinstance(allowed, Free):
            masked = np.where(allowed.mask, logits, -np.inf)
            ids = np.argpartition(masked, -self.free_branches)[-self.free_branches :]
            # Free text is scored over the vocabulary either way: what it may be is all of it.
            return ids, logits[ids].astype(np.float64) - _logsumexp(logits)
        if self.wanted(state) is not None:
            return allowed, logits.astype(np.float64) - _logsumexp(logits)
        if state is self.words_at:
            return allowed, _call_or_words(allowed, logits)
        return allowed, logits[allowed].astype(np.float64) - _logsumexp(logits)


def _call_or_words(allowed: Ids, logits: Logits) -> npt.NDArray[np.float64]:
    """At the first decision of a model that may speak: a call, or any other token."""
    call = float(logits[tokens.START_FUNCTION_CALL]) - _logsumexp(logits)
    words = math.log(max(-math.expm1(call), 1e-12))
    return np.where(allowed == tokens.START_FUNCTION_CALL, call, words)


def _logsumexp(values: npt.NDArray[np.floating]) -> float:
    """log of the sum of exponentials, without overflow."""
    top = float(values.max())
    return top + math.log(float(np.exp(values - top).sum(dtype=np.float64)))
