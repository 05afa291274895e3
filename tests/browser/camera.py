"""Pictures of what is on the screen, small enough for a repository."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Pixels around a dialog.
_MARGIN: Final = 24
_COLOURS: Final = 128
_TRIES: Final = 20


@dataclass
class Camera:
    """Keeps pictures in `folder`; without one it only looks."""

    folder: Path | None = None
    taken: list[Path] = field(default_factory=list)

    def take(self, page: Page, name: str, *, still: bool = True) -> None:
        """The open dialog with a margin, or all of the window, as `name`.png.

        `still`: wait until nothing changes any more.
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
        _save(shot, _dialog(page), path)
        self.taken.append(path)


def _dialog(page: Page) -> Mapping[str, float] | None:
    """Where the dialog on top is."""
    dialogs = page.locator("dialog[open]").filter(visible=True)
    return dialogs.last.bounding_box() if dialogs.count() else None


def _save(shot: bytes, box: Mapping[str, float] | None, path: Path) -> None:
    """As PNG with few colours: a third of the size, and nothing to be seen of it."""
    from PIL import Image

    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    if box is not None:
        left, top = max(box["x"] - _MARGIN, 0), max(box["y"] - _MARGIN, 0)
        right = min(box["x"] + box["width"] + _MARGIN, picture.width)
        bottom = min(box["y"] + box["height"] + _MARGIN, picture.height)
        picture = picture.crop((int(left), int(top), int(right), int(bottom)))
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
