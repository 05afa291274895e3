"""Builds the runtime from its source package, where a compiler is."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ..core.assemble.disk import disk_full_as_error, require_free
from ..core.assemble.progress import Reporter
from ..core.errors import DownloadError
from .command import CommandError, run
from .errors import InstallError
from .fetch import fetch
from .machine import Machine
from .pins import PinnedFile
from .place import disk_full_in

#: Disk the build takes besides the source package: it unpacked, its objects, cmake and ninja.
BUILD_BYTES: Final = 700_000_000
#: Memory a compiler takes for the largest file.
_MEMORY_PER_JOB: Final = 1_000_000_000
#: Share of the stage that the download of the source package is.
_DOWNLOADED: Final = 0.1

#: Only the library is wanted: no server, no tools, no tests, no image models.
_CMAKE_ARGUMENTS: Final = (
    "-DGGML_NATIVE=ON -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF "
    "-DLLAMA_BUILD_TOOLS=OFF -DLLAMA_CURL=OFF -DLLAVA_BUILD=OFF"
)
# ninja's `[12/230] Building …` and make's `[ 12%] Building …`.
_STEP = re.compile(r"^\s*\[(?:(\d+)/(\d+)|\s*(\d+)%)\]")
#: What uv says when it cannot get cmake or another build tool.
_NETWORK = re.compile(
    r"error sending request|dns error|failed to (?:fetch|download)|connection (?:refused|reset)"
    r"|timed out|network",
    re.IGNORECASE,
)


def built_folder(kept: Path, machine: Machine) -> Path:
    """Where wheels built for this very processor are kept."""
    return kept / f"built-{machine.fingerprint}"


def build(
    source: PinnedFile,
    kept: Path,
    work: Path,
    machine: Machine,
    reporter: Reporter,
    progress: Callable[[float], None],
) -> Path:
    """Download the source package and build its wheel with uv, isolated from Home Assistant.

    Raises what `fetch` raises, DiskFullError and InstallError.
    """
    require_free(work, source.size + BUILD_BYTES)
    package = fetch(source, work, reporter, lambda share: progress(share * _DOWNLOADED))
    out = work / "built"
    shutil.rmtree(out, ignore_errors=True)
    try:
        with disk_full_as_error(work, BUILD_BYTES):
            _build(package, out, machine, reporter, progress)
            wheels = list(out.glob("*.whl"))
            if len(wheels) != 1:
                raise InstallError("the build made no package")
            folder = built_folder(kept, machine)
            folder.mkdir(parents=True, exist_ok=True)
            wheel = Path(shutil.move(wheels[0], folder / wheels[0].name))
    finally:
        # Not the source package: where the build failed, the next attempt need not fetch it again.
        for leftover in (out, work / "temporary", work / "cache"):
            shutil.rmtree(leftover, ignore_errors=True)
    package.unlink()
    return wheel


def _build(
    package: Path,
    out: Path,
    machine: Machine,
    reporter: Reporter,
    progress: Callable[[float], None],
) -> None:
    work = package.parent
    (work / "temporary").mkdir(exist_ok=True)
    jobs = min(machine.cores, max(1, machine.free_memory // _MEMORY_PER_JOB))
    environment = {
        **os.environ,
        "CMAKE_ARGS": os.environ.get("CMAKE_ARGS") or _CMAKE_ARGUMENTS,
        "CMAKE_BUILD_PARALLEL_LEVEL": str(jobs),
        "TMPDIR": str(work / "temporary"),
        "UV_CACHE_DIR": str(work / "cache"),
        "UV_PYTHON_DOWNLOADS": "never",
        "NO_COLOR": "1",
    }
    command = ["-m", "uv", "build", "--wheel", "--no-config", "--verbose"]
    command += ["--index-strategy", "unsafe-first-match"]
    command += ["--python", sys.executable, "--out-dir", str(out), str(package)]

    def on_line(line: str) -> None:
        if (share := step_of(line)) is not None:
            progress(_DOWNLOADED + share * (1 - _DOWNLOADED))

    # The house comes first: a build takes all cores for minutes.
    nice = ["nice", "-n", "10"] if shutil.which("nice") else []
    try:
        run(
            [*nice, sys.executable, *command],
            environment=environment,
            reporter=reporter,
            on_line=on_line,
        )
    except CommandError as err:
        if full := disk_full_in(err.lines, work, BUILD_BYTES):
            raise full from err
        if any(_NETWORK.search(line) for line in err.lines):
            raise DownloadError(f"the build tools could not be had: {err.lines[-1]}") from err
        raise InstallError(f"the build failed: {_complaint(err.lines)}") from err


def step_of(line: str) -> float | None:
    """How far a build is by a line of its output, 0..1: `[12/230] Building …` → 0.05."""
    if (match := _STEP.match(line)) is None:
        return None
    if match[3]:
        return min(int(match[3]) / 100, 1.0)
    return min(int(match[1]) / max(int(match[2]), 1), 1.0)


def _complaint(lines: tuple[str, ...]) -> str:
    """The line that says most of what went wrong: the first error, or the last line."""
    said = [line.strip() for line in lines if line.strip() and not line.startswith("DEBUG")]
    errors = [line for line in said if re.search(r"\berror\b", line, re.IGNORECASE)]
    return (errors or said or ["it said nothing"])[0 if errors else -1]
