"""How many batches a sentence takes: `python -m bench.batches MODEL [DEVICES] [--without]`.

Every sentence of `sayings.py` is asked once in order, and then all once more, when the words were
answered before. `--without`: nothing is guessed. Counts are exact, whatever else the machine does;
milliseconds are not, and are printed to see that both agree.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.constraint import Constraint
from custom_components.functiongemma.core.decode import Decoded, SaidEvidence, decode
from custom_components.functiongemma.core.draft import Guesser
from custom_components.functiongemma.core.engine import LlamaEngine
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.prompt import build_static, known, listed
from custom_components.functiongemma.core.said import Said

from .homes import make_home
from .sayings import SAYINGS


@dataclass(frozen=True)
class Count:
    """What one sentence took."""

    text: str
    decoded: Decoded
    batches: int
    tokens: int
    """The sentence's own included."""

    milliseconds: float
    python: float
    """Milliseconds of it outside `llama_decode`."""


class Asked:
    """One home and the sentences said in it."""

    def __init__(self, engine: LlamaEngine, home: Home, *, guessing: bool) -> None:
        functions = known(functions_for(home), engine.info.functions)
        self._engine = engine
        self._home = listed(home, engine.info.domains)
        self._static = build_static(self._home, functions, style=engine.info.prompt)
        self._prefix = tokens.encode(self._static.segments, engine.vocabulary.tokenize)
        self._constraint = Constraint(self._home, functions, engine.vocabulary)
        self._guesser = Guesser() if guessing else None
        engine.prepare(self._prefix)
        if self._guesser is not None:  # what it knows beforehand is not a sentence's time
            self._guesser.prepare(self._constraint)

    def count(self, text: str) -> Count:
        """Say one sentence."""
        engine, constraint = self._engine, self._constraint
        engine.begin(self._prefix, tokens.encode(self._static.turn(text), constraint.ids))
        engine.take_work()
        began = time.perf_counter()
        said = Said(text)
        guess = self._guesser.of(said, self._home, constraint) if self._guesser else None
        evidence = SaidEvidence(said, constraint, self._home)
        decoded = decode(constraint, engine, guess=guess, evidence=evidence)
        if self._guesser is not None and guess is not None and decoded.best is not None:
            self._guesser.learn(guess, decoded.best.calls)
        took = (time.perf_counter() - began) * 1000
        work = engine.take_work()
        counted = sum(step.tokens for step in work.steps)
        return Count(text, decoded, len(work.steps), counted, took, took - work.milliseconds)


def summary(counts: Sequence[Count]) -> str:
    """Means and shares, on one line."""
    batches = [count.batches for count in counts]
    few = sum(number <= 4 for number in batches) / len(batches)
    return (
        f"{len(counts)} sentences: {statistics.mean(batches):.2f} batches (median "
        f"{statistics.median(batches):g}, {few:.0%} in four or fewer), "
        f"{statistics.mean(count.tokens for count in counts):.1f} tokens, "
        f"{statistics.median(count.milliseconds for count in counts):.0f} ms (median), of it "
        f"{statistics.median(count.python for count in counts):.1f} outside llama_decode"
    )


def _one_call(count: Count) -> bool:
    return count.decoded.best is not None and len(count.decoded.best.calls) == 1


def main() -> None:
    """Count, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.batches", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("devices", type=int, nargs="?", default=25)
    parser.add_argument("--without", action="store_true", help="guess nothing")
    options = parser.parse_args()
    engine = LlamaEngine(options.model, threads=1)
    asked = Asked(engine, make_home(options.devices), guessing=not options.without)
    for label in ("first time", "again"):
        counts = [asked.count(text) for text in SAYINGS]
        print(f"{label}, all: {summary(counts)}")
        print(f"{label}, one command: {summary([c for c in counts if _one_call(c)])}", flush=True)
        if options.without:
            break


if __name__ == "__main__":
    main()
