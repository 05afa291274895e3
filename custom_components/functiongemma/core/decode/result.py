"""What the search found."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..calls import FunctionCall
from ..work import Work

#: Most answers returned.
MAX_ANSWERS = 8


@dataclass(frozen=True)
class Answer:
    """A complete answer: no calls means there is nothing to call."""

    calls: tuple[FunctionCall, ...]
    logprob: float


@dataclass(frozen=True)
class Decoded:
    """What the search found."""

    answers: tuple[Answer, ...]
    """Complete answers, best first, at most MAX_ANSWERS; empty when the budget was too small."""

    confidence: float
    """Probability of the best answer among everything considered, open branches included; 0..1."""

    mass: float
    """Probability of everything considered together, open branches included: answers' are parts of
    it; 0..1."""

    no_call: float
    """Probability of having nothing to call, at the first decision; 0..1."""

    evaluated: int
    """Tokens the search asked for; those that were guessed in vain are not counted."""

    text: str | None = None
    """An answer in words, where it was asked for."""

    timings: dict[str, float] = field(default_factory=dict)
    """Milliseconds by part: `prefill`, the first batch, which reads the sentence; `decode`."""

    work: Work = field(default_factory=Work)
    """What the engine did, where it says so."""

    prompt_tokens: int | None = None
    """Tokens of the static prompt; None: not counted."""

    turn_tokens: int | None = None
    """Tokens between the static prompt and the answer: the sentence; None: not counted."""

    remembered: bool = False
    """The same was asked before, and the model was not asked again."""

    @property
    def best(self) -> Answer | None:
        """The most probable answer."""
        return self.answers[0] if self.answers else None
