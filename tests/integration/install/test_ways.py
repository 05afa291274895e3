"""Every way to a runtime, gone for real with uv, and everything that can happen on it."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from custom_components.functiongemma.core.assemble.progress import (
    AssembleCancelledError,
    Reporter,
)
from custom_components.functiongemma.core.errors import DiskFullError, DownloadError
from custom_components.functiongemma.install.errors import NoRuntimeError
from custom_components.functiongemma.install.folders import Folders
from custom_components.functiongemma.install.machine import Machine
from custom_components.functiongemma.install.pins import Pins
from custom_components.functiongemma.install.place import fits, prove, read_stamp
from custom_components.functiongemma.install.source import step_of
from custom_components.functiongemma.install.ways import Way, install_first
from tests.core.assemble.server import Resource, Server

from ..small_disk import on_a_small_disk
from .conftest import serve_source
from .packages import drop, make_pins, make_source, make_wheel, pin, wheel_name

needs_compiler = pytest.mark.skipif(
    not (shutil.which("cc") and shutil.which("c++")), reason="no C and C++ compiler here"
)


def install(
    machine: Machine, pins: Pins, folders: Folders, told: list[tuple[str, float]] | None = None
) -> Way:
    """Go the first way; `told` gets the progress."""

    def tell(kind: str, share: float) -> None:
        if told is not None:
            told.append((kind, share))

    return install_first(machine, pins, folders, Reporter(), tell)


def test_wheel_the_user_brought_comes_first(
    machine: Machine, folders: Folders, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    drop(folders.dropped, make_wheel())
    pinned = pin(wheel_name(), make_wheel(), f"{server.url}/x.whl")
    assert install(machine, make_pins(pinned), folders).kind == "dropped"
    assert prove(folders.runtime) == "0.3.36"
    assert not server.seen
    chosen = [record for record in caplog.records if record.message.startswith("Installing")]
    assert [record.levelname for record in chosen] == ["INFO"]
    assert wheel_name() in chosen[0].message
    assert str(folders.dropped) in chosen[0].message


def test_pinned_wheel_is_downloaded_once_and_kept(
    machine: Machine, folders: Folders, server: Server
) -> None:
    wheel = make_wheel()
    server.add("/x.whl", Resource(wheel))
    pins = make_pins(pin(wheel_name(), wheel, f"{server.url}/x.whl"))
    told: list[tuple[str, float]] = []
    assert install(machine, pins, folders, told).kind == "pinned"
    assert (folders.kept / wheel_name()).read_bytes() == wheel
    assert {kind for kind, _ in told} == {"pinned"}
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)

    # The unpacked runtime is gone, and so is the network.
    shutil.rmtree(folders.runtime)
    server.resources.clear()
    assert install(machine, pins, folders).kind == "pinned"
    assert server.count("x.whl") == 1


@needs_compiler
def test_source_is_built_where_nothing_fits_and_a_compiler_is(
    machine: Machine, folders: Folders, server: Server
) -> None:
    source = make_source()
    serve_source(server, source)
    told: list[tuple[str, float]] = []
    pins = make_pins(source=source)
    assert install(replace(machine, compiler=True), pins, folders, told).kind == "source"
    assert prove(folders.runtime) == "0.3.36"
    assert (folders.runtime / "llama_cpp" / "lib" / "runtime.o").stat().st_size > 0
    # The steps of the build's own output are seen on the way.
    assert any(0.2 < share < 0.8 for _, share in told)
    assert not folders.work.exists()

    # Built once is enough, even after an upgrade to an image that has no compiler.
    shutil.rmtree(folders.runtime)
    seen = len(server.seen)
    assert install(machine, pins, folders).kind == "source"
    assert len(server.seen) == seen


@needs_compiler
def test_build_for_one_processor_is_not_used_on_another(
    machine: Machine, folders: Folders, server: Server
) -> None:
    source = make_source()
    serve_source(server, source)
    install(replace(machine, compiler=True), make_pins(source=source), folders)
    stamp = read_stamp(folders)
    assert stamp is not None
    assert fits(stamp, machine, ("0.3.36",))
    moved = replace(machine, features=machine.features ^ {"asimddp"})
    assert not fits(stamp, moved, ("0.3.36",))
    with pytest.raises(NoRuntimeError):
        install(moved, make_pins(source=source), folders)


@needs_compiler
def test_build_that_fails_says_what_the_compiler_said(
    machine: Machine, folders: Folders, server: Server
) -> None:
    source = make_source(code="this is not C\n")
    serve_source(server, source)
    with pytest.raises(NoRuntimeError, match=r"(?s)build failed.*runtime\.c.*error") as caught:
        install(replace(machine, compiler=True), make_pins(source=source), folders)
    assert caught.value.attempted
    assert read_stamp(folders) is None


@needs_compiler
def test_build_ends_when_home_assistant_does(
    machine: Machine, folders: Folders, server: Server, tmp_path: Path, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    started = tmp_path / "started"
    slow = tmp_path / "slow-cc"
    slow.write_text(f"#!/bin/sh\necho $$ > {started}\nexec sleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setenv("CC", str(slow))
    source = make_source()
    serve_source(server, source)
    stop = threading.Event()
    reporter = Reporter(None, lambda: stop.is_set() or started.exists())
    pins = make_pins(source=source)
    with pytest.raises(AssembleCancelledError):
        install_first(replace(machine, compiler=True), pins, folders, reporter, lambda *_: None)
    process = Path("/proc") / started.read_text().strip()
    assert not process.exists() or "Z" in (process / "stat").read_text().split()[2]


def test_machine_with_nothing_is_told_what_it_lacks(machine: Machine, folders: Folders) -> None:
    drop(folders.dropped, b"", "llama_cpp_python-0.3.36-py3-none-win_amd64.whl")
    with pytest.raises(NoRuntimeError) as caught:
        install(machine, make_pins(), folders)
    assert not caught.value.attempted
    for words in ("win_amd64", "no ready-made package", "no C and C++ compiler"):
        assert words in str(caught.value)


# -- the network -----------------------------------------------------------------------------------


def pinned_at(server: Server, wheel: bytes) -> Pins:
    return make_pins(pin(wheel_name(), wheel, f"{server.url}/x.whl"))


def test_refused_connection_may_pass(machine: Machine, folders: Folders, server: Server) -> None:
    wheel = make_wheel()
    pins = pinned_at(server, wheel)
    server.close()
    with pytest.raises(DownloadError):
        install(machine, pins, folders)
    assert read_stamp(folders) is None


def test_download_that_is_cut_goes_on_where_it_stopped(
    machine: Machine, folders: Folders, server: Server
) -> None:
    wheel = make_wheel(files={"llama_cpp/lib/libllama.so": bytes(300_000)})
    resource = server.add("/x.whl", Resource(wheel, drop_after=[100_000, 0, 0]))
    with pytest.raises(DownloadError):
        install(machine, pinned_at(server, wheel), folders)
    install(machine, pinned_at(server, wheel), folders)
    assert not resource.drop_after
    assert server.seen[-1].start >= 100_000


def test_wheel_with_another_hash_is_never_unpacked(
    machine: Machine, folders: Folders, server: Server
) -> None:
    wheel = make_wheel()
    server.add("/x.whl", Resource(wheel[:-1] + b"x"))
    with pytest.raises(NoRuntimeError, match="SHA-256"):
        install(machine, pinned_at(server, wheel), folders)
    assert not list(folders.kept.iterdir())
    assert not folders.runtime.exists()


@needs_compiler
def test_source_that_another_index_lists_under_the_same_name_is_refused(
    machine: Machine, folders: Folders, server: Server
) -> None:
    source = make_source()
    serve_source(server, make_source(code="int other;\n")[: len(source)].ljust(len(source), b"\0"))
    with pytest.raises(NoRuntimeError, match="SHA-256"):
        install(replace(machine, compiler=True), make_pins(source=source), folders)


@needs_compiler
def test_wheel_that_cannot_be_had_is_built_instead(
    machine: Machine, folders: Folders, server: Server
) -> None:
    source, wheel = make_source(), make_wheel()
    serve_source(server, source)
    pins = make_pins(pin(wheel_name(), wheel, f"{server.url}/missing.whl"), source=source)
    assert install(replace(machine, compiler=True), pins, folders).kind == "source"
    stamp = read_stamp(folders)
    assert stamp is not None
    assert stamp.why.startswith("this machine has a compiler; tried before and not installed")
    assert wheel_name() in stamp.why


# -- wheels that are not what they say -----------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("import ctypes\nctypes.CDLL('libgomp-that-is-not-here.so.1')", "libgomp-that-is-not-here"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGILL)", "SIGILL"),
        ("", "llama_backend_init"),
    ],
)
def test_wheel_that_does_not_run_is_not_left_in_place(
    machine: Machine, folders: Folders, module: str, words: str
) -> None:
    drop(folders.dropped, make_wheel(module=module))
    with pytest.raises(NoRuntimeError, match=words):
        install(machine, make_pins(), folders)
    assert not folders.runtime.exists()
    assert not any(folders.work.iterdir())


def test_runtime_that_works_is_kept_until_another_one_works(
    machine: Machine, folders: Folders
) -> None:
    path = drop(folders.dropped, make_wheel())
    install(machine, make_pins(), folders)
    path.write_bytes(make_wheel(module="raise SystemExit(1)"))
    with pytest.raises(NoRuntimeError):
        install(machine, make_pins(), folders)
    assert prove(folders.runtime) == "0.3.36"


def test_damaged_wheel_is_told(machine: Machine, folders: Folders) -> None:
    wheel = bytearray(make_wheel(files={"llama_cpp/data": bytes(1000)}))
    wheel[wheel.index(bytes(500)) + 5] = 1  # the archive's own checksum sees it
    drop(folders.dropped, bytes(wheel))
    with pytest.raises(NoRuntimeError, match="cannot be unpacked"):
        install(machine, make_pins(), folders)


# -- the disk --------------------------------------------------------------------------------------

#: Installs a wheel on a file system of 3 MB; the check before it is left out with an argument.
_ON_A_SMALL_DISK = """
import sys
from pathlib import Path
from custom_components.functiongemma.core.assemble.progress import Reporter
from custom_components.functiongemma.core.errors import DiskFullError
from custom_components.functiongemma.install import place
from custom_components.functiongemma.install.folders import Folders
from custom_components.functiongemma.install.machine import look_around

