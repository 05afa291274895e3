"""What lies in the right place need not run: it is tried, replaced, or said to be of no use."""

from __future__ import annotations

import errno
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import install
from custom_components.functiongemma.const import DOMAIN
from custom_components.functiongemma.core.errors import RuntimeMissingError
from custom_components.functiongemma.diagnostics import async_get_config_entry_diagnostics
from custom_components.functiongemma.install import async_install_runtime, async_is_installed
from custom_components.functiongemma.install.errors import InstallError, NoRuntimeError
from custom_components.functiongemma.install.place import prove

from ..fake_model import FakeModel
from .packages import VERSION, drop, make_wheel

pytestmark = pytest.mark.usefixtures("in_earnest")

BROKEN = "raise ImportError('half of it is gone')"


@pytest.fixture
def as_the_runtime_is(
    hass: HomeAssistant, fake_model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scripted model is loaded where the runtime in our folder could load one, only there."""

    def load_error(_: FakeModel) -> RuntimeMissingError | None:
        try:
            prove(install.folders_of(hass).runtime)
        except InstallError as err:
            return RuntimeMissingError(str(err))
        return None

    monkeypatch.setattr(FakeModel, "load_error", property(load_error))


@pytest.fixture
async def broken(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """An entry whose runtime was installed, and half of it deleted."""
    folders = install.folders_of(hass)
    drop(folders.dropped, make_wheel())
    await async_install_runtime(hass)
    (folders.runtime / "llama_cpp" / "__init__.py").write_text(BROKEN)
    assert await async_is_installed(hass), "nobody can tell by looking"
    return entry


def has_repair(hass: HomeAssistant) -> bool:
    return ir.async_get(hass).async_get_issue(DOMAIN, "runtime_missing") is not None


@pytest.mark.usefixtures("as_the_runtime_is")
async def test_runtime_that_does_not_run_is_replaced_and_the_entry_is_set_up(
    hass: HomeAssistant, broken: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    assert await hass.config_entries.async_setup(broken.entry_id)
    assert broken.state is ConfigEntryState.LOADED
    assert prove(install.folders_of(hass).runtime) == VERSION
    assert "half of it is gone" in caplog.text
    assert not has_repair(hass)


@pytest.mark.usefixtures("as_the_runtime_is")
async def test_runtime_that_does_not_run_and_cannot_be_replaced_is_a_repair(
    hass: HomeAssistant, broken: MockConfigEntry
) -> None:
    folders = install.folders_of(hass)
    for wheel in folders.dropped.iterdir():
        wheel.unlink()
    await hass.config_entries.async_setup(broken.entry_id)
    assert broken.state is ConfigEntryState.SETUP_ERROR
    assert has_repair(hass)
    # Left there, it would be taken for a good one at every start.
    assert not folders.runtime.exists()


async def test_runtime_that_runs_after_all_is_not_installed_a_second_time(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    fake_model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker that began while it was being replaced found half of it."""
    folders = install.folders_of(hass)
    drop(folders.dropped, make_wheel())
    await async_install_runtime(hass)
    before = (folders.runtime / "llama_cpp" / "__init__.py").stat().st_ino
    fake_model.load_error = RuntimeMissingError("half of it")

    def whole_by_now(folder: Path | None) -> str:
        fake_model.load_error = None
        return prove(folder)

    monkeypatch.setattr(install, "prove", whole_by_now)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert (folders.runtime / "llama_cpp" / "__init__.py").stat().st_ino == before


async def test_runtime_that_could_not_be_tried_is_left_where_it_is(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    fake_model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No memory for one more process is no reason to download it all again."""
    folders = install.folders_of(hass)
    drop(folders.dropped, make_wheel())
    await async_install_runtime(hass)
    fake_model.load_error = RuntimeMissingError("no memory")

    def no_process(*args: object, **options: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(subprocess, "run", no_process)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "Cannot allocate memory" in (entry.reason or "")
    assert (folders.runtime / "llama_cpp" / "__init__.py").exists()
    assert not has_repair(hass)


# -- among Home Assistant's packages ---------------------------------------------------------------


async def test_other_version_that_does_not_run_is_not_better_than_none(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    bare: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bare("0.9.9")
    (tmp_path / "llama_cpp").mkdir()
    (tmp_path / "llama_cpp" / "__init__.py").write_text(BROKEN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(NoRuntimeError):
        await async_install_runtime(hass)
    assert not await async_is_installed(hass)
    assert has_repair(hass)


async def test_package_that_does_not_tell_its_version_is_told_to_be_of_an_unknown_one(
    hass: HomeAssistant,
    fake_model: FakeModel,
    local_entry: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "llama_cpp").mkdir()
    (tmp_path / "llama_cpp" / "__init__.py").write_text("")
    information = tmp_path / "llama_cpp_python-main.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Name: llama_cpp_python\nVersion: main, as of Monday\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert not await async_is_installed(hass), "it may be any version"
    found = (await async_get_config_entry_diagnostics(hass, local_entry))["runtime"]
    assert found["way"] == "packages"
    assert "llama-cpp-python of an unknown version was not tried" in found["why"]


async def test_home_assistant_without_the_package_has_no_runtime(
    hass: HomeAssistant, fake_model: FakeModel, local_entry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    assert not await async_is_installed(hass)
    assert (await async_get_config_entry_diagnostics(hass, local_entry))["runtime"] is None


async def test_folder_that_cannot_be_made_is_told_and_the_repair_is_there_all_the_same(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    folder = install.folders_of(hass).dropped
    folder.parent.write_text("Somebody's file of that name")
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert has_repair(hass)
    told = [record for record in caplog.records if str(folder) in record.getMessage()]
    assert [record.levelno for record in told] == [logging.WARNING]
    assert "Make it by hand" in told[0].getMessage()
