"""Take the pictures for the documents, and count what a newcomer has to do.

    .venv-browser/bin/python -m tests.browser.pictures [FOLDER]

FOLDER: where they go (docs/images). `scripts/pictures` sets up what is missing and runs this.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import date
from pathlib import Path
from typing import Final

from tests.integration.hub_server import Hub

from . import tour
from .camera import Camera
from .chromium import browser, find_chromium
from .empty_home import ROOT, empty_home

#: What is shown in French too.
_FRENCH: Final = frozenset({"model", "progress", "use", "assist", "options"})


def main() -> None:
    """Print, as JSON, what was clicked and how many seconds it took, in English and in French."""
    executable = find_chromium()
    if executable is None:
        sys.exit("error: no Chromium here; scripts/setup --browser says what to do")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    hub = Hub()
    try:
        with empty_home(hub.url) as url, browser(executable) as found:
            english = tour.english(found, url, Camera(folder))
        print(_told(english))
        with empty_home(hub.url) as url, browser(executable) as found:
            french = tour.french(found, url, Camera(folder, "-fr", _FRENCH))
        print(_told(french))
    finally:
        hub.close()


def _told(seen: tour.Tour) -> str:
    way = seen.installation
    told = {
        "onboarding": way.onboarding,
        "languages": way.languages,
        "clicks": len(way.clicks),
        "clicked": way.clicks,
        "seconds": round(way.seconds, 1),
        "of_them_making_the_model": round(way.made, 1),
        "progress": way.progress.texts,
        "offered": way.offered,
        "finished": way.finished,
        "states": [way.before, way.after],
        "replies": way.replies,
        "errors": seen.errors,
        "engines": seen.engines,
        "untranslated": sorted(seen.untranslated),
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }
    return json.dumps(told, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
