"""A throwaway environment: Home Assistant as it is here, and nothing that runs a model.

Its packages are found through a folder of links to those of the environment that runs the tests, so
that it is made in a moment. The links are not in the folder that uv installs into: wheels have
files in folders of any name, and uv would write, and delete, through a link. Tests in `inside.py`
are run in it, by their names.
"""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

_WHEELS = Path.home() / ".cache" / "functiongemma" / "wheels"


def real_wheel() -> Path:
    """The llama-cpp-python that `scripts/setup` has built; skips the test where there is none."""
    wheels = sorted(_WHEELS.glob("*/llama_cpp_python-0.3.36-*.whl"))
    if not wheels:
        pytest.skip("scripts/setup has not built llama-cpp-python here")
    return wheels[0]


def as_version(wheel: Path, version: str, folder: Path) -> Path:
    """The same wheel under another version; its path in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / wheel.name.replace("0.3.36", version)
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_STORED) as written:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith((".dist-info/METADATA", "llama_cpp/__init__.py")):
                data = data.replace(b"0.3.36", version.encode())
            if name.endswith(".dist-info/RECORD"):
                data = b""
            written.writestr(name.replace("0.3.36", version), data)
    return new


def own_packages(python: Path | str) -> Path:
    """Where a throwaway environment's packages are; refuses any other environment."""
    (site,) = Path(python).parents[1].glob("lib/*/site-packages")
    assert (site / "links.pth").is_file(), f"{python} is no throwaway environment"
    assert not any(path.is_symlink() for path in site.iterdir()), "uv would follow links"
    return site


def uv_pip(python: Path | str, *arguments: object) -> None:
    """Home Assistant's installer, without any index, in a throwaway environment only."""
    own_packages(python)
    command = [sys.executable, "-m", "uv", "pip", arguments[0], "--offline", "--no-config"]
    command += ["--python", python, *arguments[1:]]
    subprocess.run(command, check=True, capture_output=True, text=True)


def make_environment(folder: Path) -> Path:
    """Make one in `folder`; its Python."""
    command = [sys.executable, "-m", "uv", "venv", "--quiet", "--offline"]
    subprocess.run([*command, "--python", sys.executable, folder], check=True)
    here = Path(str(importlib.metadata.distribution("homeassistant").locate_file("")))
    (site,) = folder.glob("lib/*/site-packages")
    links = folder / "links"
    links.mkdir()
    for path in here.iterdir():
        if not path.name.startswith(("llama_cpp", "_virtualenv", "__pycache__")):
            (links / path.name).symlink_to(path)
    (site / "links.pth").write_text(f"{links}\n")
    (folder / "bin" / "uv").symlink_to(Path(sys.executable).with_name("uv"))
    return folder / "bin" / "python"
