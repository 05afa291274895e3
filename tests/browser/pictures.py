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

from tests.integration.hub_server import Hub

from . import tour
from .camera import Camera
from .chromium import browser, find_chromium
from .empty_home import ROOT, empty_home


def main() -> None:
    """Print, as JSON, how many clicks and seconds it took."""
    executable = find_chromium()
    if executable is None:
        sys.exit("error: no Chromium here; scripts/setup --browser says what to do")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    hub = Hub()
    try:
        with empty_home(hub.url) as url, browser(executable) as found:
            seen = tour.run(found, url, Camera(folder))
    finally:
        hub.close()
    told = {
        "clicks": seen.clicks,
        "seconds": round(seen.seconds, 1),
        "of_them_making_the_model": round(seen.made, 1),
        "progress": seen.progress.texts,
        "untranslated": sorted(seen.untranslated),
        "french": seen.french,
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }
    print(json.dumps(told, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
