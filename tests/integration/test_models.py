"""Model files that cannot be read, are still on their way, or are used by somebody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import models
from custom_components.functiongemma.const import DOMAIN

from .flows import cache, choose, finish, submit, suggested
from .hub_server import Hub, Repository

pytestmark = pytest.mark.usefixtures("fake_model")

HUB_DATA = {"source": "hub", "repository": "someone/tiny", "file": "tiny.gguf"}


@pytest.fixture
def repository(hub: Hub, tiny_model: Path) -> Repository:
    return hub.add("someone/tiny", Repository({"tiny.gguf": tiny_model.read_bytes()}))


async def add(hass: HomeAssistant, data: dict[str, Any]) -> MockConfigEntry:
    """An entry, set up as far as it goes."""
    entry = MockConfigEntry(domain=DOMAIN, title=data["source"], version=2, data=data)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def test_file_on_a_disk_that_fails_is_unreadable_and_not_missing(
    hass: HomeAssistant, tiny_model: Path
) -> None:
    path = Path(hass.config.path("mine.gguf"))
    # A file by all that is said of it, and the system refuses to read it, even to root.
    path.symlink_to("/proc/self/mem")
    result = await submit(hass, await choose(hass, "local"), {"path": "mine.gguf"})
    assert (result["step_id"], result["errors"]) == ("local", {"base": "file_unreadable"})
    assert result["description_placeholders"]["reason"].startswith("[Errno")
    assert suggested(result, "path") == "mine.gguf"

    path.unlink()
    path.symlink_to(tiny_model)
    result = await finish(hass, await submit(hass, result, {"path": "mine.gguf"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_home_model_whose_adapter_is_lost_is_told_and_can_be_removed(
    hass: HomeAssistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(models, "ADAPTER", tmp_path / "lost.lora.gguf")
    entry = await add(hass, {"source": "home"})
    assert entry.error_reason_translation_key == "file_unreadable"
    assert entry.error_reason_translation_placeholders is not None
    assert "lost.lora.gguf" in entry.error_reason_translation_placeholders["reason"]

    # Its files have the adapter's hash in their names: without it nobody can tell which they are.
    await hass.config_entries.async_remove(entry.entry_id)
    assert not hass.config_entries.async_entries(DOMAIN)
    assert f"delete them by hand in {cache(hass)}" in caplog.text


async def test_removing_an_entry_ends_its_download(
    hass: HomeAssistant,
    hub: Hub,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(models, "SETUP_PATIENCE", 0.05)
    repository.pause_after = [1000]
    entry = await add(hass, HUB_DATA)
    assert entry.error_reason_translation_key == "model_in_preparation"
    assert await hass.async_add_executor_job(hub.paused.wait, 20)
    await hass.config_entries.async_remove(entry.entry_id)
    hub.go_on.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not cache(hass).exists()
    assert "cannot be had" not in caplog.text, "nobody wants it any more"

    # Whoever adds it again does not wait for the one that was ended.
    monkeypatch.setattr(models, "SETUP_PATIENCE", 20)
    entry = await add(hass, HUB_DATA)
    assert entry.state is ConfigEntryState.LOADED
    assert [seen.start for seen in hub.downloads()] == [0, 0]


async def test_removing_the_home_model_deletes_what_was_made_and_keeps_a_download(
    hass: HomeAssistant, repository: Repository
) -> None:
    await add(hass, HUB_DATA)
    made = [
        cache(hass) / "functiongemma-home-0123456789abcdef.gguf",
        cache(hass) / "base-0123456789ab.gguf.part",
    ]
    for path in made:
        path.write_bytes(b"made")
    home = MockConfigEntry(domain=DOMAIN, version=2, data={"source": "home"})
    home.add_to_hass(hass)
    await hass.config_entries.async_remove(home.entry_id)
    assert not [path for path in made if path.exists()]
    assert [path.name for path in cache(hass).rglob("*.gguf")] == ["tiny.gguf"]
