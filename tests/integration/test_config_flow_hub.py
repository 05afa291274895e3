"""Adding a model from Hugging Face: the real client against a small hub on loopback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.const import DOMAIN

from .fake_model import FakeModel
from .flows import HTML, cache, choose, fields, finish, submit, suggested, until
from .hub_server import GOOD_TOKEN, OTHER_TOKEN, Hub, Repository

pytestmark = pytest.mark.usefixtures("fake_model")


@pytest.fixture
def repository(hub: Hub, tiny_model: Path) -> Repository:
    """A repository with two models and other things."""
    data = tiny_model.read_bytes()
    files = {"README.md": b"# Tiny", "tiny-Q4_0.gguf": data, "more/tiny-Q8_0.gguf": data}
    return hub.add("someone/tiny", Repository(files))


@pytest.mark.parametrize(
    "typed",
    [
        "someone/tiny",
        "  someone/tiny ",
        "https://huggingface.co/someone/tiny",
        "https://huggingface.co/someone/tiny/tree/main?library=gguf",
        "https://huggingface.co/someone/tiny/blob/main/tiny-Q4_0.gguf",
        "hf.co/someone/tiny/",
    ],
)
async def test_repository_can_be_pasted(
    hass: HomeAssistant, repository: Repository, typed: str
) -> None:
    result = await submit(hass, await choose(hass, "hub"), {"repository": typed})
    assert (result["step_id"], result["errors"]) == ("file", {})
    assert result["description_placeholders"]["repository"] == "someone/tiny"


async def test_chosen_file_is_downloaded(
    hass: HomeAssistant, repository: Repository, fake_model: FakeModel
) -> None:
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    assert result["data_schema"] is not None
    (field, selector) = next(iter(result["data_schema"].schema.items()))
    assert [option["value"] for option in selector.config["options"]] == [
        "more/tiny-Q8_0.gguf",
        "tiny-Q4_0.gguf",
    ]
    assert selector.config["options"][0]["label"] == "more/tiny-Q8_0.gguf (Q8_0, 1 MB)"
    assert field.default() == "more/tiny-Q8_0.gguf"

    fake_model.name = "Tiny model"
    result = await finish(hass, await submit(hass, result, {"file": "more/tiny-Q8_0.gguf"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Tiny model"
    expected = {"source": "hub", "repository": "someone/tiny", "file": "more/tiny-Q8_0.gguf"}
    assert result["data"] == expected
    assert result["result"].unique_id == "someone/tiny/more/tiny-Q8_0.gguf"
    arrived = cache(hass) / "hub" / "someone--tiny" / "more" / "tiny-Q8_0.gguf"
    assert arrived.read_bytes() == repository.files["more/tiny-Q8_0.gguf"]


@pytest.mark.parametrize(
    "typed", ["tiny", "a/b/c", "../tiny", "someone/..", "https://example.com/someone/tiny", "a b/c"]
)
async def test_what_is_no_repository_stays_in_the_field(
    hass: HomeAssistant, hub: Hub, typed: str
) -> None:
    result = await submit(hass, await choose(hass, "hub"), {"repository": typed})
    assert (result["step_id"], result["errors"]) == ("hub", {"repository": "invalid_repository"})
    assert suggested(result, "repository") == typed
    assert not hub.seen


async def test_missing_repository(hass: HomeAssistant, repository: Repository) -> None:
    result = await choose(hass, "hub")
    assert "token" not in fields(result)
    result = await submit(hass, result, {"repository": "someone/typo"})
    assert (result["step_id"], result["errors"]) == ("hub", {"base": "repository_not_found"})
    assert suggested(result, "repository") == "someone/typo"
    result = await submit(hass, result, {"repository": "someone/tiny"})
    assert result["step_id"] == "file"


async def test_private_repository_opens_with_a_token(
    hass: HomeAssistant, repository: Repository
) -> None:
    repository.private = True
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    assert result["errors"] == {"base": "repository_not_found"}
    result = await submit(hass, result, {"repository": "someone/tiny", "token": f" {GOOD_TOKEN}\n"})
    result = await finish(hass, await submit(hass, result, {"file": "tiny-Q4_0.gguf"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["token"] == GOOD_TOKEN


async def test_repository_without_gguf(hass: HomeAssistant, repository: Repository) -> None:
    repository.files = {"model.safetensors": b"x", "../../evil.gguf": b"x"}
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    assert (result["step_id"], result["errors"]) == ("hub", {"base": "no_gguf"})


async def test_no_network(hass: HomeAssistant, hub: Hub) -> None:
    hub.close()
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    assert (result["step_id"], result["errors"]) == ("hub", {"base": "download_failed"})
    assert result["description_placeholders"]["reason"] == f"{hub.url} cannot be reached"
    assert suggested(result, "repository") == "someone/tiny"


async def test_token_is_asked_for_where_the_repository_is_gated(
    hass: HomeAssistant, repository: Repository, hub: Hub
) -> None:
    repository.gated = True
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    result = await submit(hass, result, {"file": "tiny-Q4_0.gguf"})
    assert (result["step_id"], result["errors"]) == ("token", {})
    result = await submit(hass, result, {"token": "hf_wrong"})
    assert (result["step_id"], result["errors"]) == ("token", {"base": "invalid_token"})
    result = await submit(hass, result, {"token": OTHER_TOKEN})
    assert (result["step_id"], result["errors"]) == ("token", {"base": "repository_gated"})
    assert not hub.downloads()
    result = await finish(hass, await submit(hass, result, {"token": GOOD_TOKEN}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["token"] == GOOD_TOKEN
    assert {seen.token for seen in hub.downloads()} == {GOOD_TOKEN}


async def test_open_repository_never_sees_a_token(
    hass: HomeAssistant, repository: Repository, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_of_something_else")
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    await finish(hass, await submit(hass, result, {"file": "tiny-Q4_0.gguf"}))
    assert {seen.token for seen in hub.seen} == {None}


def _web_page(repository: Repository) -> None:
    repository.files["tiny-Q4_0.gguf"] = HTML


def _cut_short(repository: Repository) -> None:
    repository.files["tiny-Q4_0.gguf"] = repository.files["tiny-Q4_0.gguf"][:-5_000]


def _wrong_hash(repository: Repository) -> None:
    repository.sha256 = "0" * 64


def _wrong_size(repository: Repository) -> None:
    repository.size = len(repository.files["tiny-Q4_0.gguf"]) + 1


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (_web_page, "not_gguf"),
        (_cut_short, "truncated_model"),
        (_wrong_hash, "hash_mismatch"),
        (_wrong_size, "download_failed"),
    ],
)
async def test_download_that_is_no_model_goes_back_to_the_files(
    hass: HomeAssistant,
    repository: Repository,
    fake_model: FakeModel,
    trouble: Callable[[Repository], None],
    error: str,
) -> None:
    trouble(repository)
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    result = await finish(hass, await submit(hass, result, {"file": "tiny-Q4_0.gguf"}))
    assert (result["step_id"], result["errors"]) == ("file", {"base": error})
    assert suggested(result, "file") == "tiny-Q4_0.gguf"
    assert not fake_model.workers
    assert not list(cache(hass).rglob("*.gguf")), "what nobody can use takes no room"

    repository.sha256 = repository.size = None
    result = await finish(hass, await submit(hass, result, {"file": "more/tiny-Q8_0.gguf"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_file_that_vanished_from_the_repository(
    hass: HomeAssistant, repository: Repository
) -> None:
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    del repository.files["tiny-Q4_0.gguf"]
    result = await submit(hass, result, {"file": "tiny-Q4_0.gguf"})
    assert (result["step_id"], result["errors"]) == ("file", {"base": "download_failed"})


async def test_download_goes_on_where_it_was_cancelled(
    hass: HomeAssistant, repository: Repository, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1_000)
    repository.pause_after = [50_000]
    size = len(repository.files["tiny-Q4_0.gguf"])
    shares: list[float] = []
    hass.bus.async_listen(
        "data_entry_flow_progress_update", lambda event: shares.append(event.data["progress"])
    )
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    result = await submit(hass, result, {"file": "tiny-Q4_0.gguf"})
    folder = cache(hass) / "hub" / "someone--tiny"
    await until(lambda: bool(shares) and shares[-1] > 45_000 / size)
    hass.config_entries.flow.async_abort(result["flow_id"])
    hub.go_on.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not list(folder.glob("*.gguf"))

    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    result = await finish(hass, await submit(hass, result, {"file": "tiny-Q4_0.gguf"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    first, second = hub.downloads()
    assert first.start == 0
    assert second.start >= 40_000
    assert (folder / "tiny-Q4_0.gguf").read_bytes() == repository.files["tiny-Q4_0.gguf"]
    assert not list(folder.glob("*.part"))


async def test_same_file_twice(hass: HomeAssistant, repository: Repository) -> None:
    entry = MockConfigEntry(domain=DOMAIN, unique_id="someone/tiny/tiny-Q4_0.gguf", data={})
    entry.add_to_hass(hass)
    result = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    result = await submit(hass, result, {"file": "tiny-Q4_0.gguf"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
