"""A tour for all tests to look at, or one line that says why there is none."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.hub_server import Hub

from . import tour
from .camera import Camera
from .chromium import browser, evidence, find_chromium
from .empty_home import PYTHON, ROOT, empty_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def toured(tmp_path_factory: pytest.TempPathFactory) -> tour.Tour:
    """One walk through an empty Home Assistant; everything is asked of what was seen there."""
    return _walk(tour.english, tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="session")
def french(tmp_path_factory: pytest.TempPathFactory) -> tour.Tour:
    """Another one through another, in French."""
    return _walk(tour.french, tmp_path_factory.mktemp("images"))


def _walk(walk: Callable[[Browser, str, Camera], tour.Tour], pictures: Path) -> tour.Tour:
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
            try:
                return walk(found, url, Camera(pictures))
            except Exception as error:
                error.add_note(evidence(found))
                raise
    finally:
        hub.close()
