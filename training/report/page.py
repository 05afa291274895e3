"""The page: overview, comparison, rates, and a section on every other thing."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..evaluate.measures import acts, calibration, calibration_error, false_positives, grouped, rate
from ..evaluate.results import Results, read_results
from ..evaluate.verdicts import Verdict
from .drawing import Drawing
from .markdown import percent, span, table, text
from .plots import accuracy_plot
from .sections import DEFAULT, SECTIONS

_INTRODUCTION = f"""\
A command is right when exactly the meant actions are called on exactly the meant entities with the
same numbers. Intervals are Wilson's, of 95 %. `ambiguous` is asking which device is meant, `failed`
a call that cannot be carried out. "Acted" is carrying something out; unless said otherwise, from a
confidence of {100 * DEFAULT:.0f} % on, the agent's default.
"""


class _Folder:
    """Where a report is written; keeps the plots."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def show(self, name: str, drawing: Drawing) -> str:
        """Write a plot; the Markdown that shows it."""
        drawing.write(self.path / f"{name}.svg")
        return f"![{name}]({name}.svg)\n"


def write_report(results: Sequence[Results], path: Path) -> Path:
    """Write the report on `results`, at least one, into the folder `path`; its file."""
    folder = _Folder(path)
    parts = ["# Evaluation\n", _INTRODUCTION, _overview(results), *_comparison(results)]
    parts.append(_rates(results, folder, "language", "language"))
    parts.append(_rates(results, folder, "function", "function"))
    if any(verdict.kind for result in results for verdict in result.verdicts):
        parts.append(_rates(results, folder, "kind", "kind of command"))
    several = len(results) > 1
    for number, result in enumerate(results, 1):
        if several:
            parts.append(f"## {text(result.label)}\n")
        show = _shower(folder, f"-{number}" if several else "")
        for section in SECTIONS:
            title, body = section(result.verdicts, show)
            parts.append(f"{'###' if several else '##'} {title}\n\n{body}")
    file = path / "report.md"
    file.write_text("\n".join(parts), encoding="utf-8")
    return file


def _shower(folder: _Folder, suffix: str) -> Callable[[str, Drawing], str]:
    return lambda name, drawing: folder.show(name + suffix, drawing)


def _overview(results: Sequence[Results]) -> str:
    rows = []
    for result in results:
        verdicts, facts = result.verdicts, result.facts
        overall = rate(verdicts)
        wrong = sum(acts(v, DEFAULT) and not v.right for v in verdicts)
        nothing = false_positives(verdicts, DEFAULT)
        model = str(facts.get("model", "–")) + (" (untrained)" if facts.get("base") else "")
        size = f"{facts['bytes'] / 1e6:.0f} MB" if "bytes" in facts else "–"
        rows.append([
            text(result.label), text(model), text(str(facts.get("commands", "–"))), size,
            f"{overall['n']:,}", percent(overall["accuracy"]), span(overall),
            percent(wrong / len(verdicts)),
            percent(nothing["accuracy"] if nothing["n"] else None),
            percent(calibration_error(calibration(verdicts))),
            f"{statistics.median(v.milliseconds for v in verdicts):.0f} ms",
        ])  # fmt: skip
    head = ["results", "model", "commands", "size", "n", "right", "95 % interval",
            "acted on wrongly", "acted though nothing was meant", "ECE", "median"]  # fmt: skip
    return table(head, rows, words=3)


def _comparison(results: Sequence[Results]) -> list[str]:
    """Command by command against the first results, for those with the same commands."""
    first, *others = results
    rows = []
    for other in others:
        if (pairs := paired(first, other)) is None:
            continue
        both = sum(a and b for a, b in pairs)
        lost, won = (sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs))
        rows.append([text(other.label), str(both), str(won), str(lost),
                     str(len(pairs) - both - won - lost), f"{chance(won, lost):.3f}"])  # fmt: skip
    if not rows:
        return []
    words = (
        f"The same commands, against {text(first.label)}. p: how probable a difference like this "
        "is by chance, were both equally good (McNemar's exact test, two-sided).\n\n"
    )
    head = ["results", "both right", "right now only", "right before only", "both wrong", "p"]
    return [f"## Command by command\n\n{words}{table(head, rows)}"]


def paired(one: Results, other: Results) -> list[tuple[bool, bool]] | None:
    """Whether each command was right in both; None unless both were asked the same commands."""
    sides = [sorted(result.verdicts, key=_command) for result in (one, other)]
    if [_command(v) for v in sides[0]] != [_command(v) for v in sides[1]]:
        return None
    return [(a.right, b.right) for a, b in zip(*sides, strict=True)]


def _command(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.home, verdict.language, verdict.text


def chance(won: int, lost: int) -> float:
    """Probability of a split at least as uneven, were winning as likely as losing; 0 to 1."""
    total = won + lost
    tail = sum(math.comb(total, k) for k in range(min(won, lost) + 1))
    return min(1.0, 2 * tail / 2**total)


def _rates(results: Sequence[Results], folder: _Folder, field: str, title: str) -> str:
    series = {result.label: grouped(result.verdicts, field) for result in results}
    names = list(dict.fromkeys(name for rates in series.values() for name in rates))
    if len(results) == 1:
        rates = series[results[0].label]
        head = [title, "n", "right", "95 % interval"]
        rows = [[text(n), str(r["n"]), percent(r["accuracy"]), span(r)] for n, r in rates.items()]
    else:
        head = [title, *map(text, series)]
        rows = [[text(n), *(_cell(rates.get(n)) for rates in series.values())] for n in names]
    plot = folder.show(f"accuracy-{field}", accuracy_plot(f"Right, by {title}", series))
    return f"## By {title}\n\n{table(head, rows)}\n{plot}"


def _cell(found: dict[str, Any] | None) -> str:
    return f"{percent(found['accuracy'])} of {found['n']:,}" if found else "–"


def labelled(files: Sequence[Path]) -> list[Results]:
    """Results under names of their own: the file's, and its folder's where that is not enough."""
    stems = [file.stem for file in files]
    found = []
    for file in files:
        unique = stems.count(file.stem) == 1
        label = file.stem if unique else f"{file.resolve().parent.name} {file.stem}"
        found.append(replace(read_results(file), label=label))
    labels = [result.label for result in found]
    if len(set(labels)) < len(labels):
        raise ValueError(f"results of the same name: {', '.join(labels)}")
    return found
