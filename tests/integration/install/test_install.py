"""The runtime in Home Assistant: found, installed, had again after it was lost, and told about."""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import install, models
from custom_components.functiongemma.const import DOMAIN
from custom_components.functiongemma.core.errors import DownloadError
from custom_components.functiongemma.core.worker import WorkerClient
from custom_components.functiongemma.core.worker.process import runtime_paths
from custom_components.functiongemma.diagnostics import async_get_config_entry_diagnostics
from custom_components.functiongemma.errors import FileUnreadableError, RuntimeInPreparationError
from custom_components.functiongemma.install import async_install_runtime, async_is_installed
from custom_components.functiongemma.install.errors import NoRuntimeError
from custom_components.functiongemma.install.place import STAMP
from custom_components.functiongemma.system_health import async_info

from .packages import VERSION, drop, make_wheel

WHEEL = make_wheel()


def issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, "runtime_missing")


@pytest.mark.usefixtures("bare")
async def test_runtime_is_installed_apart_from_home_assistants_packages(
    hass: HomeAssistant,
) -> None:
    folders = install.folders_of(hass)
    drop(folders.dropped, WHEEL)
    assert not await async_is_installed(hass)
    told: list[tuple[str, float]] = []
    await async_install_runtime(hass, progress=lambda *step: told.append(step))
    await hass.async_block_till_done()
    assert await async_is_installed(hass)
    assert {kind for kind, _ in told} == {"dropped"}
    # Only workers find it; Home Assistant itself does not look there.
    assert runtime_paths == [str(folders.runtime)]
    assert str(folders.runtime) not in sys.path


async def test_good_version_among_home_assistants_packages_is_used(
    hass: HomeAssistant, bare: Callable[..., None]
) -> None:
    drop(install.folders_of(hass).dropped, WHEEL)
    bare("0.3.36")
    await async_install_runtime(hass)
    assert not install.folders_of(hass).runtime.exists()
    assert runtime_paths == []


async def test_other_version_is_not_used_where_the_good_one_can_be_had(
    hass: HomeAssistant, bare: Callable[..., None]
) -> None:
    bare("0.2.0")
    assert not await async_is_installed(hass)
    drop(install.folders_of(hass).dropped, WHEEL)
    await async_install_runtime(hass)
    assert runtime_paths


