"""Fixtures: a loopback server, and a tiny base with its wheels and adapter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from custom_components.functiongemma.core.assemble.client import Patience
from custom_components.functiongemma.core.assemble.sources import WheelPart

from .server import Server
from .tiny import make_wheels, write_base, write_tiny_adapter

QUICK = Patience(timeout=2.0, attempts=3, pause=0.01)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server on loopback, and an environment that sends nothing anywhere else."""
    try:
        import pytest_socket
    except ImportError:
        pass
    else:  # Home Assistant's test plugin closes all sockets, the loopback's too.
        pytest_socket.enable_socket()
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    running = Server()
    yield running
    running.close()


@dataclass(frozen=True)
class Tiny:
    """A tiny base, cut into wheels, and an adapter for it."""

    base: bytes
    parts: tuple[WheelPart, ...]
    wheels: dict[str, bytes]
    adapter: Path
    cache: Path


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of the tiny base model."""
    return write_base(tmp_path_factory.mktemp("tiny") / "tiny.gguf").read_bytes()


@pytest.fixture
def tiny(tmp_path: Path, tiny_base: bytes) -> Tiny:
    """Everything `assemble` needs but a server."""
    parts, wheels = make_wheels(tiny_base)
    adapter = write_tiny_adapter(tmp_path / "home.lora.gguf")
    return Tiny(tiny_base, parts, wheels, adapter, tmp_path / "cache")
