"""Fixtures: folders, this machine, a package index on loopback; an entry without a runtime."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import install
from custom_components.functiongemma.core.assemble.client import Patience
from custom_components.functiongemma.install import fetch
from custom_components.functiongemma.install.folders import Folders
from custom_components.functiongemma.install.machine import Machine, look_around
from tests.core.assemble.server import Resource, Server

from ..fake_model import FakeModel
from .packages import make_pins

_LOCATE = install.locate


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders.of(tmp_path / "config", tmp_path / "config" / ".cache" / "functiongemma")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """This machine, without a compiler."""
    return replace(look_around(tmp_path), compiler=False)


@pytest.fixture
def server(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """An empty package index on loopback, the only one that is configured."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    running = Server()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"{running.url}/simple")
    monkeypatch.setattr(fetch, "PATIENCE", Patience(timeout=2.0, attempts=2, pause=0.01))
    yield running
    running.close()


@pytest.fixture
def bare(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A machine without a compiler, and a Home Assistant without llama_cpp."""
    hass.config.skip_pip = False
    monkeypatch.setattr(install, "importable_version", lambda: None)
    monkeypatch.setattr(
        install, "look_around", lambda folder: replace(look_around(folder), compiler=False)
    )
    monkeypatch.setattr(install, "read_pins", make_pins)

    def importable(version: str | None) -> None:
        monkeypatch.setattr(install, "importable_version", lambda: version)

    return importable


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, list[str]]:
    """An installation that waits for the event; the list grows with every one."""
    go, begun = threading.Event(), list[str]()
    real = install.install_first

    def wait(*arguments: Any) -> Any:
        begun.append("x")
        assert go.wait(20)
        return real(*arguments)

    monkeypatch.setattr(install, "install_first", wait)
    return go, begun


@pytest.fixture
def entry(fake_model: FakeModel, local_entry: MockConfigEntry, bare: object) -> MockConfigEntry:
    """An entry for a scripted model, where the runtime is looked for in earnest."""
    return local_entry


@pytest.fixture
def in_earnest(fake_model: FakeModel) -> Iterator[None]:
    # No monkeypatch: undone after the scripted model's own patch, it would bring that back.
    with patch.object(install, "locate", _LOCATE):
        yield


def serve_source(server: Server, source: bytes) -> Resource:
    """Put a source package on the index."""
    name = "llama_cpp_python-0.3.36.tar.gz"
    page = f'<a href="/files/{name}">{name}</a>'
    server.add("/simple/llama-cpp-python/", Resource(page.encode(), "text/html"))
    return server.add(f"/files/{name}", Resource(source))
