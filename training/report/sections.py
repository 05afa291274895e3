"""The parts of a report about one set of results; each is Markdown, and draws its own plots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from custom_components.functiongemma.const import DEFAULT_CONFIDENCE

from ..evaluate.measures import (
    acts,
    calibration,
    calibration_error,
    confusion,
    coverage,
    false_positives,
    found_functions,
    found_no_call,
    miss_kinds,
    share,
    suggested_threshold,
)
from ..evaluate.verdicts import Verdict, said
from .drawing import Drawing
from .markdown import code, percent, span, table, text
from .plots import calibration_plot, confusion_plot, coverage_plot

#: Confidence from which on the agent acts, unless the user chose another; 0 to 1.
DEFAULT: Final = DEFAULT_CONFIDENCE / 100

_PERCENT = [step / 100 for step in range(101)]
_TENTHS = [step / 10 for step in range(10)]

Verdicts = Sequence[Verdict]

#: Keeps a plot under a name; returns the Markdown that shows it.
Show = Callable[[str, Drawing], str]


def functions(verdicts: Verdicts, show: Show) -> tuple[str, str]:
    """Precision and recall of every function, and what it was confused with."""
    found = found_functions(verdicts)
    rows = [
        [code(name), str(f.meant), str(f.made), percent(f.precision), percent(f.recall),
         percent(f.f1)]
        for name, f in found.items()
    ]  # fmt: skip
    words = (
        "Whether the function was the right one, whatever its target. A command with calls of "
        "several functions counts for each of them.\n\n"
    )
    words += table(["function", "meant", "called", "precision", "recall", "F1"], rows)
    if drawing := confusion_plot(confusion(verdicts)):
        words += "\n" + show("confusion", drawing)
    return "Functions chosen", words


def nothing_to_call(verdicts: Verdicts, show: Show) -> tuple[str, str]:
    """Small talk, questions about the world, devices that are not there."""
    title = "Nothing to call"
    found = found_no_call(verdicts)
    if not found.meant:
        return title, "No command here is one that nothing is to be called for.\n"
    words = (
        f"{found.meant:,} commands mean nothing that can be done here (small talk, questions "
        "about the world, devices that this home lacks). Recognised: "
        f"precision {percent(found.precision)} (of {found.made:,} answers), "
        f"recall {percent(found.recall)}, F1 {percent(found.f1)}.\n\n"
    )
    rows = []
    for threshold in (0.0, DEFAULT):
        rate = false_positives(verdicts, threshold)
        rows.append([f"{100 * threshold:.0f} %", percent(rate["accuracy"]), span(rate)])
    head = ["threshold", "acted though nothing was meant", "95 % interval"]
    return title, words + table(head, rows)


def confidence(verdicts: Verdicts, show: Show) -> tuple[str, str]:
    """Whether the confidence is the chance of being right."""
    bins = calibration(verdicts)
    words = f"Expected calibration error: {percent(calibration_error(bins))}.\n\n"
    rows = [
        [f"{100 * b.low:.0f} – {100 * b.high:.0f} %", str(b.n), percent(b.confidence),
         percent(b.accuracy), span(share(round(b.accuracy * b.n), b.n))]
        for b in bins
    ]  # fmt: skip
    words += table(["confidence", "n", "mean confidence", "right", "95 % interval"], rows)
    return "Calibration", words + "\n" + show("calibration", calibration_plot(bins))


def threshold(verdicts: Verdicts, show: Show) -> tuple[str, str]:
    """What acting from a confidence on does, and from which it is best."""
    suggested = suggested_threshold(verdicts)
    rows = []
    for step in coverage(verdicts, sorted({*_TENTHS, DEFAULT, suggested})):
        marks = [word for word, at in (("default", DEFAULT), ("suggested", suggested))
                 if at == step.threshold > 0]  # fmt: skip
        name = f"{100 * step.threshold:.0f} %" + (f" ({', '.join(marks)})" if marks else "")
        part = step.right / step.acted if step.acted else None
        rows.append([name, str(step.acted), percent(step.acted / len(verdicts)), str(step.right),
                     str(step.wrong), percent(part)])  # fmt: skip
    words = f"{_advice(verdicts, suggested)}\n\n"
    head = ["threshold", "acted on", "of all", "rightly", "wrongly", "right of those acted on"]
    words += table(head, rows)
    drawing = coverage_plot(coverage(verdicts, _PERCENT), len(verdicts), DEFAULT, suggested)
    return "Threshold", words + "\n" + show("coverage", drawing)


def _advice(verdicts: Verdicts, suggested: float) -> str:
    below = [v for v in verdicts if acts(v) and v.confidence < suggested]
    right = sum(v.right for v in below)
    if suggested == 0:
        return "Suggested threshold: none. Nowhere is acting wrong more often than right."
    return (
        f"Suggested threshold: {100 * suggested:.0f} %. Below it, acting was wrong more often than "
        f"right: {len(below) - right:,} of {len(below):,} commands, so asking or handing over is "
        "better. It is the best one for these commands; with few below it, chance decides."
    )


def misses(verdicts: Verdicts, show: Show) -> tuple[str, str]:
    """Every miss, by what was wrong about it."""
    kinds = miss_kinds(verdicts)
    title = "Misses"
    if not kinds:
        return title, "None.\n"
    total = sum(map(len, kinds.values()))
    rows = [[kind, str(len(rows)), percent(len(rows) / total)] for kind, rows in kinds.items()]
    words = table(["what was wrong", "commands", "of the misses"], rows)
    for kind, found in kinds.items():
        words += f"\n<details><summary>{kind} ({len(found)})</summary>\n\n"
        words += "".join(map(_miss, found)) + "\n</details>\n"
    return title, words


def _miss(verdict: Verdict) -> str:
    where = f"{verdict.language}, {text(verdict.home)}"
    return (
        f"- {text(verdict.text)} ({where}; {100 * verdict.confidence:.0f} %)<br>"
        f"meant {code(said(verdict.meant))}<br>made {code(said(verdict.made))}\n"
    )


SECTIONS: Final = (functions, nothing_to_call, confidence, threshold, misses)
"""In the order of the report: verdicts to a heading and Markdown."""
