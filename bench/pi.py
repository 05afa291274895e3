"""What a Raspberry Pi would take: derived from counted bytes and operations, measured nowhere.

A batch takes as long as its bytes or its operations, whichever is longer; our own Python is slower
there by a guessed factor. Memory and prefill speeds are published measurements of others with
models of this kind; the operations a second follow from the prefill speeds.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .agent import Sample
from .traffic import Traffic


@dataclass(frozen=True)
class Board:
    """A Raspberry Pi, in round numbers."""

    name: str
    bandwidth: float
    """Bytes a second."""

    operations: float
    """A second, all cores together."""

    python: float
    """How many times as long our own Python takes as on the machine that measured: a guess."""


#: 11.8 and 5.5 GB/s of memory; 1,000 and 100 tokens a second of prefill at 0.2 billion operations.
BOARDS: Final = (
    Board("Raspberry Pi 5", 11.8e9, 200e9, 1.5),
    Board("Raspberry Pi 4", 5.5e9, 20e9, 4.0),
)


def estimate(board: Board, sample: Sample, traffic: Traffic) -> float:
    """Milliseconds of one sentence."""
    seconds = sample.work.rows * traffic.row / board.bandwidth
    for step in sample.work.steps:
        reading = traffic.step(step) / board.bandwidth
        computing = step.tokens * traffic.operations / board.operations
        seconds += max(reading, computing)
    return seconds * 1000 + sample.parts["python"] * board.python


def estimates(samples: Sequence[Sample], traffic: Traffic) -> dict[str, float]:
    """Median milliseconds of the sentences, by board."""
    return {
        board.name: statistics.median(estimate(board, sample, traffic) for sample in samples)
        for board in BOARDS
    }
