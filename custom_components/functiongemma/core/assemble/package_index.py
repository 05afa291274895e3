"""Finds a file on the Python package index: which index is configured, and what it lists.

Configuration as pip and uv read it: https://pip.pypa.io/en/stable/topics/configuration/ and uv's
environment variables. Listing: the simple repository API, HTML (PEP 503) or JSON (PEP 691). The
standard library is enough for both, and a Home Assistant container may have no pip.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import sys
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from ..errors import DownloadError
from .client import Client

PUBLIC_INDEX: Final = "https://pypi.org/simple"

_ACCEPT: Final = (
    "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
)
_MAIN_VARIABLES: Final = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
_EXTRA_VARIABLES: Final = ("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL")
_CERTIFICATE_VARIABLES: Final = (
    "PIP_CERT",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
)


@dataclass(frozen=True)
class IndexFile:
    """One file an index lists."""

    url: str
    sha256: str | None
    """In hexadecimal, where the index gives it."""


@dataclass(frozen=True)
class IndexConfig:
    """Where packages come from on this machine."""

    urls: tuple[str, ...]
    """Addresses of simple APIs, the main one first; only HTTP ones."""
    certificates: tuple[str, ...]
    """Files or folders of certificates to trust besides the system's."""


def read_index_config(environ: Mapping[str, str] = os.environ) -> IndexConfig:
    """Find the indexes pip and uv would ask; the public one where none is configured."""
    options = _pip_options(environ)
    main = next((environ[name] for name in _MAIN_VARIABLES if environ.get(name)), None)
    main = main or options.get("index-url") or PUBLIC_INDEX
    extra = [environ.get(name, "") for name in _EXTRA_VARIABLES] + [
        options.get("extra-index-url", "")
    ]
    urls = [_without_name(url) for text in (main, *extra) for url in text.split()]
    certificates = [environ.get(name, "") for name in _CERTIFICATE_VARIABLES] + [
        options.get("cert", "")
    ]
    return IndexConfig(
        tuple(dict.fromkeys(url for url in urls if url.startswith(("http://", "https://")))),
        tuple(dict.fromkeys(name for name in certificates if name)),
    )


def find_file(client: Client, index_url: str, package: str, filename: str) -> IndexFile:
    """Look up `filename` among the files of `package`. Raises DownloadError where it is not
    listed."""
    project = re.sub(r"[-_.]+", "-", package).lower()
    address = urllib.parse.urljoin(index_url.rstrip("/") + "/", project + "/")
    final_url, content_type, body = client.page(address, _ACCEPT)
    try:
        text = body.decode()
        files = _list_json(text) if content_type.endswith("json") else _list_html(text)
        for name, url, sha256 in files:
            if name == filename:
                link = urllib.parse.urlsplit(urllib.parse.urljoin(final_url, url))
                return IndexFile(_with_credentials(link, index_url), sha256)
    except (ValueError, KeyError, TypeError) as err:
        raise DownloadError(
            f"the package index gave an unreadable list of {project}'s files"
        ) from err
    raise DownloadError(f"the package index has no {filename}")


def _pip_options(environ: Mapping[str, str]) -> dict[str, str]:
    """pip's options in force for downloads: later files win, `[download]` wins over `[global]`."""
    options: dict[str, str] = {}
    for path in _pip_config_files(environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue  # pip's own complaint about a broken file is the better one.
        for section in ("global", "install", "download"):
            if parser.has_section(section):
                options |= {key.replace("_", "-"): value for key, value in parser.items(section)}
    return options


def _pip_config_files(environ: Mapping[str, str]) -> list[Path]:
    explicit = environ.get("PIP_CONFIG_FILE")
    if explicit == os.devnull:
        return []
    home = Path(environ.get("HOME") or Path.home())
    shared = [
        Path(folder, "pip", "pip.conf")
        for folder in environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")
    ]
    user = Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "pip", "pip.conf")
    mac = home / "Library" / "Application Support" / "pip" / "pip.conf"
    files = [
        *shared,
        Path("/etc/pip.conf"),
        home / ".pip" / "pip.conf",
        user,
        mac,
        Path(sys.prefix, "pip.conf"),
    ]
    return files + ([Path(explicit)] if explicit else [])


def _without_name(url: str) -> str:
    """uv writes an index as `name=URL`, pip as `URL`."""
    name, separator, address = url.partition("=")
    return address if separator and "/" not in name else url


def _with_credentials(link: urllib.parse.SplitResult, index_url: str) -> str:
    """Files on the index's own host are behind the same password."""
    index = urllib.parse.urlsplit(index_url)
    if (
        index.username is not None
        and link.username is None
        and (link.scheme, link.netloc)
        == (
            index.scheme,
            index.netloc.rpartition("@")[2],
        )
    ):
        link = link._replace(netloc=index.netloc)
    return link._replace(fragment="").geturl()


def _list_json(text: str) -> Iterator[tuple[str, str, str | None]]:
    for entry in json.loads(text)["files"]:
        yield entry["filename"], entry["url"], entry.get("hashes", {}).get("sha256")


def _list_html(text: str) -> Iterator[tuple[str, str, str | None]]:
    links = _Links()
    links.feed(text)
    for href in links.hrefs:
        parts = urllib.parse.urlsplit(href)
        fragment = urllib.parse.parse_qs(parts.fragment)
        yield (
            urllib.parse.unquote(parts.path.rpartition("/")[2]),
            href,
            fragment.get("sha256", [None])[0],
        )


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hrefs += [value for key, value in attrs if tag == "a" and key == "href" and value]
