"""The numbers of an evaluation: rates, functions, calibration, thresholds, kinds of misses.

Everything is computed from verdicts, which hold what was meant and what was made. "Acting" is
carrying something out: asking which device is meant, or saying that it cannot be done, is not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Any

from .scoring import interval
from .verdicts import Calls, Verdict

#: Services that stand for carrying nothing out.
ASKS, FAILS = "ambiguous", "failed"
NOTHING = "nothing"


def rate(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Accuracy, its 95 % interval and the number of commands, at least one."""
    return share(sum(v.right for v in verdicts), len(verdicts))


def share(part: int, total: int) -> dict[str, Any]:
    """A proportion as `accuracy`, `low`, `high`, `n`; of nothing: 0, 0, 1, 0."""
    low, high = interval(part, total)
    return {"accuracy": part / total if total else 0.0, "low": low, "high": high, "n": total}


def grouped(verdicts: Iterable[Verdict], field: str) -> dict[str, dict[str, Any]]:
    """Rates by an attribute of the verdicts, the most frequent value first."""
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[getattr(verdict, field)].append(verdict)
    return {k: rate(v) for k, v in sorted(groups.items(), key=lambda item: -len(item[1]))}


def services(calls: Calls) -> dict[str, None]:
    """The functions called, each once, in order."""
    return dict.fromkeys(str(call["service"]) for call in calls)


def acts(verdict: Verdict, threshold: float = 0.0) -> bool:
    """Whether anything is carried out when the agent acts from `threshold` (0 to 1) on."""
    done = services(verdict.made).keys() - {ASKS, FAILS}
    return bool(done) and verdict.confidence >= threshold


@dataclass(frozen=True)
class Found:
    """How well something was recognised: counts of commands."""

    both: int
    """Meant and made."""
    meant: int
    made: int

    @property
    def precision(self) -> float | None:
        """Of those made, the share that was meant; None: never made."""
        return self.both / self.made if self.made else None

    @property
    def recall(self) -> float | None:
        """Of those meant, the share that was made; None: never meant."""
        return self.both / self.meant if self.meant else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None: neither meant nor made."""
        total = self.meant + self.made
        return 2 * self.both / total if total else None


def found_functions(verdicts: Iterable[Verdict]) -> dict[str, Found]:
    """Every function that was meant or made, the most frequently meant first.

    A command with calls of several functions counts for each of them. It is the choice of the
    function that counts here, not its target.
    """
    meant, made, both = Counter[str](), Counter[str](), Counter[str]()
    for verdict in verdicts:
        wanted, called = services(verdict.meant), services(verdict.made)
        meant.update(wanted.keys())
        made.update(called.keys())
        both.update(wanted.keys() & called.keys())
    names = sorted(meant | made, key=lambda name: (-meant[name], name))
    return {name: Found(both[name], meant[name], made[name]) for name in names}


def found_no_call(verdicts: Iterable[Verdict]) -> Found:
    """How well it was recognised that nothing is to be called."""
    rows = [(not v.meant, not v.made) for v in verdicts]
    return Found(
        sum(meant and made for meant, made in rows),
        sum(meant for meant, _ in rows),
        sum(made for _, made in rows),
    )


def false_positives(verdicts: Iterable[Verdict], threshold: float) -> dict[str, Any]:
    """Of the commands that mean nothing, the share that is acted on."""
    nothing = [v for v in verdicts if not v.meant]
    return share(sum(acts(v, threshold) for v in nothing), len(nothing))


def confusion(verdicts: Iterable[Verdict]) -> Counter[tuple[str, str]]:
    """How often a function was meant (first) and another, or the same, was made (second).

    In commands of several calls, functions that are meant and made belong together; what is left
    over is paired in order, and with NOTHING where one side has no more.
    """
    cells: Counter[tuple[str, str]] = Counter()
    for verdict in verdicts:
        meant, made = services(verdict.meant), services(verdict.made)
        cells.update((name, name) for name in meant.keys() & made.keys())
        missed = [name for name in meant if name not in made]
        invented = [name for name in made if name not in meant]
        length = max(len(missed), len(invented))
        missed += [NOTHING] * (length - len(missed))
        invented += [NOTHING] * (length - len(invented))
        cells.update(zip(missed, invented, strict=True))
        if not meant and not made:
            cells[NOTHING, NOTHING] += 1
    return cells


@dataclass(frozen=True)
class Bin:
    """Commands whose confidence lies between `low` and `high`."""

    low: float
    high: float
    n: int
    confidence: float
    """Their mean confidence."""
    accuracy: float
    """The share of them that is right."""


def calibration(verdicts: Iterable[Verdict], bins: int = 10) -> list[Bin]:
    """Equally wide bins from 0 to 1, those without commands left out; 1 is in the last."""
    groups: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[min(int(verdict.confidence * bins), bins - 1)].append(verdict)
    return [
        Bin(
            number / bins,
            (number + 1) / bins,
            len(rows),
            sum(v.confidence for v in rows) / len(rows),
            sum(v.right for v in rows) / len(rows),
        )
        for number, rows in sorted(groups.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: mean distance of confidence and accuracy, 0 to 1."""
    total = sum(b.n for b in bins)
    return sum(b.n * abs(b.accuracy - b.confidence) for b in bins) / total if total else 0.0


