"""Writes table and plots into the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from . import plot
from .report import markdown

DOCS: Final = Path(__file__).parents[1] / "docs"
BEGIN: Final = "<!-- bench -->"
END: Final = "<!-- /bench -->"


def write(results: Mapping[str, Any], docs: Path = DOCS) -> list[Path]:
    """Put the results between the markers of `performance.md`, the plots beside; what was written.

    Raises ValueError when the markers are not there, before anything is written; OSError.
    """
    page = docs / "performance.md"
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no {BEGIN} … {END}")
    plots = {
        docs / "images" / "latency-by-devices.svg": plot.by_devices(results),
        docs / "images" / "latency-by-part.svg": plot.by_part(results),
    }
    for path, picture in plots.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(picture, encoding="utf-8")
    pictures = "\n\n".join(
        f"![{name}]({path.relative_to(docs).as_posix()})"
        for name, path in zip(
            ("Latency by number of devices", "Latency by part"), plots, strict=True
        )
    )
    inside = f"\n{markdown(results)}\n{pictures}\n"
    page.write_text(f"{before}{begin}{inside}{end}{after}", encoding="utf-8")
    return [page, *plots]
