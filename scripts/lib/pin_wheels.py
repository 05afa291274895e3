"""Pin ready-made wheels of llama-cpp-python: download them, hash them, write `wheels.json`.

    .venv/bin/python scripts/lib/pin_wheels.py                        (upstream's release)
    .venv/bin/python scripts/lib/pin_wheels.py --listed wheels.json   (builds of our own)
    .venv/bin/python scripts/lib/pin_wheels.py --needs asimddp URL    (any other build)

From the root of the repository, on a machine with an internet connection. Without addresses it
takes the Linux wheels of upstream's release of the version in use, as its release page lists them.
With `--listed` it takes those of a file that `.github/workflows/wheels.yml` published: address,
hash and the features they need.
Every file is downloaded and hashed here; where the release page gives a hash as well, both must be
the same. Wheels that are pinned already are kept unless they are given again. With `--version`,
everything for other versions is dropped and the source package is pinned anew.

Have a look at the difference before it is committed: what is pinned runs on people's machines.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import urllib.parse
from pathlib import Path
from typing import Any, Final

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

sys.path.insert(0, str(Path(__file__).parents[2]))

from custom_components.functiongemma.core.assemble.client import Client, Patience
from custom_components.functiongemma.core.assemble.package_index import (
    find_file,
    read_index_config,
)
from custom_components.functiongemma.core.assemble.progress import Reporter
from custom_components.functiongemma.core.errors import CoreError

PINS: Final = Path("custom_components/functiongemma/install/wheels.json")
API: Final = "https://api.github.com/repos/abetlen/llama-cpp-python"
PACKAGE: Final = "llama-cpp-python"
_PLATFORMS: Final = ("manylinux", "musllinux")
_ARCHITECTURES: Final = ("aarch64", "x86_64")
#: Upstream builds with GGML_NATIVE=off, for which ggml takes these on x86. A machine
#: without them stops at the first sentence, not when the library is loaded.
_UPSTREAM_X86: Final = ("avx2", "bmi2", "f16c", "fma")

#: (address, SHA-256 or empty, features of the processor it needs)
_Wheel = tuple[str, str, tuple[str, ...]]


class PinError(Exception):
    """Something that must not be pinned; the message says why."""


def main(arguments: list[str] | None = None) -> None:
    """Pin, and print what was pinned; an error is one line and status 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("urls", nargs="*", metavar="URL", help="addresses of wheels")
    parser.add_argument("--version", help="another version than the one in use")
    parser.add_argument("--needs", action="append", default=[], help="a feature they need")
    parser.add_argument("--listed", type=Path, help="a list of wheels, as the workflow writes it")
    parser.add_argument("--file", type=Path, default=PINS, help="the file to write")
    parser.add_argument("--api", default=API, help="the release page's API")
    options = parser.parse_args(arguments)
    client = Client(Reporter(), Patience(), read_index_config().certificates)
    try:
        pinned = pin(client, options)
    except (PinError, CoreError, OSError) as err:
        sys.exit(f"error: {err}")
    for line in pinned:
        print(line)


def pin(client: Client, options: argparse.Namespace) -> list[str]:
    """Write the file; a line for each new pin. Raises PinError, CoreError and OSError."""
    data = json.loads(options.file.read_text(encoding="utf-8"))
    version = options.version or data["versions"][0]
    said: list[str] = []
    if version not in data["versions"]:
        data = {"versions": [version], "source": pin_source(client, version), "wheels": []}
        said.append(_line(data["source"]))
    found = [(url, "", tuple(options.needs)) for url in options.urls]
    if options.listed:
        found += listed_wheels(options.listed)
    if not found:
        found = release_wheels(client, options.api, version)
    if not found:
        raise PinError(f"the release of {version} has no wheels for Linux")
    wheels = {wheel["file"]: wheel for wheel in data["wheels"]}
    for url, digest, needs in found:
        wheel = pin_wheel(client, url, version, digest)
        if needs:
            wheel["needs"] = sorted(needs)
        wheels[wheel["file"]] = wheel
        said.append(_line(wheel))
    data["wheels"] = [wheels[name] for name in sorted(wheels)]
    options.file.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return said


def pin_wheel(client: Client, url: str, version: str, digest: str = "") -> dict[str, Any]:
    """The entry for the wheel at `url`; `digest`: the SHA-256 it should have, or empty."""
    name = _name(url)
    try:
        project, found, _, _ = parse_wheel_filename(name)
    except InvalidWheelFilename as err:
        raise PinError(f"{name} is no wheel") from err
    if project != PACKAGE or found.public != version:
        raise PinError(f"{name} is not {PACKAGE} {version}")
    return {"file": name, "url": url, **_hashed(client, url, name, digest)}


def pin_source(client: Client, version: str) -> dict[str, Any]:
    """The entry for the source package, from the package index."""
    name = f"llama_cpp_python-{version}.tar.gz"
    found = find_file(client, read_index_config().urls[0], PACKAGE, name)
    return {"file": name, **_hashed(client, found.url, name, found.sha256 or "")}


def listed_wheels(path: Path) -> list[_Wheel]:
    """The wheels in a list of our own; entries like those of wheels.json. Raises PinError."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return [(e["url"], e["sha256"], tuple(e.get("needs", ()))) for e in entries]
    except (ValueError, KeyError, TypeError) as err:
        raise PinError(f"{path} is no list of wheels") from err


def release_wheels(client: Client, api: str, version: str) -> list[_Wheel]:
    """The wheels for Linux in upstream's release."""
    url = f"{api}/releases/tags/v{version}"
    _, _, body = client.page(url, "application/vnd.github+json")
    try:
        assets = [
            (asset["browser_download_url"], asset.get("digest") or "")
            for asset in json.loads(body)["assets"]
        ]
    except (ValueError, KeyError, TypeError) as err:
        raise PinError(f"{url} does not answer like a release page") from err
    return [
        (address, digest.removeprefix("sha256:"), _upstream_needs(_name(address)))
        for address, digest in assets
        if _is_ours(_name(address), version)
    ]


def _upstream_needs(name: str) -> tuple[str, ...]:
    return _UPSTREAM_X86 if name.endswith("_x86_64.whl") else ()


def _is_ours(name: str, version: str) -> bool:
    try:
        project, found, _, tags = parse_wheel_filename(name)
    except InvalidWheelFilename:
        return False
    # A wheel for every Python: no interpreter of one version, and no graphics card in its version.
    fits = any(
        tag.interpreter == "py3"
        and tag.platform.startswith(_PLATFORMS)
        and tag.platform.endswith(_ARCHITECTURES)
        for tag in tags
    )
    return project == PACKAGE and str(found) == version and fits


def _hashed(client: Client, url: str, name: str, digest: str) -> dict[str, Any]:
    """Hash and size of what is at `url`, downloaded for it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        size = client.size(url)
        client.download(url, path, size, lambda done: None)
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest and digest != content:
        raise PinError(f"{name} has another hash than its publisher says")
    return {"sha256": content, "size": size}


def _name(url: str) -> str:
    return urllib.parse.unquote(urllib.parse.urlsplit(url).path.rpartition("/")[2])


def _line(entry: dict[str, Any]) -> str:
    return f"{entry['sha256']}  {entry['file']}  {entry['size'] / 1e6:.1f} MB"


if __name__ == "__main__":
    main()
