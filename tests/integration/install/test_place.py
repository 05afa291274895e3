"""What works stays in place until something else that works takes it, whatever happens between."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from custom_components.functiongemma.core.assemble.progress import Reporter
from custom_components.functiongemma.install import place
from custom_components.functiongemma.install.errors import InstallError
from custom_components.functiongemma.install.folders import Folders
from custom_components.functiongemma.install.machine import Machine
from custom_components.functiongemma.install.place import install_wheel, prove, read_stamp

from .packages import VERSION, drop, make_wheel


def install(machine: Machine, folders: Folders, **files: bytes) -> None:
    """Install a wheel with these files in its package."""
    content = make_wheel(files={f"llama_cpp/{name}": data for name, data in files.items()})
    wheel = drop(folders.dropped, content)
    install_wheel(wheel, "dropped", folders, machine, Reporter())


def marks(folders: Folders) -> set[str]:
    """The files of the runtime that is in place."""
    found = (folders.runtime / "llama_cpp").iterdir()
    return {path.name for path in found} - {"__init__.py", "__pycache__"}


def test_new_runtime_takes_the_place_of_the_old_one_and_nothing_of_that_is_left(
    machine: Machine, folders: Folders
) -> None:
    install(machine, folders, old=b"1")
    first = read_stamp(folders)
    install(machine, folders, new=b"2")
    second = read_stamp(folders)
    assert prove(folders.runtime) == VERSION
    assert marks(folders) == {"new"}
    assert first is not None and second is not None and first.sha256 != second.sha256
    assert not any(folders.work.iterdir())


@pytest.mark.parametrize("there", [True, False])
def test_disk_that_fails_at_the_last_step_does_not_take_the_old_runtime_with_it(
    machine: Machine, folders: Folders, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    if there:
        install(machine, folders, old=b"1")
    replace = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if path.name == "runtime" and target == folders.runtime:
            raise OSError(5, "Input/output error")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="Input/output error"):
        install(machine, folders, new=b"2")
    assert folders.runtime.exists() == there
    if there:
        assert prove(folders.runtime) == VERSION
        assert marks(folders) == {"old"}
        assert read_stamp(folders) is not None


def test_wheel_that_never_finishes_loading_is_given_up_on_in_a_few_words(
    machine: Machine, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_PROOF_SECONDS", 1)
    wheel = drop(folders.dropped, make_wheel(module="import time\ntime.sleep(600)"))
    with pytest.raises(InstallError) as caught:
        install_wheel(wheel, "dropped", folders, machine, Reporter())
    assert str(caught.value) == "it is not loaded within 1 seconds"
    assert not folders.runtime.exists()


def test_python_that_was_replaced_underneath_is_told_like_a_wheel_that_does_not_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3.13"))
    with pytest.raises(InstallError, match="cannot be tried"):
        prove(None)
