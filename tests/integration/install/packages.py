"""Tiny packages called llama_cpp_python: made in no time, installed by the real uv."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from packaging.tags import Tag, sys_tags

from custom_components.functiongemma.install.pins import PinnedFile, Pins

VERSION = "0.3.36"

#: Works like the real one, as far as an installation looks.
MODULE = '__version__ = "{version}"\n\n\ndef llama_backend_init():\n    pass\n'

#: A build backend inside the source package: it compiles one C file, and says so as ninja does.
_BACKEND = """
import subprocess, sys, zipfile, hashlib, base64, os


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    print("[1/2] Building C object", flush=True)
    subprocess.run([os.environ.get("CC", "cc"), "-c", "runtime.c", "-o", "runtime.o"], check=True)
    print("[2/2] Linking", flush=True)
    name = "llama_cpp_python-VERSION-TAG.whl"
    info = "llama_cpp_python-VERSION.dist-info"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        wheel.write("init.py", "llama_cpp/__init__.py")
        wheel.write("runtime.o", "llama_cpp/lib/runtime.o")
        wheel.writestr(info + "/METADATA",
                       "Metadata-Version: 2.1\\nName: llama_cpp_python\\nVersion: VERSION\\n")
        wheel.writestr(info + "/WHEEL",
                       "Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: TAG\\n")
        wheel.writestr(info + "/RECORD", "")
    return name
"""

_PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "llama_cpp_python"
version = "VERSION"
"""


def native_tag() -> Tag:
    """The tag of a wheel without Python code of a version, built on this machine."""
    return next(tag for tag in sys_tags() if tag.interpreter == "py3" and tag.abi == "none")


def wheel_name(version: str = VERSION, tag: str | None = None) -> str:
    return f"llama_cpp_python-{version}-{tag or native_tag()}.whl"


def make_wheel(
    version: str = VERSION,
    tag: str | None = None,
    *,
    module: str | None = None,
    requires: tuple[str, ...] = (),
    name: str = "llama_cpp_python",
    package: str = "llama_cpp",
    files: Mapping[str, bytes] = {},
) -> bytes:
    """A wheel's bytes; `module` is the source of its package."""
    tag = tag or str(native_tag())
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as wheel:
        source = MODULE.format(version=version) if module is None else module
        wheel.writestr(f"{package}/__init__.py", source)
        for path, content in files.items():
            wheel.writestr(path, content)
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}"
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
        wheel.writestr(f"{info}/RECORD", "")
    return buffer.getvalue()


def make_source(version: str = VERSION, *, code: str = "int runtime;\n") -> bytes:
    """A source package's bytes; `code` is the C file that is compiled."""
    files = {
        "pyproject.toml": _PYPROJECT.replace("VERSION", version),
        "backend.py": _BACKEND.replace("VERSION", version).replace("TAG", str(native_tag())),
        "init.py": MODULE.format(version=version),
        "runtime.c": code,
        "PKG-INFO": f"Metadata-Version: 2.1\nName: llama_cpp_python\nVersion: {version}\n",
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"llama_cpp_python-{version}/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def pin(name: str, content: bytes, url: str | None = None, *needs: str) -> PinnedFile:
    """A pin for a file."""
    digest = hashlib.sha256(content).hexdigest()
    return PinnedFile(name, digest, len(content), url, frozenset(needs))


def make_pins(*wheels: PinnedFile, source: bytes | None = None) -> Pins:
    """Pins of these wheels, and of a source package that nobody has unless `source` is given."""
    return Pins(
        (VERSION,), pin(f"llama_cpp_python-{VERSION}.tar.gz", source or b"none"), tuple(wheels)
    )


def drop(folder: Path, content: bytes, name: str | None = None) -> Path:
    """Put a wheel where the user puts wheels."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or wheel_name())
    path.write_bytes(content)
    return path
