"""A tour for all tests to look at, or one line that says why there is none."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.hub_server import Hub

from . import tour
from .camera import Camera
from .chromium import browser, find_chromium
from .empty_home import PYTHON, ROOT, empty_home


@pytest.fixture(scope="session")
def toured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tour.Tour]:
    """One walk through an empty Home Assistant; everything is asked of what was seen there."""
    executable = find_chromium()
    if importlib.util.find_spec("playwright") is None or executable is None:
        pytest.skip("no Playwright or no Chromium here: scripts/setup --browser")
    if not (ROOT / "custom_components/functiongemma/adapter/home.lora.gguf").exists():
        pytest.skip("the home model's adapter is not here")
    if not Path(PYTHON).exists():
        pytest.skip("Home Assistant is not here: scripts/setup")
    hub = Hub()
    try:
        with empty_home(hub.url) as url, browser(executable) as found:
            yield tour.run(found, url, Camera(tmp_path_factory.mktemp("pictures")))
    finally:
        hub.close()
