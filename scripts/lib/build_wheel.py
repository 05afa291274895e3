"""Build wheels of llama-cpp-python for other machines; see `scripts/build_wheel --help`.

Runs on a bare Python: the images that wheels are built in have nothing else. The library is built
by llama.cpp's own CMake project and packed with the bindings, metadata and licences of the source
package, whose hash is the one in wheels.json. The package's own build would make three copies of
every library, its command line helpers and a second installation tree.

A wheel for this machine's architecture is loaded before it counts as built. Beside each wheel lies
`NAME.whl.json`: its entry for wheels.json without the address, which whoever publishes it adds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from custom_components.functiongemma.core.assemble.client import Client, Patience
from custom_components.functiongemma.core.assemble.package_index import find_file, read_index_config
from custom_components.functiongemma.core.assemble.progress import Reporter
from custom_components.functiongemma.core.errors import CoreError
from scripts.lib.try_wheel import TryError, try_wheel
from scripts.lib.wheel_builds import BUILDS, COMMON, Build, compilers
from scripts.lib.wheel_file import WheelError, read_demands, write_wheel

ROOT: Final = Path(__file__).parents[2]
PINS: Final = ROOT / "custom_components/functiongemma/install/wheels.json"
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "functiongemma"
_LIBRARIES: Final = ("ggml-base", "ggml-cpu", "ggml", "llama")
#: Loads the library as the bindings do.
_LOAD: Final = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
library.llama_backend_init()
library.llama_print_system_info.restype = ctypes.c_char_p
print(library.llama_print_system_info().decode())
"""


def main(arguments: list[str] | None = None) -> None:
    """Build, print what was built, and try it; an error is one line and status 1."""
    options = _options(arguments)
    pins = json.loads(PINS.read_text(encoding="utf-8"))
    try:
        source = unpack(fetch(pins["source"], options.source), options.work)
        for name in options.cpu or [n for n, b in BUILDS.items() if _is_own(b)]:
            wheel = build(BUILDS[name], source, pins["versions"][0], options)
            if _is_own(BUILDS[name]):
                print(load(wheel), file=sys.stderr)
            entry = describe(wheel, BUILDS[name])
            listing = wheel.with_name(f"{wheel.name}.json")
            listing.write_text(json.dumps(entry, indent=2) + "\n", encoding="utf-8")
            print(f"{entry['sha256']}  {wheel}  {entry['size'] / 1e6:.1f} MB", flush=True)
            if options.try_it:
                try_wheel(wheel, BUILDS[name], CACHE, options.model)
    except (CoreError, OSError, WheelError, TryError, subprocess.CalledProcessError) as err:
        sys.exit(f"error: {err}")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    usage = (ROOT / "scripts/build_wheel").read_text(encoding="utf-8").split("\nset -", 1)[0]
    usage = "\n".join(line.removeprefix("#").removeprefix(" ") for line in usage.splitlines()[1:])
    parser = argparse.ArgumentParser(
        prog="scripts/build_wheel",
        description=usage,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--cpu", action="append", choices=sorted(BUILDS), help="may be given several times")
    add("--jobs", type=int, default=os.cpu_count() or 1, help="compilers at once")
    add("--out", type=Path, default=CACHE / "wheels" / "built", help="folder for the wheels")
    add("--work", type=Path, default=CACHE / "wheel-build", help="folder for what is compiled")
    add("--source", type=Path, help="the source package, where it is here already")
    add("--try", dest="try_it", action="store_true", help="ask the model with each of them")
    add("--model", type=Path, help="for --try; default: the newest home model in the cache")
    return parser.parse_args(arguments)


def _is_own(candidate: Build) -> bool:
    return candidate.architecture == platform.machine()


def fetch(pinned: dict[str, Any], given: Path | None) -> Path:
    """The source package, with the pinned hash. Raises CoreError, OSError and WheelError."""
    path = given or CACHE / "wheels" / pinned["file"]
    if not path.exists():
        if given:
            raise FileNotFoundError(f"{given} does not exist")
        index = read_index_config()
        client = Client(Reporter(), Patience(), index.certificates)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.part")
        url = find_file(client, index.urls[0], "llama-cpp-python", pinned["file"]).url
        client.download(url, partial, pinned["size"], lambda done: None)
        partial.rename(path)
    if hashlib.sha256(path.read_bytes()).hexdigest() != pinned["sha256"]:
        raise WheelError(f"{path} is not the source package that is pinned")
    return path


def unpack(package: Path, work: Path) -> Path:
    """The folder of the unpacked source package, the same each time: what is built there stays."""
    name = package.name.removesuffix(".tar.gz")
    if not (work / name / "PKG-INFO").exists():
        shutil.rmtree(work / name, ignore_errors=True)
        work.mkdir(parents=True, exist_ok=True)
        with tarfile.open(package) as archive:
            archive.extractall(work / name / "new", filter="data")
        for path in (work / name / "new" / name).iterdir():
            path.rename(work / name / path.name)
    return work / name


def build(wanted: Build, source: Path, version: str, options: argparse.Namespace) -> Path:
    """Compile one build and pack it. Raises CalledProcessError, OSError and WheelError."""
    # Builds of one architecture share a folder: all but ggml-cpu is the same in them.
    folder = options.work / f"{wanted.architecture}-{platform.libc_ver()[0] or 'musl'}"
    llama = source / "vendor" / "llama.cpp"
    configure = ["cmake", "-S", str(llama), "-B", str(folder), "-G", "Ninja"]
    _run(*configure, *COMMON, *compilers(wanted.architecture), *wanted.arguments)
    _run("nice", "ninja", "-C", str(folder), "-j", str(options.jobs), "llama")
    libraries = [folder / "bin" / f"lib{name}.so" for name in _LIBRARIES]
    demands = read_demands(libraries)
    return write_wheel(
        options.out,
        version=version,
        build=f"1{wanted.cpu.replace('-', '_')}",
        platform=f"{demands.platform}_{wanted.architecture}",
        files=contents(source, version, libraries),
    )


def contents(source: Path, version: str, libraries: list[Path]) -> dict[str, bytes]:
    """What is in the wheel, by name: bindings, libraries, metadata, the licences of both."""
    info = f"llama_cpp_python-{version}.dist-info"
    paths = {
        str(path.relative_to(source)): path
        for path in sorted((source / "llama_cpp").rglob("*"))
        if path.is_file() and path.suffix in (".py", ".typed")
    }
    paths |= {f"llama_cpp/lib/{path.name}": path for path in libraries}
    paths |= {
        f"{info}/METADATA": source / "PKG-INFO",
        f"{info}/licenses/LICENSE.md": source / "LICENSE.md",
        f"{info}/licenses/llama.cpp/LICENSE": source / "vendor" / "llama.cpp" / "LICENSE",
    }
    return {name: path.read_bytes() for name, path in paths.items()}


def load(wheel: Path) -> str:
    """What the library in a wheel says it was built for. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
        command = [sys.executable, "-c", _LOAD, str(Path(folder, "llama_cpp/lib/libllama.so"))]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def describe(wheel: Path, made: Build) -> dict[str, Any]:
    """The wheel's entry for wheels.json, but for its address."""
    data = wheel.read_bytes()
    entry: dict[str, Any] = {
        "file": wheel.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }
    return entry | ({"needs": sorted(made.needs)} if made.needs else {})


def _run(*command: str) -> None:
    print("$", *command, file=sys.stderr, flush=True)
    subprocess.run(command, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    main()
