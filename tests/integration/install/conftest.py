"""Fixtures: folders of a test's own, this machine, and a package index on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from custom_components.functiongemma.core.assemble.client import Patience
from custom_components.functiongemma.install import fetch
from custom_components.functiongemma.install.folders import Folders
from custom_components.functiongemma.install.machine import Machine, look_around
from tests.core.assemble.server import Resource, Server


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


def serve_source(server: Server, source: bytes) -> Resource:
    """Put a source package on the index."""
    name = "llama_cpp_python-0.3.36.tar.gz"
    page = f'<a href="/files/{name}">{name}</a>'
    server.add("/simple/llama-cpp-python/", Resource(page.encode(), "text/html"))
    return server.add(f"/files/{name}", Resource(source))
