"""A wheel holds what it should and says what it needs, whoever built it.

llama.cpp itself takes too long to compile here; a project of its shape takes seconds.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename

from custom_components.functiongemma.install.machine import look_around
from custom_components.functiongemma.install.wheels import find_wheels
from scripts.lib import build_wheel
from scripts.lib.wheel_builds import BUILDS, COMMON
from scripts.lib.wheel_file import Demands, WheelError, parse_demands

VERSION = "0.3.36"
NAME = f"llama_cpp_python-{VERSION}"
TOOLS = ("cmake", "ninja", "readelf", "cc", "c++")
OWN = [name for name, build in BUILDS.items() if build.architecture == platform.machine()]

PROJECT = """
cmake_minimum_required(VERSION 3.14)
project(small LANGUAGES C CXX)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
foreach(name ggml-base ggml-cpu ggml llama)
  add_library(${name} source.cpp)
  set_target_properties(${name} PROPERTIES VERSION 1.2.3 SOVERSION 1)
endforeach()
target_compile_definitions(ggml-cpu PRIVATE CPU="avx2=${GGML_AVX2} arm=${GGML_CPU_ARM_ARCH}")
target_link_libraries(ggml PRIVATE ggml-cpu ggml-base)
target_link_libraries(llama PRIVATE ggml)
"""
SOURCE = """
#include <string>
extern "C" void llama_backend_init() {}
extern "C" const char * llama_print_system_info() {
    static const std::string said = std::string("made for ") + "this";
    return said.c_str();
}
#ifdef CPU
extern "C" const char * small_cpu() { return CPU; }
#endif
"""


@pytest.fixture
def pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source package of the shape of the real one, and pins for it."""
    files = {
        "PKG-INFO": f"Metadata-Version: 2.2\nName: llama_cpp_python\nVersion: {VERSION}\n",
        "LICENSE.md": "MIT, the bindings",
        "llama_cpp/__init__.py": f'__version__ = "{VERSION}"\n',
        "llama_cpp/server/app.py": "",
        "llama_cpp/lib/old.so": "not from this build",
        "tests/test_llama.py": "",
        "vendor/llama.cpp/LICENSE": "MIT, llama.cpp",
        "vendor/llama.cpp/CMakeLists.txt": PROJECT,
        "vendor/llama.cpp/source.cpp": SOURCE,
    }
    package = tmp_path / f"{NAME}.tar.gz"
    with tarfile.open(package, "w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"{NAME}/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    pins = tmp_path / "pins.json"
    source = {"file": package.name, "sha256": digest, "size": package.stat().st_size}
    pins.write_text(json.dumps({"versions": [VERSION], "source": source}))
    monkeypatch.setattr(build_wheel, "PINS", pins)
    return package


def run(package: Path, *arguments: str) -> Path:
    """Build; the folder with the wheels."""
    folders = ["--work", str(package.parent / "work"), "--out", str(package.parent / "out")]
    build_wheel.main(["--source", str(package), "--jobs", "1", *folders, *arguments])
    return package.parent / "out"


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}")
@pytest.mark.skipif(not OWN, reason="no build is for this processor")
def test_wheels_are_complete_and_fit_the_machine_they_are_for(pinned: Path) -> None:
    out = run(pinned)
    assert len(list(out.glob("*.whl"))) == len(OWN)
    for cpu in OWN:
        (path,) = out.glob(f"{NAME}-1{cpu.replace('-', '_')}-py3-none-*linux_*.whl")
        entry = json.loads(path.with_name(f"{path.name}.json").read_text())
        assert entry.get("needs", []) == sorted(BUILDS[cpu].needs)
        assert entry["file"] == path.name
        assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert entry["size"] == path.stat().st_size
        with zipfile.ZipFile(path) as wheel:
            names = set(wheel.namelist())
            rows = list(csv.reader(wheel.read(f"{NAME}.dist-info/RECORD").decode().splitlines()))
        libraries = ("libggml-base.so", "libggml-cpu.so", "libggml.so", "libllama.so")
        assert names == {
            "llama_cpp/__init__.py",
            "llama_cpp/server/app.py",
            *(f"llama_cpp/lib/{name}" for name in libraries),
            *(f"{NAME}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD")),
            f"{NAME}.dist-info/licenses/LICENSE.md",
            f"{NAME}.dist-info/licenses/llama.cpp/LICENSE",
        }
        assert {row[0] for row in rows} == names
    found = find_wheels(out, look_around(out), (VERSION,))
    assert len(found.usable) == len(OWN)
    assert not found.refused

    # Installed by a real installer it loads, and has what only its processor can.
    target = pinned.parent / "installed"
    uv = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps"]
    command = [*uv, "--python", sys.executable, "--target", str(target), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    library = (target / "llama_cpp/lib/libggml-cpu.so").read_bytes()
    best = BUILDS[OWN[-1]]
    expected = b"arm=armv8.2" if best.architecture == "aarch64" else b"avx2=ON"
    assert expected in library


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}")
def test_same_source_gives_the_same_wheel(pinned: Path) -> None:
    (cpu, *_) = OWN or ["pi4"]
    hashes = []
    for _ in range(2):
        (path,) = run(pinned, "--cpu", cpu).glob("*.whl")
        hashes.append(hashlib.sha256(path.read_bytes()).hexdigest())
        path.unlink()
    assert len(set(hashes)) == 1


def test_other_source_than_the_pinned_one_is_not_built(pinned: Path) -> None:
    with pinned.open("ab") as file:
        file.write(b"!")
    with pytest.raises(SystemExit, match="not the source package that is pinned"):
        run(pinned, "--cpu", "pi4")


def test_missing_compiler_is_named(pinned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(SystemExit, match="no-such-compiler"):
        run(pinned, "--cpu", "pi5")


def test_what_libraries_need_decides_what_a_wheel_is_for() -> None:
    said = """
 0x0000000000000001 (NEEDED)             Shared library: [libggml-base.so]
 0x0000000000000001 (NEEDED)             Shared library: [libm.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
 0x0000000000000001 (NEEDED)             Shared library: [ld-linux-aarch64.so.1]
  0x0010:   Name: GLIBC_2.17  Flags: none  Version: 4
  0x0020:   Name: GLIBC_2.34  Flags: none  Version: 3
  0x0020:   Name: GLIBC_2.4  Flags: none  Version: 3
"""
    assert parse_demands(said, {"libggml-base.so"}).platform == "manylinux_2_34"
    musl = " 0x01 (NEEDED)  Shared library: [libc.musl-aarch64.so.1]\n"
    assert parse_demands(musl, set()).platform == "musllinux_1_2"
    with pytest.raises(WheelError, match="libgomp"):
        _ = parse_demands(f"{musl} 0x01 (NEEDED)  Shared library: [libgomp.so.1]", set()).platform
    with pytest.raises(WheelError, match="neither"):
        _ = Demands(frozenset(), None).platform


def test_builds_are_for_processors_that_installing_can_tell_apart() -> None:
    from custom_components.functiongemma.install.machine import _FEATURES

    for build in BUILDS.values():
        assert set(build.needs) <= _FEATURES
        parse_wheel_filename(f"{NAME}-1{build.cpu.replace('-', '_')}-py3-none-any.whl")
    # Both would be taken from the machine that builds.
    assert "-DGGML_NATIVE=OFF" in COMMON
    assert all(build.arguments for build in BUILDS.values())
