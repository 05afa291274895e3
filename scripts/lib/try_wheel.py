"""Ask the home model a few sentences with a wheel, and compare with the answers of `.venv`.

A wheel for 64-bit ARM is run by qemu-user on other machines: Debian's Python for ARM and numpy's
wheel are fetched once, without root. The real core is run, worker process and all; Home Assistant
is not needed for it. How long it takes says nothing about any real processor.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Final

from scripts.lib.wheel_builds import Build

ROOT: Final = Path(__file__).parents[2]

#: The processor that qemu plays, by build: the board it is for.
_PROCESSORS: Final = {"pi4": "cortex-a72", "pi5": "cortex-a76"}

#: A home that is small enough to be evaluated under emulation.
_HOME: Final = {
    "areas": [{"id": "kitchen", "name": "Kitchen"}, {"id": "living_room", "name": "Living room"}],
    "entities": [
        {"id": "light.kitchen_ceiling", "name": "Ceiling", "area": "kitchen"},
        {"id": "light.floor_lamp", "name": "Floor lamp", "area": "living_room"},
    ],
}
_SENTENCES: Final = (
    "Turn on the kitchen lights",
    "Éteins le lampadaire du salon",
    "Schalte das Licht in der Küche aus",
    "キッチンの電気をつけて",
    "거실 불 꺼 줘",
)

#: An emulated processor takes minutes for what a real one does in seconds.
_COMMAND: Final = """
import sys
from custom_components.functiongemma.core.worker import client
client.LOAD_SECONDS = client.PREPARE_SECONDS = 36000.0
from custom_components.functiongemma.core.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


class TryError(Exception):
    """The wheel does not do what it should, or cannot be tried; the message says why."""


def try_wheel(wheel: Path, build: Build, cache: Path, model: Path | None) -> None:
    """Print what the model answers with the wheel. Raises TryError and OSError."""
    model = model or _newest_model(cache)
    own = build.architecture == platform.machine()
    python, site = (Path(sys.executable), None) if own else _emulated(build, cache)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home.json"
        home.write_text(json.dumps(_HOME), encoding="utf-8")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(Path(folder) / "wheel")
        paths = [Path(folder) / "wheel", *([site] if site else [])]
        found = _ask(python, paths, home, model, {"QEMU_CPU": _PROCESSORS.get(build.cpu, "max")})
        expected = _ask(ROOT / ".venv/bin/python", [], home, model, {})
    if not all(_same(*pair) for pair in zip(found, expected, strict=True)):
        raise TryError(f"{wheel.name} answers otherwise than .venv's llama-cpp-python")


def _newest_model(cache: Path) -> Path:
    models = sorted(
        (cache / "models").glob("functiongemma-home-*.gguf"), key=lambda path: path.stat().st_mtime
    )
    if not models:
        raise TryError("there is no home model in the cache: scripts/demo makes it")
    return models[-1]


def _ask(
    python: Path, paths: list[Path], home: Path, model: Path, environment: dict[str, str]
) -> list[dict[str, Any]]:
    """The core's answers to the sentences, in order."""
    command = [str(python), "-c", _COMMAND, "--model", str(model), "--home", str(home)]
    command += ["--json", "--threads", "1", "--seconds", "36000", *_SENTENCES]
    path = os.pathsep.join(map(str, paths))
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        answers = []
        for line in process.stdout:
            answers.append(json.loads(line))
            print(_line(answers[-1]), file=sys.stderr, flush=True)
    if process.returncode or len(answers) != len(_SENTENCES):
        raise TryError(f"{python} answered {len(answers)} of {len(_SENTENCES)} sentences")
    return answers


def _line(answer: dict[str, Any]) -> str:
    best = answer["answers"][0]["calls"] if answer.get("answers") else answer.get("error")
    said = json.dumps(best, ensure_ascii=False)
    return f"  {answer['text']}: {said} [{answer.get('confidence', 0):.4f}]"


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two answers call the same; kernels differ in the last digits of a probability."""
    calls = [[answer["calls"] for answer in said["answers"][:1]] for said in (one, other)]
    return calls[0] == calls[1] and abs(one["confidence"] - other["confidence"]) < 0.05


def _emulated(build: Build, cache: Path) -> tuple[Path, Path]:
    """A Python for the build's architecture that runs here, and the folder of its packages."""
    qemu = next(filter(None, map(shutil.which, ("qemu-aarch64-static", "qemu-aarch64"))), None)
    if build.architecture != "aarch64" or qemu is None:
        raise TryError(f"a wheel for {build.architecture} cannot be run here (qemu-user-static?)")
    root, site = cache / "python-3.14-arm64", cache / "packages-3.14-arm64"
    binary = root / "usr/bin/python3.14"
    if not binary.exists():
        unpack = ["bash", "scripts/lib/debian-python.sh", str(root), "arm64"]
        subprocess.run(unpack, cwd=ROOT, check=True, stdout=sys.stderr)
    # Under the name of an interpreter: the worker is started with `sys.executable`, which must be
    # something this machine can run. The standard library is found from where it lies.
    wrapper = binary.with_name("emulated-python")
    wrapper.write_text(f'#!/bin/sh\nexec {qemu} -0 "$0" "{binary}" "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    if not site.exists():
        # All that the core and the bindings import.
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            f"{site}.new",
        ]
        pip += ["--only-binary", ":all:", "--python-version", "3.14"]
        pip += ["--platform", "manylinux_2_28_aarch64", "numpy", "typing-extensions"]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        Path(f"{site}.new").rename(site)
    return wrapper, site
