"""From logits to the log-probabilities of what may come next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from .. import tokens
from ..constraint import Free, Ids, State
from .engine import Logits
from .evidence import Evidence

#: Over what a decision's probabilities sum to one: the tokens allowed there, or the vocabulary.
Normalise = Literal["allowed", "full"]

#: Tokens of free text that are looked at, for each that is told apart.
_MORE = 3


@dataclass(frozen=True)
class Scores:
    """How the decisions of one search are scored."""

    normalise: Normalise
    free_branches: int
    """Tokens of free text that are told apart."""

    words_at: State | None
    """Where the model may speak: whatever does not begin a call counts as nothing to call."""

    evidence: Evidence | None = None
    """What the sentence speaks for."""

    def wanted(self, state: State) -> Ids | None:
        """The ids whose logits decide; None: the whole vocabulary's do."""
        allowed = state.allowed()
        if isinstance(allowed, Free) or self.normalise == "full":
            return None
        return None if state is self.words_at else allowed

    def decide(
        self, path: Sequence[int], state: State, logits: Logits
    ) -> tuple[Ids, npt.NDArray[np.float64]]:
        """The tokens that may come after `path` and their log-probabilities.

        `logits`: of what was `wanted` at `state`, which the path leads to.
        """
        allowed = state.allowed()
        if isinstance(allowed, Free):
            return self._free(path, state, allowed, logits)
        if state is self.words_at:
            return allowed, _call_or_words(allowed, logits)
        own = self.wanted(state) is not None
        scores = (logits if own else logits[allowed]).astype(np.float64)
        whole = _logsumexp(scores if own else logits)
        weights = self._weights(path, state, allowed)
        if weights is None:
            return allowed, scores - whole
        weighed = scores + weights
        if weights.max() > 0:
            # What speaks for one speaks against the others: together they are as likely as before.
            weighed += _logsumexp(scores) - _logsumexp(weighed)
        return allowed, weighed - whole

    def _free(
        self, path: Sequence[int], state: State, allowed: Free, logits: Logits
    ) -> tuple[Ids, npt.NDArray[np.float64]]:
        """The likeliest tokens of free text, scored over the vocabulary: it may be all of it."""
        masked = np.where(allowed.mask, logits, -np.inf)
        count = self.free_branches * (1 if self.evidence is None else _MORE)
        ids = np.argpartition(masked, -count)[-count:]
        scores = logits[ids].astype(np.float64) - _logsumexp(logits)
        weights = self._weights(path, state, ids)
        if weights is not None:
            scores = scores + weights
        best = np.argsort(-scores)[: self.free_branches]
        return ids[best], scores[best]

    def _weights(
        self, path: Sequence[int], state: State, ids: Ids
    ) -> npt.NDArray[np.float64] | None:
        return None if self.evidence is None else self.evidence(path, state, ids)


def _call_or_words(allowed: Ids, logits: Logits) -> npt.NDArray[np.float64]:
    """At the first decision of a model that may speak: a call, or any other token."""
    call = float(logits[tokens.START_FUNCTION_CALL]) - _logsumexp(logits)
    words = math.log(max(-math.expm1(call), 1e-12))
    return np.where(allowed == tokens.START_FUNCTION_CALL, call, words)


def _logsumexp(values: npt.NDArray[np.floating]) -> float:
    """log of the sum of exponentials, without overflow."""
    top = float(values.max())
    return top + math.log(float(np.exp(values - top).sum(dtype=np.float64)))
