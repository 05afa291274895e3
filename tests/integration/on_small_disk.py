"""What `test_disasters.py` runs with a configuration folder on a disk of 160 MB."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.functiongemma import install, models
from custom_components.functiongemma.core.assemble import HubSource
from custom_components.functiongemma.install.machine import look_around
from tests.core.assemble import tiny

from .fake_model import FakeModel
from .flows import cache, choose, finish, submit, until
from .house import Speaker, call, lights_and_switches, place, speech
from .hub_server import Hub, Repository
from .install.environment import real_wheel
from .install.packages import make_pins
from .real_worker import understood

pytestmark = pytest.mark.usefixtures("patient")

DISK = Path(os.environ.get("SMALL_DISK", "/none"))


@pytest.fixture
def hass_config_dir() -> Iterator[str]:
    """A disk with nothing else on it."""
    folder = DISK / "config"
    folder.mkdir()
    yield str(folder)
    shutil.rmtree(folder)
    clear()


@pytest.fixture(autouse=True)
async def conversation(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "conversation", {})


def fill(leave: int = 0) -> None:
    """Fill the disk with something of somebody else's, but for `leave` bytes."""
    with (DISK / "filler").open("ab", buffering=0) as file:
        size = shutil.disk_usage(DISK).free - leave
        try:
            while size > 0:
                size -= file.write(bytes(min(size, 1 << 20)))
        except OSError:
            assert not leave


def clear() -> None:
    (DISK / "filler").unlink(missing_ok=True)


@pytest.fixture
def home_model(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The home model's real making, from a tiny base on loopback and a tiny adapter."""
    base = tiny.write_base(tmp_path / "base.gguf").read_bytes()
    source = HubSource("someone/tiny", "tiny.gguf")
    monkeypatch.setattr(models, "SOURCES", tiny.make_model(base, source))
    monkeypatch.setattr(models, "ADAPTER", tiny.write_tiny_adapter(tmp_path / "home.lora.gguf"))
    return hub.add("someone/tiny", Repository({"tiny.gguf": base}))


def told(result: Any) -> tuple[int, int]:
    """(MB needed, MB free) that the form of a failed set-up speaks of."""
    assert (result["step_id"], result["errors"]) == ("retry", {"base": "disk_full"})
    placeholders = result["description_placeholders"]
    return int(placeholders["needed_mb"]), int(placeholders["free_mb"])


async def again(hass: HomeAssistant, result: Any) -> ConfigEntry[Any]:
    """Try again, which works now and leaves one model and nothing unfinished; the entry."""
    result = await finish(hass, await submit(hass, result, {"next": "retry"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(list(cache(hass).glob("functiongemma-home-*.gguf"))) == 1
    assert not list(cache(hass).rglob("*.part"))
    assert not list(cache(hass).glob("base-*"))
    await hass.async_block_till_done()
    entry: ConfigEntry[Any] = result["result"]
    return entry


async def test_disk_that_fills_during_the_download_says_so_and_the_flow_goes_on(
    hass: HomeAssistant, fake_model: FakeModel, hub: Hub, home_model: Repository
) -> None:
    """The model that is made here is too small to be run; that it would be is for other tests."""
    home_model.pause_after = [20_000]
    result = await choose(hass, "home")
    await until(hub.paused.is_set)
    await hass.async_add_executor_job(fill)
    hub.go_on.set()
    needed, free = told(await finish(hass, result))
    assert needed > free == 0
    clear()
    speaker = await lights_and_switches(hass, await again(hass, result))
    fake_model.answers["Bed light on"] = [call("light.turn_on", name="Bed Light")]
    assert speech(await speaker.say("Bed light on")) == "Turned on the light"


async def test_full_disk_costs_the_next_start_and_no_sentence(
    hass: HomeAssistant, local_entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("llama_cpp", reason="runs llama.cpp")
    hass.config.skip_pip = False
    await hass.async_add_executor_job(fill)
    assert await hass.config_entries.async_setup(local_entry.entry_id)
    speaker = await lights_and_switches(hass, local_entry)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=30))
    await hass.async_block_till_done(wait_background_tasks=True)
    await understood(speaker, local_entry)
    assert "could not be kept on the disk: No space left on device" in caplog.text
    assert not list(cache(hass).rglob("*.part"))

    clear()
    place(hass, "light.kitchen_lights", "Kitchen", name="Worktop")
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=60))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert list((cache(hass) / "snapshots").glob("*.snapshot"))
    assert await hass.config_entries.async_reload(local_entry.entry_id)
    await understood(Speaker(hass, local_entry), local_entry)


async def test_wheel_for_which_there_is_no_room_says_so_and_the_flow_goes_on(
    hass: HomeAssistant, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.config.skip_pip = False
    monkeypatch.setattr(install, "importable_version", lambda: None)
    monkeypatch.setattr(
        install, "look_around", lambda folder: replace(look_around(folder), compiler=False)
    )
    monkeypatch.setattr(install, "read_pins", make_pins)
    folder = install.folders_of(hass).dropped
    folder.mkdir(parents=True)
    (folder / real_wheel().name).symlink_to(real_wheel())
    choice = {"path": str(tiny_model)}
    # uv itself meets the end of the disk, not a check before it.
    with patch("custom_components.functiongemma.install.place.require_free"):
        await hass.async_add_executor_job(fill, 5_000_000)
        result = await finish(hass, await submit(hass, await choose(hass, "local"), choice))
    assert (result["step_id"], result["errors"]) == ("local", {"base": "disk_full"})
    assert int(result["description_placeholders"]["needed_mb"]) > 50
    assert not install.folders_of(hass).runtime.exists()
    clear()
    with patch("custom_components.functiongemma.install.place.require_free"):
        result = await finish(hass, await submit(hass, result, choice))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    await understood(await lights_and_switches(hass, entry), entry)
