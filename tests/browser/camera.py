"""Pictures of what is on the screen, small enough for a repository."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image
    from playwright.sync_api import Locator, Page

#: Of a dialog's corners, in pixels, and the line drawn around it on a page that is as white.
_RADIUS: Final = 24
_LINE: Final = (200, 200, 200, 255)
_TRIES: Final = 20
#: What is left free around an element at which a picture is cut, in pixels.
_MARGIN: Final = 16
#: Of a window in which a long dialogue need not be scrolled.
_TALL: Final = 1500


@dataclass
class Camera:
    """Keeps pictures in `folder`; without one it only looks."""

    folder: Path | None = None
    suffix: str = ""
    """At the end of every name, for another language."""
    only: frozenset[str] | None = None
    """Names, without it, of the pictures that are kept; None: all."""
    taken: list[Path] = field(default_factory=list)

    def take(
        self,
        page: Page,
        name: str,
        *,
        still: bool = True,
        height: int | None = None,
        tall: bool = False,
        below: Locator | None = None,
        above: Locator | None = None,
    ) -> None:
        """The open dialog alone, or all of the window, as a file called `name`.

        `still`: wait until nothing changes any more. `height`: no more than that from the top, in
        pixels. `tall`: in a window high enough for all of the dialog. `below`, `above`: only from
        or to where this element begins.
        """
        if self.folder is None or (self.only is not None and name not in self.only):
            return
        size = page.viewport_size
        if tall and size is not None:
            page.set_viewport_size({"width": size["width"], "height": _TALL})
        shot = _shoot(page, still=still)
        box = _dialog(page)
        left, top, right, bottom = _edges(page, box)
        if height is not None:
            bottom = min(bottom, top + height)
        if below is not None and (edge := below.bounding_box()) is not None:
            top = max(top, edge["y"] - _MARGIN)
        if above is not None and (edge := above.bounding_box()) is not None:
            bottom = min(bottom, edge["y"] - _MARGIN / 2)
        path = self.folder / f"{name}{self.suffix}.png"
        _save(shot, (left, top, right, bottom), path, square=box is None)
        self.taken.append(path)
        if tall and size is not None:
            page.set_viewport_size(size)


def _shoot(page: Page, *, still: bool) -> bytes:
    shot = page.screenshot()
    for _ in range(_TRIES if still else 0):
        page.wait_for_timeout(150)
        before, shot = shot, page.screenshot()
        if before == shot:
            break
    return shot


def _dialog(page: Page) -> Mapping[str, float] | None:
    """Where the dialog on top is."""
    dialogs = page.locator("dialog[open]").filter(visible=True)
    return dialogs.last.bounding_box() if dialogs.count() else None


def _edges(page: Page, box: Mapping[str, float] | None) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the dialog, or of the window."""
    if box is not None:
        return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]
    size = page.viewport_size
    assert size is not None
    return 0, 0, size["width"], size["height"]


def _save(
    shot: bytes, edges: tuple[float, float, float, float], path: Path, *, square: bool
) -> None:
    """`edges`: left, top, right and bottom of what is kept. `square`: with corners."""
    from PIL.Image import open as open_image

    left, top, right, bottom = (round(edge) for edge in edges)
    picture = open_image(io.BytesIO(shot)).convert("RGB").crop((left, top, right, bottom))
    path.parent.mkdir(parents=True, exist_ok=True)
    (picture if square else _round(picture)).save(path, optimize=True)


def _round(picture: Image) -> Image:
    """With transparent corners, where the page behind shone through, and a line around it."""
    from PIL import ImageDraw
    from PIL.Image import new

    edge = (0, 0, picture.width - 1, picture.height - 1)
    mask = new("L", picture.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle(edge, _RADIUS, fill=255)
    found = new("RGBA", picture.size, (255, 255, 255, 0))
    found.paste(picture, (0, 0), mask)
    ImageDraw.Draw(found).rounded_rectangle(edge, _RADIUS, outline=_LINE)
    return found