async def test_other_version_is_better_than_none(
    hass: HomeAssistant, bare: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bare("0.9.9")
    monkeypatch.setattr(install, "prove", lambda folder: "0.9.9")
    await async_install_runtime(hass)
    assert await async_is_installed(hass)
    assert issue(hass) is None


@pytest.mark.usefixtures("bare")
async def test_nothing_is_installed_where_that_was_forbidden(hass: HomeAssistant) -> None:
    drop(install.folders_of(hass).dropped, WHEEL)
    hass.config.skip_pip = True
    with pytest.raises(NoRuntimeError, match="skip-pip"):
        await async_install_runtime(hass)
    assert not install.folders_of(hass).runtime.exists()


@pytest.mark.usefixtures("bare")
async def test_installation_that_takes_long_is_done_once(
    hass: HomeAssistant, slow: tuple[threading.Event, list[str]]
) -> None:
    go, begun = slow
    drop(install.folders_of(hass).dropped, WHEEL)
    # An entry does not hold up the start, and a dialog that is closed does not stop the build.
    with pytest.raises(RuntimeInPreparationError):
        await async_install_runtime(hass, 0.01)
    dialog = asyncio.create_task(async_install_runtime(hass))
    await asyncio.sleep(0)
    dialog.cancel()
    waiting = asyncio.create_task(async_install_runtime(hass))
    await asyncio.sleep(0.01)
    go.set()
    await waiting
    assert len(begun) == 1


@pytest.mark.usefixtures("bare")
async def test_installation_that_failed_meanwhile_is_told_and_not_repeated(
    hass: HomeAssistant, slow: tuple[threading.Event, list[str]]
) -> None:
    go, begun = slow
    with pytest.raises(RuntimeInPreparationError):
        await async_install_runtime(hass, 0.01)
    go.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    with pytest.raises(NoRuntimeError):
        await async_install_runtime(hass, 0.01)
    assert len(begun) == 1


@pytest.mark.usefixtures("bare")
async def test_folder_that_cannot_be_written_is_told(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(install, "install_first", fail)
    with pytest.raises(FileUnreadableError, match="Permission denied"):
        await async_install_runtime(hass)


# -- an entry --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("in_earnest")
async def test_diagnostics_and_system_information_tell_which_package_it_is_and_why(
    hass: HomeAssistant, entry: Any
) -> None:
    assert (await async_get_config_entry_diagnostics(hass, entry))["runtime"] is None
    assert (await async_info(hass))["runtime_wheel"] == "–"

    wheel = drop(install.folders_of(hass).dropped, WHEEL)
    await async_install_runtime(hass)
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert found["runtime"] == {
        "way": "dropped",
        "wheel": wheel.name,
        "why": "it was put there by hand and fits this machine",
    }
    assert hass.config.config_dir not in str(found)
    health = await async_info(hass)
    assert (health["runtime_wheel"], health["runtime_version"]) == (wheel.name, VERSION)


@pytest.mark.usefixtures("in_earnest")
@pytest.mark.parametrize(("version", "doubtful"), [(VERSION, False), ("0.9.9", True)])
async def test_diagnostics_tell_that_home_assistants_own_package_is_used(
    hass: HomeAssistant, entry: Any, bare: Callable[..., None], version: str, doubtful: bool
) -> None:
    bare(version)
    found = (await async_get_config_entry_diagnostics(hass, entry))["runtime"]
    assert (found["way"], found["wheel"]) == ("packages", None)
    assert ("0.9.9 was not tried" in found["why"]) == doubtful


@pytest.mark.usefixtures("in_earnest")
async def test_runtime_of_an_earlier_version_of_the_integration_is_kept_without_a_reason(
    hass: HomeAssistant, entry: Any
) -> None:
    folders = install.folders_of(hass)
    drop(folders.dropped, WHEEL)
    await async_install_runtime(hass)
    stamp = json.loads((folders.runtime / STAMP).read_text())
    del stamp["why"]
    (folders.runtime / STAMP).write_text(json.dumps(stamp))
    assert await async_is_installed(hass)
    found = (await async_get_config_entry_diagnostics(hass, entry))["runtime"]
    assert (found["way"], found["why"]) == ("dropped", None)


@pytest.mark.usefixtures("in_earnest")
async def test_upgrade_that_wipes_all_packages_is_not_noticed(
    hass: HomeAssistant, entry: MockConfigEntry, bare: Callable[..., None]
) -> None:
    drop(install.folders_of(hass).dropped, WHEEL)
    await async_install_runtime(hass)
    # The new image: another Home Assistant, nothing of ours among its packages.
    bare(None)
    runtime_paths.clear()
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert runtime_paths


@pytest.mark.usefixtures("in_earnest")
async def test_lost_runtime_is_had_again_and_the_entry_goes_on_by_itself(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    slow: tuple[threading.Event, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go, _ = slow
    monkeypatch.setattr(models, "SETUP_PATIENCE", 0.01)
    drop(install.folders_of(hass).dropped, WHEEL)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "runtime_in_preparation"
    assert issue(hass) is None
    go.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_reload(entry.entry_id)  # what Home Assistant does after a while
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.usefixtures("in_earnest")
async def test_network_that_is_away_is_waited_for_without_a_repair(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DownloadError("no route to host")

    monkeypatch.setattr(install, "install_first", fail)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "download_failed"
    assert issue(hass) is None


@pytest.mark.usefixtures("in_earnest")
async def test_machine_that_has_nothing_gets_a_repair_and_a_folder_to_put_it_in(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "runtime_missing"
    found = issue(hass)
    assert found is not None and found.is_fixable
    folder = install.folders_of(hass).dropped
    assert found.data is not None and found.data["folder"] == str(folder)
    assert folder.is_dir()
    # Removed with what needed it.
    await hass.config_entries.async_remove(entry.entry_id)
    assert issue(hass) is None


# -- nothing of Home Assistant's is replaced -------------------------------------------------------

#: Installs with the Python it runs on, and prints where numpy is and what versions there are.
_IN_AN_ENVIRONMENT = """
import sys, numpy
from importlib.metadata import version
from pathlib import Path
from custom_components.functiongemma.core.assemble.progress import Reporter
from custom_components.functiongemma.install.folders import Folders
from custom_components.functiongemma.install.machine import look_around
from custom_components.functiongemma.install.ways import install_first
from custom_components.functiongemma.install.pins import read_pins

folders = Folders.of(Path(sys.argv[1]), Path(sys.argv[1]) / ".cache")
install_first(look_around(folders.work), read_pins(), folders, Reporter(), lambda *_: None)
print(Path(numpy.__file__).parent, numpy.__version__, version("diskcache"))
"""


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and time."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_no_dependency_of_home_assistant_is_ever_replaced(tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    offline = ["--offline", "--no-index", "--no-config"]
    subprocess.run(
        [*uv, "venv", "--quiet", "--offline", "--python", sys.executable, tmp_path / "venv"],
        check=True,
    )
    site = next((tmp_path / "venv" / "lib").iterdir()) / "site-packages"
    old = drop(
        tmp_path,
        make_wheel("1.0", "py3-none-any", name="diskcache", package="diskcache"),
        "diskcache-1.0-py3-none-any.whl",
    )
    subprocess.run([*uv, "pip", "install", *offline, "--python", python, old], check=True)
    here = Path(importlib.metadata.distribution("numpy").locate_file(""))
    for path in here.glob("numpy*"):
        shutil.copytree(path, site / path.name, ignore=shutil.ignore_patterns("tests"))
    # The rest as Home Assistant has it; the environment's own packages come first.
    (site / "others.pth").write_text(f"{here}\n")
    before = listing(site)

    # The wheel wants newer ones than there are, and even brings them along.
    wheel = make_wheel(
        requires=("numpy>=99", "diskcache>=99"),
        files={"numpy/__init__.py": b"__version__ = '99'", "diskcache/__init__.py": b""},
    )
    drop(tmp_path / "config" / "functiongemma" / "wheels", wheel)
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [python, "-c", _IN_AN_ENVIRONMENT, tmp_path / "config"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    numpy = importlib.metadata.version("numpy")
    assert done.stdout.split() == [str(site / "numpy"), numpy, "1.0"]
    assert listing(site) == before
    # Nor does the worker see others than Home Assistant's.
    runtime = tmp_path / "config" / ".cache" / "runtime"
    assert {path.name.partition("-")[0] for path in runtime.glob("[a-z]*") if path.is_dir()} == {
        "llama_cpp",
        "llama_cpp_python",
    }


@pytest.mark.slow
async def test_real_worker_runs_on_the_real_wheel_in_its_own_folder(
    hass: HomeAssistant, bare: object, tiny_model: Path
) -> None:
    cached = Path.home() / ".cache" / "functiongemma" / "wheels"
    wheels = sorted(cached.glob("*/llama_cpp_python-0.3.36-*.whl"))
    if not wheels:
        pytest.skip("scripts/setup has not built llama-cpp-python here")
    folders = install.folders_of(hass)
    folders.dropped.mkdir(parents=True)
    shutil.copy(wheels[0], folders.dropped)
    await async_install_runtime(hass)
    client = WorkerClient()
    try:
        info = await client.load(tiny_model)
        mapped = Path(f"/proc/{info.pid}/maps").read_text()
    finally:
        await client.stop()
    assert str(folders.runtime / "llama_cpp" / "lib") in mapped
