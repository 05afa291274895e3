"""Puts a wheel in its place and proves that it runs; says what is in place."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from packaging.utils import parse_wheel_filename

from ..core.assemble.disk import disk_full, disk_full_as_error, require_free, sha256_of
from ..core.assemble.progress import Reporter
from ..core.errors import DiskFullError
from .command import CommandError, run
from .errors import InstallError
from .folders import Folders
from .machine import Machine

STAMP: Final = "functiongemma.json"

#: How the names of what is kept of a wheel begin. Upstream's carry the same libraries a second time
#: for C++ programs; and another numpy than Home Assistant's must not come along.
_KEPT: Final = "llama_cpp"
#: A wheel's size on disk, packed and unpacked, as a multiple of the file's.
_UNPACKED: Final = 5
_PROOF_SECONDS: Final = 120
#: Loads the libraries, as the worker will. The first argument is the runtime's folder, the others
#: are where Home Assistant's packages are.
_PROOF: Final = """
import sys
sys.path[:0] = sys.argv[1:2]
sys.path.extend(path for path in sys.argv[2:] if path not in sys.path)
import llama_cpp
llama_cpp.llama_backend_init()
print(llama_cpp.__version__)
"""


@dataclass(frozen=True)
class Stamp:
    """What the runtime in place was made from."""

    kind: str
    """`dropped`, `pinned` or `source`."""
    wheel: str
    """The file's name."""
    sha256: str
    fingerprint: str
    """`Machine.fingerprint` when it was installed."""
    why: str = ""
    """Why this one, in English and without paths; empty: installed before this was kept."""


def read_stamp(folders: Folders) -> Stamp | None:
    """What is in place; None: nothing, or something unfinished. Blocks."""
    try:
        stamp = Stamp(**json.loads((folders.runtime / STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return stamp if (folders.runtime / "llama_cpp" / "__init__.py").is_file() else None


def fits(stamp: Stamp, machine: Machine, versions: tuple[str, ...]) -> bool:
    """Whether what is in place is for this machine and this version of the integration."""
    _, version, _, tags = parse_wheel_filename(stamp.wheel)
    # Built for one processor, it may use instructions another does not have.
    native = stamp.kind == "source" and stamp.fingerprint != machine.fingerprint
    return version.public in versions and machine.rank(tags) is not None and not native


def install_wheel(
    wheel: Path, kind: str, folders: Folders, machine: Machine, reporter: Reporter, why: str = ""
) -> None:
    """Unpack a wheel, prove that it runs, and only then put it in the place of what was there.

    `kind` and `why` are kept with it. Raises InstallError and DiskFullError.
    """
    new = folders.work / "runtime"
    shutil.rmtree(new, ignore_errors=True)
    try:
        with disk_full_as_error(folders.work, wheel.stat().st_size * _UNPACKED):
            new.mkdir(parents=True)
            _unpack(wheel, new, reporter)
            _prune(new)
            prove(new)
            stamp = Stamp(kind, wheel.name, sha256_of(wheel), machine.fingerprint, why)
            (new / STAMP).write_text(json.dumps(asdict(stamp)), encoding="utf-8")
            _put_in_place(new, folders)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _put_in_place(new: Path, folders: Folders) -> None:
    """By renaming: a worker that starts meanwhile never finds half of one.

    One that runs keeps the files it has open.
    """
    old = folders.work / "replaced"
    shutil.rmtree(old, ignore_errors=True)
    if folders.runtime.exists():
        folders.runtime.replace(old)
    try:
        new.replace(folders.runtime)
    except OSError:
        if old.exists():
            old.replace(folders.runtime)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _unpack(wheel: Path, target: Path, reporter: Reporter) -> None:
    """Home Assistant's installer, uv, with this one file and nothing else: it asks no index."""
    needed = wheel.stat().st_size * _UNPACKED
    require_free(target, needed)
    command = [sys.executable, "-m", "uv", "pip", "install", "--no-deps", "--no-index"]
    command += ["--no-cache", "--no-config", "--link-mode", "copy", "--python", sys.executable]
    command += ["--target", str(target), str(wheel)]
    # Settings for the packages of this machine must not reach it, such as constraints.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("UV_")}
    # Where the cache would be, uv makes a temporary one, and /tmp may be small.
    temporary = target.with_name("temporary")
    temporary.mkdir(exist_ok=True)
    environment |= {"TMPDIR": str(temporary), "UV_PYTHON_DOWNLOADS": "never", "NO_COLOR": "1"}
    try:
        run(command, environment=environment, reporter=reporter)
    except CommandError as err:
        if full := disk_full_in(err.lines, target, needed):
            raise full from err
        said = " ".join(line.strip() for line in err.lines if line.strip())
        raise InstallError(f"{wheel.name} cannot be unpacked: {said}") from err
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _prune(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name.startswith(_KEPT):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def prove(folder: Path | None) -> str:
    """Load llama_cpp in a process of its own; its version. Blocks, seconds on a slow card.

    `folder`: where it was unpacked; None: it is among Home Assistant's packages. Raises
    InstallError with what the loader says or that Python is not where it was, and OSError where no
    further process can be started (memory, their number), which says nothing of the runtime.
    """
    paths = [path for path in sys.path if path and Path(path).is_dir()]
    command = [sys.executable, "-P", "-c", _PROOF, *([str(folder)] if folder else [""]), *paths]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PROOF_SECONDS, check=False)
    except subprocess.TimeoutExpired as err:
        # Its own words are the whole command, with every path in it.
        raise InstallError(f"it is not loaded within {_PROOF_SECONDS} seconds") from err
    except (FileNotFoundError, PermissionError) as err:
        raise InstallError(f"it cannot be tried: {err}") from err
    if done.returncode < 0:
        number = -done.returncode
        name = signal.Signals(number).name if number in list(signal.Signals) else str(number)
        raise InstallError(f"it does not run on this machine ({name})")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it says nothing"]
        raise InstallError(f"it cannot be loaded: {said[-1]}")
    return done.stdout.decode("utf-8", "replace").strip()


def disk_full_in(lines: Iterable[str], folder: Path, needed: int) -> DiskFullError | None:
    """The error for what a command said about a full disk, if it did."""
    if not any("No space left on device" in line or "Disk quota" in line for line in lines):
        return None
    return disk_full(needed, shutil.disk_usage(folder).free)
