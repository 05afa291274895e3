"""A package file is found on whichever index has it, and no other file is taken for it."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.assemble.progress import Reporter
from custom_components.functiongemma.core.errors import DownloadError
from custom_components.functiongemma.install.folders import Folders
from custom_components.functiongemma.install.machine import Machine
from custom_components.functiongemma.install.place import prove
from custom_components.functiongemma.install.ways import install_first
from tests.core.assemble.server import Resource, Server

from .packages import VERSION, make_pins, make_wheel, pin, wheel_name

WHEEL = make_wheel()


def install(machine: Machine, folders: Folders) -> None:
    """Install the wheel that is pinned without an address, so that an index has to tell it."""
    pins = make_pins(pin(wheel_name(), WHEEL))
    install_first(machine, pins, folders, Reporter(), lambda *_: None)


def offer(server: Server, index: str, fragment: str = "") -> Resource:
    """Put the wheel on an index of the server."""
    path = f"/{index}/files/{wheel_name()}"
    page = f'<a href="{path}{fragment}">{wheel_name()}</a>'
    server.add(f"/{index}/llama-cpp-python/", Resource(page.encode(), "text/html"))
    return server.add(path, Resource(WHEEL))


def test_file_that_one_index_lacks_is_had_from_the_next(
    machine: Machine, folders: Folders, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX", f"{server.url}/mirror")
    offer(server, "mirror")
    install(machine, folders)
    assert prove(folders.runtime) == VERSION


def test_file_that_no_index_has_is_told_with_what_each_of_them_said(
    machine: Machine, folders: Folders, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX", f"{server.url}/mirror")
    page = '<a href="other-1.0.tar.gz">other-1.0.tar.gz</a>'
    server.add("/mirror/llama-cpp-python/", Resource(page.encode(), "text/html"))
    with pytest.raises(DownloadError, match=r"404.*; the package index has no") as caught:
        install(machine, folders)
    assert wheel_name() in str(caught.value)


def test_other_file_of_the_same_name_is_not_even_downloaded(
    machine: Machine, folders: Folders, server: Server
) -> None:
    offer(server, "simple", f"#sha256={'0' * 64}")
    with pytest.raises(DownloadError, match="lists another"):
        install(machine, folders)
    assert server.count(wheel_name()) == 0


def test_index_that_is_a_folder_is_said_to_be_none(
    machine: Machine, folders: Folders, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only servers are asked; a folder of packages is what our own folder is for."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", "file:///srv/packages")
    with pytest.raises(DownloadError, match="no package index is configured"):
        install(machine, folders)
    assert not server.seen
