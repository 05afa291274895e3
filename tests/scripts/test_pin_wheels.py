"""Pins are written from what was downloaded, and nothing else gets in."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from custom_components.functiongemma.install.pins import PINS, read_pins
from tests.core.assemble.server import Resource, Server

ROOT = Path(__file__).parents[2]
MUSL = "llama_cpp_python-0.3.36-py3-none-musllinux_1_2_aarch64.whl"
GLIBC = "llama_cpp_python-0.3.36-py3-none-manylinux_2_17_x86_64.whl"


@pytest.fixture(scope="module")
def pin_wheels() -> ModuleType:
    path = ROOT / "scripts" / "lib" / "pin_wheels.py"
    spec = importlib.util.spec_from_file_location("pin_wheels", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


@pytest.fixture
def server(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    running = Server()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"{running.url}/simple")
    yield running
    running.close()


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    path = tmp_path / "wheels.json"
    data = json.loads(PINS.read_text(encoding="utf-8")) | {"wheels": []}
    path.write_text(json.dumps(data))
    return path


def release(server: Server, digest: str | None = None) -> None:
    """A release page as upstream has it, with files for other systems and Pythons among them."""
    names = [MUSL, GLIBC, "llama_cpp_python-0.3.36-py3-none-win_amd64.whl"]
    names += ["llama_cpp_python-0.3.36-cp312-cp312-manylinux_2_17_x86_64.whl", "notes.txt"]
    assets: list[dict[str, Any]] = []
    for name in names:
        server.add(f"/files/{name}", Resource(name.encode()))
        assets.append({"browser_download_url": f"{server.url}/files/{name}"})
    assets[0]["digest"] = f"sha256:{digest or hashlib.sha256(MUSL.encode()).hexdigest()}"
    page = json.dumps({"assets": assets}).encode()
    server.add("/api/releases/tags/v0.3.36", Resource(page, "application/json"))


def test_release_is_pinned_with_one_command(
    pin_wheels: ModuleType, server: Server, pins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release(server)
    pin_wheels.main(["--file", str(pins), "--api", f"{server.url}/api"])
    written = read_pins(pins)
    assert [wheel.file for wheel in written.wheels] == [GLIBC, MUSL]
    for wheel in written.wheels:
        assert wheel.sha256 == hashlib.sha256(wheel.file.encode()).hexdigest()
        assert wheel.size == len(wheel.file)
        assert wheel.url == f"{server.url}/files/{wheel.file}"
    assert written.source == read_pins().source
    assert MUSL in capsys.readouterr().out


def test_build_of_our_own_is_pinned_beside_upstreams(
    pin_wheels: ModuleType, server: Server, pins: Path
) -> None:
    release(server)
    pin_wheels.main(["--file", str(pins), "--api", f"{server.url}/api"])
    ours = "llama_cpp_python-0.3.36-1pi5-py3-none-musllinux_1_2_aarch64.whl"
    server.add(f"/{ours}", Resource(b"ours"))
    pin_wheels.main(["--file", str(pins), "--needs", "asimddp", f"{server.url}/{ours}"])
    found = {wheel.file: wheel.needs for wheel in read_pins.__wrapped__(pins).wheels}
    avx2 = frozenset({"avx2", "bmi2", "f16c", "fma"})
    assert found == {GLIBC: avx2, MUSL: frozenset(), ours: frozenset({"asimddp"})}


def test_list_of_our_own_builds_is_pinned_with_what_they_need(
    pin_wheels: ModuleType, server: Server, pins: Path, tmp_path: Path
) -> None:
    entries = []
    for cpu, needs in (("pi4", []), ("pi5", ["asimddp", "asimdhp"])):
        name = MUSL.replace("-py3", f"-1{cpu}-py3")
        server.add(f"/{name}", Resource(cpu.encode()))
        digest = hashlib.sha256(cpu.encode()).hexdigest()
        entries.append({"url": f"{server.url}/{name}", "sha256": digest, "needs": needs})
    listed = tmp_path / "list.json"
    listed.write_text(json.dumps(entries))
    pin_wheels.main(["--file", str(pins), "--listed", str(listed)])
    found = {wheel.file: wheel.needs for wheel in read_pins.__wrapped__(pins).wheels}
    assert list(found.values()) == [frozenset(), frozenset({"asimddp", "asimdhp"})]

    entries[0]["sha256"] = "0" * 64
    listed.write_text(json.dumps(entries))
    with pytest.raises(SystemExit, match="another hash"):
        pin_wheels.main(["--file", str(pins), "--listed", str(listed)])
    listed.write_text('{"wheels": 1}')
    with pytest.raises(SystemExit, match="no list of wheels"):
        pin_wheels.main(["--file", str(pins), "--listed", str(listed)])


def test_other_version_takes_its_source_along_and_drops_the_rest(
    pin_wheels: ModuleType, server: Server, pins: Path
) -> None:
    release(server)
    pin_wheels.main(["--file", str(pins), "--api", f"{server.url}/api"])
    source, wheel = "llama_cpp_python-0.4.0.tar.gz", MUSL.replace("0.3.36", "0.4.0")
    page = f'<a href="/files/{source}">{source}</a>'.encode()
    server.add("/simple/llama-cpp-python/", Resource(page, "text/html"))
    server.add(f"/files/{source}", Resource(b"source"))
    server.add(f"/files/{wheel}", Resource(b"wheel"))
    pin_wheels.main(["--file", str(pins), "--version", "0.4.0", f"{server.url}/files/{wheel}"])
    written = read_pins.__wrapped__(pins)
    assert written.versions == ("0.4.0",)
    assert written.source.sha256 == hashlib.sha256(b"source").hexdigest()
    assert [found.file for found in written.wheels] == [wheel]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("numpy-2.0-py3-none-any.whl", "is not llama-cpp-python"),
        (MUSL.replace("0.3.36", "0.3.35"), "is not llama-cpp-python 0.3.36"),
        ("page.html", "is no wheel"),
        (MUSL, "404"),
    ],
)
def test_what_must_not_be_pinned_leaves_the_file_as_it_is(
    pin_wheels: ModuleType, server: Server, pins: Path, name: str, words: str
) -> None:
    before = pins.read_bytes()
    with pytest.raises(SystemExit, match=words):
        pin_wheels.main(["--file", str(pins), f"{server.url}/{name}"])
    assert pins.read_bytes() == before


def test_file_that_is_not_what_its_publisher_hashed_is_refused(
    pin_wheels: ModuleType, server: Server, pins: Path
) -> None:
    release(server, digest="0" * 64)
    with pytest.raises(SystemExit, match="another hash"):
        pin_wheels.main(["--file", str(pins), "--api", f"{server.url}/api"])


def test_release_without_wheels_is_an_error(
    pin_wheels: ModuleType, server: Server, pins: Path
) -> None:
    page = b'{"assets": []}'
    server.add("/api/releases/tags/v0.3.36", Resource(page, "application/json"))
    with pytest.raises(SystemExit, match="no wheels"):
        pin_wheels.main(["--file", str(pins), "--api", f"{server.url}/api"])
