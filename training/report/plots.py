"""The plots of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..evaluate.measures import Bin, Step, calibration_error
from .drawing import SERIES, Drawing

#: Most functions in the plot of confusions, the most confused ones.
MOST_CONFUSED: Final = 16

_ROW, _TOP, _PLOT = 18, 34, 260

#: Rates by name, as `measures.grouped` gives them.
Rates = Mapping[str, Mapping[str, Any]]


def accuracy_plot(title: str, series: Mapping[str, Rates]) -> Drawing:
    """Accuracy with its interval, a row a name; several series (label → rates) share the row."""
    names = list(dict.fromkeys(name for rates in series.values() for name in rates))
    legend = _ROW * len(series) if len(series) > 1 else 0
    step = max(_ROW, 9 * len(series) + 6)
    left = 20 + 7 * max(map(len, names))
    bottom = _TOP + step * len(names)
    drawing = Drawing(left + _PLOT + 130, bottom + 26 + legend, title)
    drawing.text(4, 16, title)
    for percent in range(0, 101, 25):
        x = left + _PLOT * percent / 100
        drawing.line(x, _TOP - 6, x, bottom, "grid")
        drawing.text(x, bottom + 14, f"{percent} %", anchor="middle", style="soft")
    for row, name in enumerate(names):
        middle = _TOP + step * (row + 0.5)
        drawing.text(left - 8, middle + 4, name, anchor="end")
        if len(series) == 1:
            only = next(iter(series.values()))[name]
            right = f"{100 * only['accuracy']:.1f} % of {only['n']:,}"
            drawing.text(left + _PLOT + 10, middle + 4, right, style="soft")
        for number, (label, rates) in enumerate(series.items()):
            if rate := rates.get(name):
                y = middle + 9 * (number - (len(series) - 1) / 2)
                _whisker(drawing, left, y, rate, SERIES[number % len(SERIES)], label)
    if legend:
        for number, label in enumerate(series):
            y = bottom + 34 + _ROW * number
            drawing.circle(left + 4, y - 4, 4, SERIES[number % len(SERIES)])
            drawing.text(left + 14, y, label)
    return drawing


def _whisker(
    drawing: Drawing, left: float, y: float, rate: Mapping[str, Any], style: str, label: str
) -> None:
    low, at, high = (left + _PLOT * rate[key] for key in ("low", "accuracy", "high"))
    drawing.line(low, y, high, y, f"{style} bar")
    span = f"{100 * rate['low']:.1f} – {100 * rate['high']:.1f} %"
    tip = f"{label}: {100 * rate['accuracy']:.1f} % ({span}) of {rate['n']:,}"
    drawing.circle(at, y, 3.5, style, tip)


def confusion_plot(cells: Counter[tuple[str, str]]) -> Drawing | None:
    """Which function was called where another was meant; None where none was.

    Shown are the functions that were confused most, with what was called in their place.
    """
    wrong = Counter({pair: n for pair, n in cells.items() if pair[0] != pair[1]})
    if not wrong:
        return None
    by_meant, by_made = Counter[str](), Counter[str]()
    for (meant, made), n in wrong.items():
        by_meant[meant] += n
        by_made[made] += n
    rows = sorted(name for name, _ in by_meant.most_common(MOST_CONFUSED))
    columns = sorted({name for name, _ in by_made.most_common(MOST_CONFUSED)} | set(rows))
    left = 20 + 7 * max(map(len, [*rows, "meant"]))
    size, bottom = 26, _TOP + 14 + 26 * len(rows)
    legend = _ROW * ((len(columns) + 1) // 2)
    width = max(left + size * len(columns) + 20, 560)
    drawing = Drawing(width, bottom + 30 + legend, "Functions confused")
    drawing.text(4, 16, "Functions confused: meant (rows) and called (columns), commands")
    for column, name in enumerate(columns):
        drawing.text(left + size * (column + 0.5), _TOP + 6, str(column + 1), anchor="middle")
        place = 10 + (width / 2) * (column % 2), bottom + 26 + _ROW * (column // 2)
        drawing.text(*place, f"{column + 1}  {name}", style="soft")
    largest = max(wrong.values())
    for row, meant in enumerate(rows):
        y = _TOP + 14 + size * row
        drawing.text(left - 8, y + 17, meant, anchor="end")
        for column, made in enumerate(columns):
            n = cells[meant, made]
            x = left + size * column
            style = "s2" if meant == made else "s1"
            shade = 0.15 if meant == made else 0.15 + 0.6 * n / largest
            drawing.box(x + 1, y + 1, size - 2, size - 2, style, opacity=shade if n else 0.04,
                        tip=f"{meant} meant, {made} called: {n}")  # fmt: skip
            if n:
                drawing.text(x + size / 2, y + 17, str(n), anchor="middle")
    return drawing


def calibration_plot(bins: Sequence[Bin]) -> Drawing:
    """Confidence against being right, with the number of commands in each bin."""
    error = calibration_error(bins)
    drawing, x_of, y_of = _square(f"Confidence and being right (ECE {100 * error:.1f} %)")
    drawing.line(x_of(0), y_of(0), x_of(1), y_of(1), "line", dashed=True)
    for found in bins:
        left, right = x_of(found.low) + 1, x_of(found.high) - 1
        share = f"{100 * found.accuracy:.1f} % of {found.n:,} are right"
        tip = f"{share}, mean confidence {100 * found.confidence:.1f} %"
        top = y_of(found.accuracy)
        drawing.box(left, top, right - left, y_of(0) - top, "s0", opacity=0.35, tip=tip)
        drawing.circle(x_of(found.confidence), top, 3.5, "s0", tip)
        drawing.text((left + right) / 2, y_of(0) - 4, f"{found.n:,}", anchor="middle")
    drawing.text(x_of(0.5), y_of(0) + 32, "confidence", anchor="middle", style="soft")
    return drawing


def coverage_plot(steps: Sequence[Step], total: int, default: float, suggested: float) -> Drawing:
    """The share of all commands acted on, and acted on rightly, at each threshold."""
    drawing, x_of, y_of = _square("Acted on (upper line), and rightly (lower), by threshold")
    for style, count in (("s0", "acted"), ("s2", "right")):
        points = [(x_of(s.threshold), y_of(getattr(s, count) / total)) for s in steps]
        drawing.path(points, style)
    for step in steps[:: max(1, len(steps) // 20)]:
        tip = (f"from {100 * step.threshold:.0f} %: {step.acted:,} of {total:,} acted on, "
               f"{step.right:,} rightly, {step.wrong:,} not")  # fmt: skip
        drawing.circle(x_of(step.threshold), y_of(step.right / total), 3, "s2", tip)
    for value, word, row in ((default, "default", 0), (suggested, "suggested", 1)):
        drawing.line(x_of(value), y_of(0), x_of(value), y_of(1), "line", dashed=True)
        side, shift = ("end", -4) if value > 0.6 else ("start", 4)
        label = f"{word} {100 * value:.0f} %"
        drawing.text(x_of(value) + shift, y_of(0) - 8 - 16 * row, label, anchor=side)  # type: ignore[arg-type]
    drawing.text(x_of(0.5), y_of(0) + 32, "threshold", anchor="middle", style="soft")
    return drawing


def _square(title: str) -> tuple[Drawing, Callable[[float], float], Callable[[float], float]]:
    """Axes from 0 to 1 both ways; the drawing, and what turns shares into pixels."""
    left, width, height = 52, 400, 220
    drawing = Drawing(left + width + 20, _TOP + height + 44, title)
    drawing.text(4, 16, title)

    def x_of(share: float) -> float:
        return left + width * share

    def y_of(share: float) -> float:
        return _TOP + height * (1 - share)

    for percent in range(0, 101, 20):
        share = percent / 100
        drawing.line(left, y_of(share), left + width, y_of(share), "grid")
        drawing.text(left - 6, y_of(share) + 4, f"{percent} %", anchor="end", style="soft")
        drawing.text(x_of(share), y_of(0) + 16, f"{percent} %", anchor="middle", style="soft")
    return drawing, x_of, y_of
