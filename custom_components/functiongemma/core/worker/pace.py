"""How many threads: tried out with the loaded model, on the cores as they are just then.

What is best cannot be known from the number of cores: decoding waits for the memory, which one or
two cores of a small board use up, reading a sentence computes, and every batch ends hundreds of
times with all threads waiting for the last one, whose core may have other work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from ..work import Step

#: Tokens of the batches that are timed. A sentence takes both: a step of the search has few tokens,
#: the sentence itself and the beginning of a call have about ten.
FEW: Final = 1
MANY: Final = 10

#: Each number of threads is tried so often, if there is time.
_ROUNDS: Final = 3
#: Seconds for all of it, reading the model from the disk not counted.
_SECONDS: Final = 0.5
#: A number of threads that is this much slower with few tokens is not tried with many.
_HOPELESS: Final = 1.5
#: Slower than the best by this much is as good, if it needs fewer cores: they have other work.
_AS_GOOD: Final = 1.1

#: A sentence this much slower than what was measured met cores that have become busy.
BUSY: Final = 3.0


class Engine(Protocol):
    """What is timed; `LlamaEngine` is one."""

    def use_threads(self, threads: int) -> None:
        """Compute with so many threads from now on."""

    def time_batch(self, tokens: int) -> float:
        """Milliseconds that a batch of so many tokens takes."""


@dataclass(frozen=True)
class Pace:
    """How fast the model is with how many threads."""

    threads: int
    """The number that was chosen."""

    batches: tuple[tuple[int, float, float], ...]
    """(threads, milliseconds of a batch of one token, of ten tokens), those that were measured."""

    milliseconds: float
    """What measuring took, reading the model from the disk included."""

    def slowness(self, steps: Iterable[Step]) -> float:
        """How much longer than measured batches took; 1 where nothing was measured."""
        few, many = next((row[1:] for row in self.batches if row[0] == self.threads), (0.0, 0.0))
        expected = took = 0.0
        for step in steps:
            expected += few + max(0.0, many - few) * (step.tokens - FEW) / (MANY - FEW)
            took += step.milliseconds
        return took / expected if expected else 1.0


def choose_threads(engine: Engine, most: int, clock: Callable[[], float] = time.monotonic) -> Pace:
    """Try 1 to `most` threads, and leave the engine with the best number.

    Takes half a second, and what the first batch takes to read the model from the disk. `clock`
    tells seconds.
    """
    began = clock()
    measured: list[tuple[int, float, float]] = []
    if most > 1:
        engine.use_threads(most)
        engine.time_batch(FEW)
        measured = _measure(engine, most, clock)
    best = min((few + many for _, few, many in measured), default=0.0)
    good = (threads for threads, few, many in measured if few + many <= best * _AS_GOOD)
    chosen = min(good, default=1)
    engine.use_threads(chosen)
    return Pace(chosen, tuple(measured), (clock() - began) * 1000)


def _measure(
    engine: Engine, most: int, clock: Callable[[], float]
) -> list[tuple[int, float, float]]:
    """(threads, milliseconds of a batch of few, of many tokens), by threads.

    From many threads to few: on a slow board, one thread alone would use up the time.
    """
    end = clock() + _SECONDS
    few: dict[int, list[float]] = {threads: [] for threads in range(most, 0, -1)}
    many: dict[int, list[float]] = {}
    for _ in range(_ROUNDS):
        for threads, times in few.items():
            engine.use_threads(threads)
            times.append(engine.time_batch(FEW))
        usual = {threads: _median(times) for threads, times in few.items()}
        slowest = min(usual.values()) * _HOPELESS
        latest = 0.0
        for threads in (n for n in few if usual[n] <= slowest):
            if many and clock() + latest / 1000 > end:
                break
            engine.use_threads(threads)
            latest = engine.time_batch(MANY)
            many.setdefault(threads, []).append(latest)
        if clock() > end:
            break
    return [(threads, usual[threads], _median(many[threads])) for threads in sorted(many)]


def _median(times: list[float]) -> float:
    # That of `statistics` brings along more modules than all of ours.
    return float(np.median(times))
