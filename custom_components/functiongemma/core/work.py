"""What llama.cpp was made to do for an answer: the facts that measurements start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

#: `prepare`: a static prompt; `prefill`: the sentence; `decode`: the search for the answer.
Stage = Literal["prepare", "prefill", "decode"]


class Step(NamedTuple):
    """One batch."""

    stage: Stage

    tokens: int

    positions: int
    """Tokens of prompt and answer that the longest of its sequences has with it."""

    milliseconds: float
    """Inside `llama_decode`."""


@dataclass(frozen=True)
class Work:
    """All batches since the answer before, those of a prompt that was prepared included."""

    steps: Sequence[Step] = ()

    rows: int = 0
    """Rows of the output head that were multiplied, in llama.cpp or outside of it."""

    @property
    def milliseconds(self) -> float:
        """Inside `llama_decode`, altogether."""
        return sum(step.milliseconds for step in self.steps)