@dataclass(frozen=True)
class Step:
    """What becomes of the commands when the agent acts from `threshold` on: counts."""

    threshold: float
    acted: int
    right: int
    """Of those acted on."""

    @property
    def wrong(self) -> int:
        """Acted on, and not rightly."""
        return self.acted - self.right


def coverage(verdicts: Iterable[Verdict], thresholds: Iterable[float]) -> list[Step]:
    """How many commands are acted on, and rightly, at each threshold."""
    doing = [v for v in verdicts if acts(v)]
    steps = []
    for threshold in thresholds:
        sure = [v for v in doing if v.confidence >= threshold]
        steps.append(Step(threshold, len(sure), sum(v.right for v in sure)))
    return steps


def suggested_threshold(verdicts: Iterable[Verdict]) -> float:
    """The confidence from which on acting is better than asking, 0 to 1.

    Below it, acting was wrong more often than right; it is the threshold at which acting rightly
    most outnumbers acting wrongly, the lowest such one, in the middle between the two commands it
    lies between. 0: acting is never worse than asking. 1: it never is better.
    """
    by_confidence: dict[float, int] = defaultdict(int)
    for verdict in verdicts:
        if acts(verdict):
            by_confidence[verdict.confidence] += 1 if verdict.right else -1
    levels = sorted(by_confidence)
    # What is lost by acting on nothing below the n-th level.
    lost = [0, *accumulate(by_confidence[level] for level in levels)]
    best = lost.index(min(lost))
    if best == 0:
        return 0.0
    if best == len(levels):
        return 1.0
    return (levels[best - 1] + levels[best]) / 2


class Miss(StrEnum):
    """What was wrong about a command that went wrong."""

    FUNCTION = "wrong function"
    TARGET = "wrong target"
    VALUE = "wrong value"
    TOO_FEW = "a part of several left out"
    TOO_MANY = "more than was meant"
    ASKED = "asked instead"
    SILENT = "nothing instead"
    FAILED = "cannot be carried out"
    ACTED = "acted instead of nothing"
    GUESSED = "acted instead of asking"


def kind_of_miss(verdict: Verdict) -> Miss:
    """Why a wrong command is wrong: what comes first of function, target and value."""
    meant, made = services(verdict.meant).keys(), services(verdict.made).keys()
    if not made:
        return Miss.SILENT
    if ASKS in made - meant:
        return Miss.ASKED
    if FAILS in made:
        return Miss.FAILED
    if not meant:
        return Miss.ACTED
    if ASKS in meant - made:
        return Miss.GUESSED
    if made < meant:
        return Miss.TOO_FEW
    if meant < made:
        return Miss.TOO_MANY
    if meant != made:
        return Miss.FUNCTION
    if _targets(verdict.meant) != _targets(verdict.made):
        return Miss.TARGET
    return Miss.VALUE


def _targets(calls: Calls) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for call in calls:
        service = str(call["service"])
        found[service] = found.get(service, frozenset()) | frozenset(call["entity_id"])
    return found


def miss_kinds(verdicts: Iterable[Verdict]) -> dict[Miss, list[Verdict]]:
    """Misses by kind, the most frequent kind first."""
    groups: dict[Miss, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if not verdict.right:
            groups[kind_of_miss(verdict)].append(verdict)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))
