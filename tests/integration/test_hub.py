"""Downloads from Hugging Face that meet something odd: what an earlier one left, or a false hub."""

from __future__ import annotations

from pathlib import Path

import pytest
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.functiongemma import hub as client
from custom_components.functiongemma.core.errors import WorkerOutOfMemoryError
from tests.core import tiny_gguf

from .fake_model import FakeModel
from .flows import HTML, cache, cancelled, choose, finish, submit
from .hub_server import GOOD_TOKEN, NARROW_TOKEN, Hub, Repository

pytestmark = pytest.mark.usefixtures("fake_model")


@pytest.fixture
def repository(hub: Hub, tiny_model: Path) -> Repository:
    return hub.add("someone/tiny", Repository({"tiny.gguf": tiny_model.read_bytes()}))


async def fetch(hass: HomeAssistant) -> ConfigFlowResult:
    """Choose the model in the dialogue, and wait for what comes of it."""
    form = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    return await finish(hass, await submit(hass, form, {"file": "tiny.gguf"}))


async def again(hass: HomeAssistant, result: ConfigFlowResult) -> None:
    """Send the same form once more; this time the model is had."""
    result = await finish(hass, await submit(hass, result, {"file": "tiny.gguf"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY


def arrived(hass: HomeAssistant) -> bytes:
    """The model in our folder, where no beginning of a file is left."""
    folder = cache(hass) / "hub" / "someone--tiny"
    assert not list(folder.glob("*.part"))
    return (folder / "tiny.gguf").read_bytes()


async def test_new_version_is_not_appended_to_the_beginning_of_the_old_one(
    hass: HomeAssistant,
    hub: Hub,
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    partial = await cancelled(hass, hub, repository, monkeypatch)
    other = tiny_gguf.write(tmp_path / "other.gguf", seed=1).read_bytes()
    assert other != repository.files["tiny.gguf"]
    repository.files["tiny.gguf"] = other
    assert (await fetch(hass))["type"] is FlowResultType.CREATE_ENTRY
    assert hub.downloads()[-1].start == 0
    assert arrived(hass) == other
    assert not partial.exists()


async def test_beginning_longer_than_the_file_is_thrown_away(
    hass: HomeAssistant, hub: Hub, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise every further attempt would end in the same error."""
    partial = await cancelled(hass, hub, repository, monkeypatch)
    partial.write_bytes(bytes(len(repository.files["tiny.gguf"]) + 1))
    assert (await fetch(hass))["type"] is FlowResultType.CREATE_ENTRY
    assert hub.downloads()[-1].start == 0
    assert arrived(hass) == repository.files["tiny.gguf"]


async def test_model_that_did_not_load_is_not_downloaded_a_second_time(
    hass: HomeAssistant, hub: Hub, repository: Repository, fake_model: FakeModel
) -> None:
    fake_model.load_error = WorkerOutOfMemoryError()
    result = await fetch(hass)
    assert (result["step_id"], result["errors"]) == ("file", {"base": "worker_out_of_memory"})
    fake_model.load_error = None
    await again(hass, result)
    assert len(hub.downloads()) == 1


async def test_folder_in_the_place_of_the_file_is_no_fault_of_the_hub(
    hass: HomeAssistant, hub: Hub, repository: Repository
) -> None:
    in_the_way = cache(hass) / "hub" / "someone--tiny" / "tiny.gguf"
    in_the_way.mkdir(parents=True)
    result = await fetch(hass)
    assert (result["step_id"], result["errors"]) == ("file", {"base": "file_unreadable"})
    assert str(in_the_way) in result["description_placeholders"]["reason"]
    in_the_way.rmdir()
    await again(hass, result)
    assert arrived(hass) == repository.files["tiny.gguf"]
    assert len(hub.downloads()) == 1, "what had arrived is used"


async def test_page_instead_of_the_hub_is_told(
    hass: HomeAssistant, hub: Hub, repository: Repository
) -> None:
    """A network that wants a log-in first, or a mirror's address that is somebody else's."""
    hub.page = HTML
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    assert (result["step_id"], result["errors"]) == ("hub", {"base": "download_failed"})
    reason = result["description_placeholders"]["reason"]
    assert reason == f"{hub.url} does not answer like a hub"
    hub.page = None
    result = await submit(hass, result, {"repository": "someone/tiny"})
    assert result["step_id"] == "file"


async def test_token_without_the_right_to_gated_files_can_be_replaced(
    hass: HomeAssistant, hub: Hub, repository: Repository
) -> None:
    """It is valid, and its account has accepted the terms: easily made, and hard to guess."""
    repository.gated = True
    form = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    result = await submit(hass, form, {"file": "tiny.gguf"})
    result = await submit(hass, result, {"token": NARROW_TOKEN})
    assert (result["step_id"], result["errors"]) == ("token", {"base": "repository_gated"})
    result = await finish(hass, await submit(hass, result, {"token": GOOD_TOKEN}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["token"] == GOOD_TOKEN


@pytest.mark.parametrize(
    ("repository", "file"),
    [
        ("someone/tiny", "../../evil.gguf"),
        ("someone/tiny", "/evil.gguf"),
        ("someone/tiny", "evil.py"),
        ("../..", "evil.gguf"),
    ],
)
def test_nothing_is_written_outside_the_models_folder(
    hub: Hub, tmp_path: Path, repository: str, file: str
) -> None:
    """The dialogue offers no such file; an entry's data can come from elsewhere."""
    folder = tmp_path / "a" / "b" / "models"
    with pytest.raises(ValueError, match="no file of a repository"):
        client.download(repository, file, None, folder)
    assert not (tmp_path / "a").exists()
    assert not hub.seen
