"""Pictures of what is on the screen, small enough for a repository."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image
    from playwright.sync_api import Page

#: Of a dialog's corners, in pixels, and the line drawn around it on a page that is as white.
_RADIUS: Final = 24
_LINE: Final = (200, 200, 200, 255)
_TRIES: Final = 20


@dataclass
class Camera:
    """Keeps pictures in `folder`; without one it only looks."""

    folder: Path | None = None
    taken: list[Path] = field(default_factory=list)

    def take(self, page: Page, name: str, *, still: bool = True, height: int | None = None) -> None:
        """The open dialog alone, or all of the window, as `name`.png.

        `still`: wait until nothing changes any more. `height`: no more than that from the top.
        """
        if self.folder is None:
            return
        shot = page.screenshot()
        for _ in range(_TRIES if still else 0):
            page.wait_for_timeout(150)
            before, shot = shot, page.screenshot()
            if before == shot:
                break
        path = self.folder / f"{name}.png"
        _save(shot, _dialog(page), height, path)
        self.taken.append(path)


def _dialog(page: Page) -> Mapping[str, float] | None:
    """Where the dialog on top is."""
    dialogs = page.locator("dialog[open]").filter(visible=True)
    return dialogs.last.bounding_box() if dialogs.count() else None


def _save(shot: bytes, box: Mapping[str, float] | None, height: int | None, path: Path) -> None:
    from PIL.Image import open as open_image

    picture = open_image(io.BytesIO(shot)).convert("RGB")
    left = top = 0
    right, bottom = picture.size
    if box is not None:
        left, top = round(box["x"]), round(box["y"])
        right, bottom = left + round(box["width"]), top + round(box["height"])
    if height is not None:
        bottom = min(bottom, top + height)
    picture = picture.crop((left, top, right, bottom))
    path.parent.mkdir(parents=True, exist_ok=True)
    (picture if box is None else _round(picture)).save(path, optimize=True)


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
