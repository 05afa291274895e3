"""Whether a home that has just become different is understood as well by lines behind its listing.

    .venv/bin/python -m bench.changed --model MODEL.gguf

Every sentence of `changed_cases` is asked twice: with the listing of the home as it is now, and
with the listing of before, followed by what is new in it. Prints what was wrong, and how many were
right.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Action, Ambiguous, Where, choose
from custom_components.functiongemma.core.worker import SyncWorker

from .changed_cases import CASES

#: Below it the agent does nothing (`CONF_CONFIDENCE`).
_THRESHOLD: Final = 0.5

_SECONDS: Final = 120.0


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.changed", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    model: Path = parser.parse_args(argv).model
    right: Counter[tuple[str, bool]] = Counter()
    asked: Counter[bool] = Counter()
    with SyncWorker() as worker:
        style = worker.load(model, threads=1).prompt
        for case in CASES:
            functions = functions_for(case.after)
            for way, before in (("read anew", None), ("lines added", case.before)):
                if before is not None:
                    worker.prepare(before, functions, style=style)
                key = worker.prepare(case.after, functions, style=style, before=before)
                for sentence, meant in case.sentences:
                    decoded = worker.decode(key, sentence, seconds=_SECONDS)
                    answers = [(a.calls, math.exp(a.logprob)) for a in decoded.answers]
                    choice = choose(case.after, answers, Where(said=sentence), mass=decoded.mass)
                    done = _told(case.after, choice.resolved)
                    sure = bool(done) and choice.confidence >= _THRESHOLD
                    is_right = sure and done == meant if meant else not sure
                    right[way, bool(meant)] += is_right
                    asked[bool(meant)] += before is None
                    if not is_right:
                        said = f"{case.what}, {way}: {sentence!r} became {done or 'nothing'!r}"
                        print(f"{said} ({choice.confidence:.2f}), not {meant or 'nothing'!r}")
                sys.stdout.flush()
    for way in ("read anew", "lines added"):
        there, gone = right[way, True], right[way, False]
        print(f"{way}: {there} of {asked[True]} right; of what is gone {gone} of {asked[False]}")
    return 0


def _told(home: Home, resolved: object) -> str:
    """`function: name, name` of every call."""
    assert isinstance(resolved, tuple)
    return "; ".join(_call(item) for item in resolved)


def _call(item: object) -> str:
    if isinstance(item, Action):
        return f"{item.function.name}: {', '.join(sorted(e.name for e in item.entities))}"
    if isinstance(item, Ambiguous):
        return f"which one? {', '.join(sorted(e.name for e in item.candidates))}"
    return "failed"


if __name__ == "__main__":
    sys.exit(main())
