"""What `test_environment.py` runs in an environment of its own, where there is no llama_cpp.

Nothing is faked: config flow, uv, the real llama-cpp-python, a worker and a small model, sentences.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.functiongemma import install, models
from custom_components.functiongemma.const import DOMAIN
from tests.core.assemble.server import Resource, Server

from ..flows import choose, finish, submit, until
from ..house import Speaker, lights_and_switches, speech
from ..real_worker import SENTENCES, begun, killed, mapped, standing_still, understood, worker_of
from .environment import as_version, own_packages, uv_pip
from .packages import make_pins, pin

pytestmark = pytest.mark.usefixtures("patient")

WHEEL = Path(os.environ.get("INSIDE_WHEEL", "/none"))


@pytest.fixture(autouse=True)
def _bare(hass: HomeAssistant) -> None:
    # Packages are uninstalled and damaged here: never those of an environment that is needed.
    for path in own_packages(sys.executable).iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    hass.config.skip_pip = False


@pytest.fixture
def packaged(_bare: None) -> Path:
    """llama_cpp among Home Assistant's packages, where somebody has installed it by hand."""
    uv_pip(sys.executable, "install", "--no-index", "--no-deps", WHEEL)
    there = among_packages()
    assert there is not None
    return there


@pytest.fixture(autouse=True)
async def conversation(hass: HomeAssistant) -> None:
    """Assist, and what the dialogue of a repair needs."""
    assert await async_setup_component(hass, "conversation", {})


def among_packages() -> Path | None:
    """Home Assistant's own llama_cpp."""
    importlib.invalidate_caches()
    found = importlib.util.find_spec("llama_cpp")
    return Path(found.origin).parent if found and found.origin else None


def drop_wheel(hass: HomeAssistant) -> None:
    folder = install.folders_of(hass).dropped
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(WHEEL, folder)


async def test_bare_machine(hass: HomeAssistant, tiny_model: Path) -> None:
    assert among_packages() is None
    choice = {"path": str(tiny_model)}
    result = await finish(hass, await submit(hass, await choose(hass, "local"), choice))
    assert result["errors"] == {"base": "runtime_missing"}
    assert ir.async_get(hass).async_get_issue(DOMAIN, "runtime_missing") is not None

    drop_wheel(hass)
    result = await finish(hass, await submit(hass, result, choice))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    assert ir.async_get(hass).async_get_issue(DOMAIN, "runtime_missing") is None
    await understood(await lights_and_switches(hass, entry), entry)
    assert str(install.folders_of(hass).runtime) in mapped(entry)
    assert among_packages() is None


async def test_upgrade_that_wipes_packages(
    hass: HomeAssistant,
    packaged: Path,
    local_entry: MockConfigEntry,
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await hass.config_entries.async_setup(local_entry.entry_id)
    await understood(await lights_and_switches(hass, local_entry), local_entry)
    assert str(packaged) in mapped(local_entry)
    assert await hass.config_entries.async_unload(local_entry.entry_id)

    # Another image, and nothing of ours in it; the pinned wheel can be had, slowly.
    uv_pip(sys.executable, "uninstall", "llama-cpp-python")
    assert among_packages() is None
    server = Server()
    try:
        arrived = asyncio.Event()
        wheel = WHEEL.read_bytes()
        told: Callable[[], object] = arrived.set
        hass_loop = asyncio.get_running_loop()
        server.add(
            "/x.whl",
            Resource(wheel, on_request=lambda: hass_loop.call_soon_threadsafe(told)),
        )
        pinned = pin(WHEEL.name, wheel, f"{server.url}/x.whl")
        monkeypatch.setattr(install, "read_pins", lambda: make_pins(pinned))
        monkeypatch.setattr(models, "SETUP_PATIENCE", 0.01)
        assert not await hass.config_entries.async_setup(local_entry.entry_id)
        assert local_entry.state is ConfigEntryState.SETUP_RETRY
        assert local_entry.error_reason_translation_key == "runtime_in_preparation"
        await asyncio.wait_for(arrived.wait(), 60)
        await hass.async_block_till_done(wait_background_tasks=True)
    finally:
        await hass.async_add_executor_job(server.close)
    # Nobody does anything; time passes.
    monkeypatch.setattr(models, "SETUP_PATIENCE", 60.0)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await until(lambda: local_entry.state is ConfigEntryState.LOADED)
    await hass.async_block_till_done()
    await understood(Speaker(hass, local_entry), local_entry)
    assert among_packages() is None


async def test_upgrade_in_mid_sentence(
    hass: HomeAssistant, packaged: Path, local_entry: MockConfigEntry, tmp_path: Path
) -> None:
    assert await hass.config_entries.async_setup(local_entry.entry_id)
    speaker = await lights_and_switches(hass, local_entry)
    await understood(speaker, local_entry)
    before = worker_of(local_entry)
    newer = as_version(WHEEL, "0.3.37", tmp_path)

    with standing_still(local_entry):
        sentence = await begun(speaker, local_entry)
        await hass.async_add_executor_job(uv_pip, sys.executable, "install", "--no-deps", newer)
        assert not sentence.done()
    assert "stopped" not in await sentence
    assert worker_of(local_entry) == before
    assert install.importable_version() == "0.3.37"

    # From now on the other one is used, and nobody notices.
    await killed(local_entry)
    await understood(speaker, local_entry)
    assert worker_of(local_entry) != before
    assert await hass.config_entries.async_reload(local_entry.entry_id)
    await understood(Speaker(hass, local_entry), local_entry)


def _removed(runtime: Path) -> None:
    uv_pip(sys.executable, "uninstall", "llama-cpp-python")


def _half_removed(runtime: Path) -> None:
    # The metadata says that all is well.
    shutil.rmtree(own_packages(sys.executable) / "llama_cpp" / "lib")


def _mixed(runtime: Path) -> None:
    module = own_packages(sys.executable) / "llama_cpp" / "llama_cpp.py"
    text = module.read_text()
    module.unlink()
    module.write_text(text.replace('"llama_backend_init"', '"llama_of_tomorrow"'))


def _own_folder_cleared(runtime: Path) -> None:
    shutil.rmtree(runtime)


@pytest.mark.parametrize("loss", [_removed, _half_removed, _mixed, _own_folder_cleared])
async def test_lost_in_use(
    hass: HomeAssistant,
    local_entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
    loss: Callable[[Path], None],
) -> None:
    folders = install.folders_of(hass)
    if loss is not _own_folder_cleared:
        request.getfixturevalue("packaged")
    drop_wheel(hass)
    assert await hass.config_entries.async_setup(local_entry.entry_id)
    speaker = await lights_and_switches(hass, local_entry)
    await understood(speaker, local_entry)
    await hass.async_add_executor_job(loss, folders.runtime)
    # The one that runs has all it needs.
    await understood(speaker, local_entry)

    await killed(local_entry)
    first = speech(await speaker.say(SENTENCES["fr"], "fr"))
    assert "en cours de réinstallation" in first
    await until(lambda: local_entry.state is ConfigEntryState.LOADED)
    await hass.async_block_till_done(wait_background_tasks=True)
    speaker = Speaker(hass, local_entry)
    await understood(speaker, local_entry)
    assert str(folders.runtime) in mapped(local_entry)
    assert "The model could not answer" not in caplog.text
