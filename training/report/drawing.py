"""SVG drawings, small and readable on light and dark pages.

Colours are classes of a style sheet inside the file, which asks the reader's browser for light or
dark; the background stays transparent. Coordinates are pixels from the top left corner.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final, Literal

#: Colours of series that stand side by side; told apart by most colour-blind readers too.
SERIES: Final = ("s0", "s1", "s2", "s3", "s4", "s5")

Anchor = Literal["start", "middle", "end"]

_STYLE: Final = """
text{font:12px system-ui,sans-serif;fill:#1f2328}
.soft{fill:#59636e}.line{stroke:#59636e}.grid{stroke:#d1d9e0}
.s0{fill:#0969da;stroke:#0969da}.s1{fill:#c2570c;stroke:#c2570c}.s2{fill:#1a7f37;stroke:#1a7f37}
.s3{fill:#8250df;stroke:#8250df}.s4{fill:#9a6700;stroke:#9a6700}.s5{fill:#bf3989;stroke:#bf3989}
.none{fill:none!important}.bar{stroke-width:2}
@media(prefers-color-scheme:dark){
text{fill:#e6edf3}
.soft{fill:#9198a1}.line{stroke:#9198a1}.grid{stroke:#3d444d}
.s0{fill:#58a6ff;stroke:#58a6ff}.s1{fill:#f0883e;stroke:#f0883e}.s2{fill:#3fb950;stroke:#3fb950}
.s3{fill:#bc8cff;stroke:#bc8cff}.s4{fill:#d29922;stroke:#d29922}.s5{fill:#f778ba;stroke:#f778ba}
}"""


class Drawing:
    """An SVG of `width` by `height` pixels."""

    def __init__(self, width: float, height: float, title: str) -> None:
        size = {"width": _number(width), "height": _number(height)}
        box = f"0 0 {size['width']} {size['height']}"
        namespace = "http://www.w3.org/2000/svg"
        self._root = ET.Element("svg", {"xmlns": namespace, "role": "img", "viewBox": box, **size})
        ET.SubElement(self._root, "title").text = title
        ET.SubElement(self._root, "style").text = _STYLE

    def text(
        self, x: float, y: float, text: str, *, anchor: Anchor = "start", style: str = ""
    ) -> None:
        """Text whose baseline is at `y`."""
        where = {"x": _number(x), "y": _number(y), "text-anchor": anchor}
        self._add("text", where, style).text = text

    def line(
        self, x1: float, y1: float, x2: float, y2: float, style: str, *, dashed: bool = False
    ) -> None:
        """A straight line."""
        ends = {"x1": _number(x1), "y1": _number(y1), "x2": _number(x2), "y2": _number(y2)}
        self._add("line", ends | ({"stroke-dasharray": "4 3"} if dashed else {}), style)

    def path(self, points: list[tuple[float, float]], style: str) -> None:
        """A line through points."""
        joined = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        self._add("polyline", {"points": joined, "stroke-width": "2"}, f"{style} none")

    def circle(self, x: float, y: float, radius: float, style: str, tip: str = "") -> None:
        """A filled circle; `tip` is shown under the pointer."""
        where = {"cx": _number(x), "cy": _number(y), "r": _number(radius)}
        self._tip(self._add("circle", where, style), tip)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        style: str,
        *,
        opacity: float = 1,
        tip: str = "",
    ) -> None:
        """A filled rectangle."""
        place = {"x": x, "y": y, "width": width, "height": height, "fill-opacity": opacity}
        numbers = {key: _number(value) for key, value in place.items()}
        self._tip(self._add("rect", {**numbers, "style": "stroke:none"}, style), tip)

    def write(self, path: Path) -> None:
        """Write the file."""
        ET.indent(self._root)
        path.write_text(ET.tostring(self._root, encoding="unicode") + "\n", encoding="utf-8")

    def _add(self, tag: str, attributes: dict[str, str], style: str) -> ET.Element:
        return ET.SubElement(self._root, tag, {**attributes, **({"class": style} if style else {})})

    def _tip(self, element: ET.Element, tip: str) -> None:
        if tip:
            ET.SubElement(element, "title").text = tip


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
