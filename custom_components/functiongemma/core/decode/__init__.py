"""The best whole answer to a sentence, under the constraint of a home."""

from __future__ import annotations

from .engine import Engine, Logits
from .evidence import Evidence, SaidEvidence
from .result import MAX_ANSWERS, Answer, Decoded
from .score import Normalise
from .search import Search, decode
from .words import speak

__all__ = [
    "MAX_ANSWERS",
    "Answer",
    "Decoded",
    "Engine",
    "Evidence",
    "Logits",
    "Normalise",
    "SaidEvidence",
    "Search",
    "decode",
    "speak",
]
