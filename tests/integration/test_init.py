"""An entry's life: what is loaded, what is given back, what is deleted and what is not."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import install, models
from custom_components.functiongemma.const import DOMAIN, HOME_API
from custom_components.functiongemma.core.errors import (
    RuntimeMissingError,
    WorkerOutOfMemoryError,
    WrongArchitectureError,
)

from .fake_model import FakeModel
from .flows import cache
from .hub_server import Hub, Repository

HUB_DATA = {"source": "hub", "repository": "someone/tiny", "file": "tiny.gguf"}


async def add(hass: HomeAssistant, data: dict[str, Any], unique_id: str) -> MockConfigEntry:
    """An entry, set up as far as it goes."""
    entry = MockConfigEntry(domain=DOMAIN, title=unique_id, unique_id=unique_id, data=data)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def test_unloading_gives_the_memory_back(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    (worker,) = fake_model.running
    assert home_entry.runtime_data.info is not None
    assert await hass.config_entries.async_unload(home_entry.entry_id)
    assert home_entry.state is ConfigEntryState.NOT_LOADED
    assert worker.stopped
    assert not fake_model.running


async def test_reloading_starts_another_worker(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    (before,) = fake_model.running
    assert await hass.config_entries.async_reload(home_entry.entry_id)
    await hass.async_block_till_done()
    (after,) = fake_model.running
    assert before is not after
    assert before.stopped


async def test_worker_ends_with_home_assistant(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel
) -> None:
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert not fake_model.running


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (WorkerOutOfMemoryError(), ConfigEntryState.SETUP_RETRY),
        (WrongArchitectureError(), ConfigEntryState.SETUP_ERROR),
    ],
)
async def test_model_that_does_not_load(
    hass: HomeAssistant,
    fake_model: FakeModel,
    local_entry: MockConfigEntry,
    error: Exception,
    state: ConfigEntryState,
) -> None:
    fake_model.load_error = error
    await hass.config_entries.async_setup(local_entry.entry_id)
    assert local_entry.state is state
    assert local_entry.error_reason_translation_key == getattr(error, "code", None)
    assert all(worker.stopped for worker in fake_model.workers)


async def test_without_llama_cpp(
    hass: HomeAssistant,
    fake_model: FakeModel,
    local_entry: MockConfigEntry,
) -> None:
    with (
        patch.object(install, "locate", return_value=None),
        patch.object(install, "importable_version", return_value=None),
    ):
        await hass.config_entries.async_setup(local_entry.entry_id)
    assert local_entry.state is ConfigEntryState.SETUP_ERROR
    assert local_entry.error_reason_translation_key == RuntimeMissingError.code
    assert not fake_model.workers


async def test_local_file_that_is_not_mounted_yet(
    hass: HomeAssistant, fake_model: FakeModel, tiny_model: Path
) -> None:
    path = Path(hass.config.path("late.gguf"))
    entry = await add(hass, {"source": "local", "path": "late.gguf"}, "late")
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "file_not_found"
    path.write_bytes(tiny_model.read_bytes())
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


@pytest.fixture
def repository(hub: Hub, tiny_model: Path) -> Repository:
    return hub.add("someone/tiny", Repository({"tiny.gguf": tiny_model.read_bytes()}))


async def test_model_that_disappeared_is_had_again(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository, hub: Hub
) -> None:
    entry = await add(hass, HUB_DATA, "hub")
    assert entry.state is ConfigEntryState.LOADED
    path = cache(hass) / "hub" / "someone--tiny" / "tiny.gguf"
    assert len(hub.downloads()) == 1
    await hass.config_entries.async_reload(entry.entry_id)
    assert len(hub.downloads()) == 1

    path.write_bytes(path.read_bytes()[:1000])
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert len(hub.downloads()) == 2
    assert path.read_bytes() == repository.files["tiny.gguf"]


async def test_start_does_not_wait_for_a_slow_download(
    hass: HomeAssistant,
    fake_model: FakeModel,
    repository: Repository,
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(models, "SETUP_PATIENCE", 0.05)
    repository.pause_after = [1000]
    entry = await add(hass, HUB_DATA, "hub")
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "model_in_preparation"
    hub.go_on.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert len(hub.downloads()) == 1


async def test_slow_download_that_fails_says_why_at_the_next_attempt(
    hass: HomeAssistant,
    fake_model: FakeModel,
    repository: Repository,
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(models, "SETUP_PATIENCE", 0.05)
    repository.pause_after = [1000]
    repository.sha256 = "0" * 64
    entry = await add(hass, HUB_DATA, "hub")
    assert entry.error_reason_translation_key == "model_in_preparation"
    hub.go_on.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.error_reason_translation_key == "hash_mismatch"
    assert entry.state is ConfigEntryState.SETUP_ERROR, "no download every few minutes"
    assert len(hub.downloads()) == 1

    repository.sha256 = None
    monkeypatch.setattr(models, "SETUP_PATIENCE", 20)
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_download_that_fails_at_the_start(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository
) -> None:
    repository.gated = True
    entry = await add(hass, HUB_DATA, "hub")
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "repository_gated"
    assert entry.error_reason_translation_placeholders == {"repository": "someone/tiny"}


async def test_removing_deletes_the_download(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository, local_entry: MockConfigEntry
) -> None:
    entry = await add(hass, HUB_DATA, "hub")
    assert list(cache(hass).rglob("*.gguf"))
    await hass.config_entries.async_remove(entry.entry_id)
    assert not cache(hass).exists()


async def test_removing_keeps_what_others_use(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository
) -> None:
    repository.files["other.gguf"] = repository.files["tiny.gguf"]
    first = await add(hass, HUB_DATA, "first")
    await add(hass, {**HUB_DATA, "file": "other.gguf"}, "second")
    home = cache(hass) / "functiongemma-home-0123456789abcdef.gguf"
    home.write_bytes(b"made")
    await hass.config_entries.async_remove(first.entry_id)
    assert {path.name for path in cache(hass).rglob("*.gguf")} == {"other.gguf", home.name}


async def test_removing_never_touches_the_users_file(
    hass: HomeAssistant, fake_model: FakeModel, tiny_model: Path
) -> None:
    path = Path(hass.config.path("mine.gguf"))
    path.write_bytes(tiny_model.read_bytes())
    entry = await add(hass, {"source": "local", "path": "mine.gguf"}, "local")
    await hass.config_entries.async_remove(entry.entry_id)
    assert path.is_file()


@pytest.mark.parametrize("removed", ["local", "hub"])
async def test_removing_never_touches_a_file_the_user_put_beside_ours(
    hass: HomeAssistant,
    fake_model: FakeModel,
    repository: Repository,
    tiny_model: Path,
    removed: str,
) -> None:
    path = cache(hass) / "mine.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(tiny_model.read_bytes())
    entry = await add(hass, {"source": "local", "path": str(path)}, "local")
    if removed == "hub":
        entry = await add(hass, HUB_DATA, "hub")
    await hass.config_entries.async_remove(entry.entry_id)
    assert [found.name for found in cache(hass).rglob("*.gguf")] == ["mine.gguf"]


async def test_removing_keeps_a_download_that_another_entry_uses_as_a_file(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository
) -> None:
    entry = await add(hass, HUB_DATA, "hub")
    (path,) = cache(hass).rglob("*.gguf")
    await add(hass, {"source": "local", "path": str(path)}, "local")
    await hass.config_entries.async_remove(entry.entry_id)
    assert path.is_file()


async def test_home_functions_are_offered_while_any_entry_is_loaded(
    hass: HomeAssistant, home_entry: MockConfigEntry, tiny_model: Path
) -> None:
    def offered() -> bool:
        return HOME_API in [api.id for api in llm.async_get_apis(hass)]

    Path(hass.config.path("copy.gguf")).write_bytes(tiny_model.read_bytes())
    other = await add(hass, {"source": "local", "path": "copy.gguf"}, "other")
    assert offered()
    await hass.config_entries.async_unload(home_entry.entry_id)
    assert offered()
    await hass.config_entries.async_unload(other.entry_id)
    assert not offered()
    await hass.config_entries.async_setup(other.entry_id)
    assert offered()


async def test_core_and_training_do_not_need_home_assistant() -> None:
    program = textwrap.dedent(
        """
        import sys

        class Absent:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] in ("homeassistant", "voluptuous", "probatio"):
                    raise ModuleNotFoundError(name)

        sys.meta_path.insert(0, Absent())
        import custom_components.functiongemma
        import custom_components.functiongemma.core.__main__
        import custom_components.functiongemma.core.worker.child
        import custom_components.functiongemma.core.assemble.merge
        assert not any(name.startswith("homeassistant") for name in sys.modules)
        print("imported")
        """
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said, complaints = await process.communicate()
    assert said.decode().strip() == "imported", complaints.decode()
