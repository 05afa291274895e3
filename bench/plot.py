"""Plots as SVG, without a library: bars of parts, one on another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from .report import PARTS

_WIDTH: Final = 720
_LEFT: Final = 120
_RIGHT: Final = 90
_BAR: Final = 34
_GAP: Final = 22
_TOP: Final = 44

_COLOURS: Final = {
    "functions": "#8d6cab", "restore": "#5b9bd5", "prefill": "#3f7fbf", "decode": "#e08a3c",
    "worker": "#7fb069", "choose": "#c44e52", "naive": "#9a9a9a", "now": "#3f7fbf",
    "llama": "#3f7fbf", "python": "#e08a3c",
}  # fmt: skip


def by_devices(results: Mapping[str, Any]) -> str:
    """Median latency of a warm sentence by number of devices, in its parts."""
    bars = {
        f"{int(size):,} devices": {name: row["parts"][part] for part, name in PARTS.items()}
        for size, row in results["warm"].items()
    }
    colours = {name: _COLOURS[part] for part, name in PARTS.items()}
    return _bars("A warm sentence, text to calls (ms)", bars, colours)


def by_part(results: Mapping[str, Any], size: int = 100) -> str:
    """Where the time of a sentence goes: each part by itself, at `size` devices."""
    parts = results["warm"][str(size)]["parts"]
    bars = {name: {"median": parts[part]} for part, name in PARTS.items()}
    bars |= {"in llama.cpp": {"median": parts["llama"]}, "our own": {"median": parts["python"]}}
    title = f"Where the time goes, {size} devices (ms)"
    return _bars(title, bars, {"median": _COLOURS["prefill"]}, legend=False)


def _bars(
    title: str,
    bars: Mapping[str, Mapping[str, float]],
    colours: Mapping[str, str],
    *,
    legend: bool = True,
) -> str:
    """Horizontal bars of segments; values in milliseconds."""
    longest = max((sum(parts.values()) for parts in bars.values()), default=0.0) or 1.0
    scale = (_WIDTH - _LEFT - _RIGHT) / longest
    height = _TOP + len(bars) * (_BAR + _GAP) + (28 if legend else 4)
    shapes = [_text(_LEFT, 24, title, size=15, weight="bold")]
    for index, (name, parts) in enumerate(bars.items()):
        y = _TOP + index * (_BAR + _GAP)
        shapes.append(_text(_LEFT - 8, y + _BAR * 0.65, name, anchor="end"))
        x = float(_LEFT)
        for part, value in parts.items():
            width = max(value, 0.0) * scale
            shapes.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}" '
                f'fill="{colours[part]}"><title>{escape(part)}: {value:.1f} ms</title></rect>'
            )
            x += width
        shapes.append(_text(x + 6, y + _BAR * 0.65, _milliseconds(sum(parts.values()))))
    if legend:
        shapes += _legend(colours, height - 14)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" font-family="sans-serif" role="img">\n'
        f"<title>{escape(title)}</title>\n"
        # Readable on a dark page too.
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def _legend(colours: Mapping[str, str], y: int) -> Sequence[str]:
    shapes = []
    x = 12.0
    for name, colour in colours.items():
        shapes.append(f'<rect x="{x:.0f}" y="{y - 10}" width="12" height="12" fill="{colour}"/>')
        shapes.append(_text(x + 17, y, name))
        x += 34 + 7.2 * len(name)
    return shapes


def _text(
    x: float, y: float, text: str, *, size: int = 13, anchor: str = "start", weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" fill="#222222">{escape(text)}</text>'
    )


def _milliseconds(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"