folders = Folders.of(Path(sys.argv[1]), Path(sys.argv[1]) / "cache")
if sys.argv[3:]:
    place.require_free = lambda folder, needed: None
try:
    place.install_wheel(
        Path(sys.argv[2]), "dropped", folders, look_around(folders.work), Reporter()
    )
except DiskFullError as err:
    print(f"disk full, {err.placeholders['free_mb']} MB free")
assert not folders.runtime.exists() and not list(folders.work.iterdir())
"""


@pytest.mark.parametrize("checked", [True, False])
def test_full_disk_leaves_nothing_behind(tmp_path: Path, checked: bool) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    wheel = drop(tmp_path, make_wheel(files={"llama_cpp/lib/libllama.so": bytes(5_000_000)}))
    arguments = [str(folder), str(wheel), *([] if checked else ["unchecked"])]
    done = subprocess.run(
        [*on_a_small_disk(folder, 3), sys.executable, "-c", _ON_A_SMALL_DISK, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("disk full")


def test_download_for_which_there_is_no_room_is_not_begun(
    machine: Machine, folders: Folders, server: Server
) -> None:
    huge = replace(pin(wheel_name(), b"x", f"{server.url}/x.whl"), size=10**15)
    with pytest.raises(DiskFullError) as caught:
        install(machine, make_pins(huge), folders)
    assert caught.value.placeholders["needed_mb"] == str(10**9)
    assert not server.seen


@pytest.mark.parametrize(
    ("line", "share"),
    [
        ("[12/48] Building CXX object ggml.cpp.o", 0.25),
        ("[ 50%] Building C object", 0.5),
        ("*** Building project with Ninja...", None),
        ("DEBUG something [1/2]", None),
    ],
)
def test_progress_is_read_from_the_build(line: str, share: float | None) -> None:
    assert step_of(line) == share
