"""Files over HTTP from servers that changed their file, or are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from custom_components.functiongemma.core.assemble.client import Client
from custom_components.functiongemma.core.assemble.progress import Reporter
from custom_components.functiongemma.core.errors import DownloadError

from .conftest import QUICK
from .server import Resource, Server


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """It is configured with a folder of certificates, and with a file that is gone."""
    return Client(Reporter(), QUICK, [str(tmp_path), str(tmp_path / "gone.pem")])


def _fetch(client: Client, url: str, target: Path, size: int) -> list[int]:
    heard: list[int] = []
    client.download(url, target, size, heard.append)
    return heard


def test_what_is_longer_than_the_file_is_thrown_away(
    client: Client, server: Server, tmp_path: Path
) -> None:
    server.add("/x", Resource(b"right"))
    target = tmp_path / "x"
    target.write_bytes(b"something longer")
    assert _fetch(client, f"{server.url}/x", target, 5)[-1] == 5
    assert target.read_bytes() == b"right"


def test_file_that_shrank_on_the_server_is_not_pieced_together(
    client: Client, server: Server, tmp_path: Path
) -> None:
    server.add("/x", Resource(b"short"))
    target = tmp_path / "x"
    target.write_bytes(b"the beginning of a longer one")
    with pytest.raises(DownloadError, match="5 bytes long, expected 40"):
        _fetch(client, f"{server.url}/x", target, 40)
    assert not target.exists()


def test_file_that_grew_on_the_server_is_not_pieced_together(
    client: Client, server: Server, tmp_path: Path
) -> None:
    server.add("/x", Resource(bytes(200)))
    target = tmp_path / "x"
    target.write_bytes(b"the beginning")
    with pytest.raises(DownloadError, match="200 bytes long, expected 100"):
        _fetch(client, f"{server.url}/x", target, 100)
    assert target.read_bytes() == b"the beginning"


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/x", "x.whl"])
def test_only_http_is_asked(client: Client, tmp_path: Path, url: str) -> None:
    with pytest.raises(DownloadError, match="not an HTTP address"):
        _fetch(client, url, tmp_path / "x", 5)
    assert not (tmp_path / "x").exists()


def test_length_is_known_without_the_file(client: Client, server: Server) -> None:
    server.add("/x", Resource(bytes(12345), stall_after=[0]))
    assert client.size(f"{server.url}/x") == 12345
