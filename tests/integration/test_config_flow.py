"""Adding the home model or a local file, and everything that can go wrong on the way."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import install, models
from custom_components.functiongemma.const import DOMAIN
from custom_components.functiongemma.core.assemble import HubSource
from custom_components.functiongemma.core.errors import (
    ModelFileError,
    WorkerCrashedError,
    WorkerOutOfMemoryError,
    WorkerTimeoutError,
    WrongArchitectureError,
)
from custom_components.functiongemma.install.errors import NoRuntimeError
from tests.core import tiny_gguf
from tests.core.assemble import tiny

from .fake_model import FakeModel
from .flows import ENGLISH, HTML, cache, choose, finish, submit, suggested, until
from .hub_server import Hub, Repository

pytestmark = pytest.mark.usefixtures("fake_model")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A tiny base model, which merges in no time."""
    return tiny.write_base(tmp_path_factory.mktemp("base") / "base.gguf").read_bytes()


@pytest.fixture
def home_model(
    hub: Hub, base: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Repository:
    """The home model's real making, from a tiny base on loopback and a tiny adapter."""
    source = HubSource("someone/tiny", "tiny.gguf")
    monkeypatch.setattr(models, "SOURCES", tiny.make_model(base, source))
    monkeypatch.setattr(models, "ADAPTER", tiny.write_tiny_adapter(tmp_path / "home.lora.gguf"))
    return hub.add("someone/tiny", Repository({"tiny.gguf": base}))


async def test_home_model_takes_one_click(
    hass: HomeAssistant, home_model: Repository, fake_model: FakeModel
) -> None:
    result = await finish(hass, await choose(hass, "home"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "FunctionGemma"
    assert result["data"] == {"source": "home"}
    assert result["result"].unique_id == "home"
    made = list(cache(hass).glob("functiongemma-home-*.gguf"))
    assert len(made) == 1
    # It was loaded and asked before there was an entry, and that worker is gone again.
    trial = fake_model.workers[0]
    assert trial.stopped
    assert "Turn on the kitchen light" in fake_model.prompts[0]


async def test_progress_tells_what_is_going_on(
    hass: HomeAssistant, home_model: Repository, fake_model: FakeModel
) -> None:
    results: list[ConfigFlowResult] = []
    shares: list[float] = []

    async def follow(event: Event) -> None:
        """What the dialog does when it is told that the flow has moved."""
        results.append(await hass.config_entries.flow.async_configure(event.data["flow_id"]))

    @callback  # in the loop: from threads, the shares would come in any order
    def note(event: Event) -> None:
        shares.append(event.data["progress"])

    hass.bus.async_listen("data_entry_flow_progressed", follow)
    hass.bus.async_listen("data_entry_flow_progress_update", note)
    fake_model.hold = asyncio.Event()
    results.append(await choose(hass, "home"))
    await until(lambda: results[-1].get("progress_action") == "check")
    fake_model.hold.set()
    await until(lambda: results[-1]["type"] is FlowResultType.CREATE_ENTRY)
    stages = [result["progress_action"] for result in results[:-1]]
    # Nothing is installed where everything is: the text must be true.
    assert stages[0] == "download"
    assert "install" not in stages
    assert set(stages) <= ENGLISH["config"]["progress"].keys()
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.1 < 0.9 < shares[-1] <= 1
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_file_that_is_there_is_neither_installed_nor_downloaded(
    hass: HomeAssistant, tiny_model: Path, fake_model: FakeModel
) -> None:
    fake_model.hold = asyncio.Event()
    result = await submit(hass, await choose(hass, "local"), {"path": str(tiny_model)})
    assert result["progress_action"] == "check"
    fake_model.hold.set()
    result = await finish(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_machine_that_needs_an_installation_says_that_it_installs(
    hass: HomeAssistant, tiny_model: Path
) -> None:
    hass.config.skip_pip = False
    go = threading.Event()
    there: list[install.Location] = []
    shares: list[float] = []

    def build(*arguments: Any) -> None:
        arguments[-1]("source", 0.5)
        assert go.wait(20)
        there.append(install.Location(None))

    @callback
    def note(event: Event) -> None:
        shares.append(event.data["progress"])

    hass.bus.async_listen("data_entry_flow_progress_update", note)
    with (
        patch.object(install, "locate", lambda folders: there[0] if there else None),
        patch.object(install, "install_first", build),
    ):
        result = await submit(hass, await choose(hass, "local"), {"path": str(tiny_model)})
        flow_id = result["flow_id"]
        assert result["progress_action"] == "install"
        await until(lambda: bool(shares) and shares[-1] > 0.2)
        result = await hass.config_entries.flow.async_configure(flow_id)
        assert result["progress_action"] == "install_source"
        go.set()
        result = await finish(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert shares == sorted(shares)


async def test_home_model_once_is_enough(hass: HomeAssistant) -> None:
    MockConfigEntry(domain=DOMAIN, unique_id="home", data={"source": "home"}).add_to_hass(hass)
    result = await choose(hass, "home")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert result["reason"] in ENGLISH["config"]["abort"]


def _no_network(repository: Repository) -> None:
    repository.files.clear()


def _another_file(repository: Repository) -> None:
    repository.files["tiny.gguf"] = bytes(len(repository.files["tiny.gguf"]))


def _no_adapter(repository: Repository) -> None:
    models.ADAPTER.unlink()


def _damaged_adapter(repository: Repository) -> None:
    models.ADAPTER.write_bytes(HTML)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (_no_network, "download_failed"),
        (_another_file, "hash_mismatch"),
        (_no_adapter, "file_unreadable"),
        (_damaged_adapter, "not_gguf"),
    ],
)
async def test_home_model_that_cannot_be_made_can_be_tried_again(
    hass: HomeAssistant, home_model: Repository, trouble: Callable[[Repository], None], error: str
) -> None:
    files, adapter = dict(home_model.files), models.ADAPTER.read_bytes()
    trouble(home_model)
    result = await finish(hass, await choose(hass, "home"))
    assert (result["step_id"], result["errors"]) == ("retry", {"base": error})

    home_model.files.update(files)
    models.ADAPTER.write_bytes(adapter)
    result = await finish(hass, await submit(hass, result, {"next": "retry"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_full_disk_says_how_much_is_missing(
    hass: HomeAssistant, home_model: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    nearly_full = SimpleNamespace(total=10**9, used=10**9, free=2_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: nearly_full)
    result = await finish(hass, await choose(hass, "home"))
    assert result["errors"] == {"base": "disk_full"}
    assert result["description_placeholders"]["free_mb"] == "0"
    assert int(result["description_placeholders"]["needed_mb"]) > 0


async def test_after_a_failure_another_kind_can_be_chosen(
    hass: HomeAssistant, home_model: Repository
) -> None:
    home_model.files.clear()
    result = await finish(hass, await choose(hass, "home"))
    result = await submit(hass, result, {"next": "other"})
    assert result["type"] is FlowResultType.MENU
    result = await submit(hass, result, {"next_step_id": "local"})
    assert (result["step_id"], result["errors"]) == ("local", {})


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (WorkerOutOfMemoryError("killed"), "worker_out_of_memory"),
        (WorkerCrashedError("SIGILL"), "worker_crashed"),
        (WorkerTimeoutError(), "worker_timeout"),
        (WrongArchitectureError(), "wrong_architecture"),
        (ModelFileError("nonsense"), "model_file_error"),
        (RuntimeError("unexpected"), "core_error"),
    ],
)
async def test_model_that_does_not_load_makes_no_entry(
    hass: HomeAssistant,
    home_model: Repository,
    fake_model: FakeModel,
    broken: Exception,
    error: str,
) -> None:
    fake_model.load_error = broken
    result = await finish(hass, await choose(hass, "home"))
    assert (result["step_id"], result["errors"]) == ("retry", {"base": error})
    assert not hass.config_entries.async_entries(DOMAIN)
    assert all(worker.stopped for worker in fake_model.workers)


async def test_model_that_does_not_answer_makes_no_entry(
    hass: HomeAssistant, home_model: Repository, fake_model: FakeModel
) -> None:
    fake_model.mute = True
    result = await finish(hass, await choose(hass, "home"))
    assert result["errors"] == {"base": "no_answer"}


async def test_machine_without_llama_cpp_says_so(
    hass: HomeAssistant, home_model: Repository
) -> None:
    hass.config.skip_pip = False
    with (
        patch.object(install, "locate", return_value=None),
        patch.object(install, "importable_version", return_value=None),
        patch.object(install, "install_first", side_effect=_nothing_fits),
    ):
        result = await finish(hass, await choose(hass, "home"))
    assert result["errors"] == {"base": "runtime_missing"}
    assert "no compiler" in result["description_placeholders"]["reason"]
    assert ir.async_get(hass).async_get_issue(DOMAIN, "runtime_missing") is not None


def _nothing_fits(*_: object) -> None:
    raise NoRuntimeError("no compiler", attempted=False)


async def test_closing_the_dialog_stops_the_work(
    hass: HomeAssistant, home_model: Repository, fake_model: FakeModel
) -> None:
    fake_model.hold = asyncio.Event()
    result = await choose(hass, "home")
    await until(lambda: bool(fake_model.running))
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not fake_model.running
    assert all(worker.stopped for worker in fake_model.workers)


async def test_local_file_by_its_full_path(hass: HomeAssistant, tiny_model: Path) -> None:
    result = await submit(hass, await choose(hass, "local"), {"path": f" {tiny_model} "})
    result = await finish(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {"source": "local", "path": str(tiny_model)}
    assert result["result"].unique_id == str(tiny_model.resolve())


async def test_local_file_in_the_configuration_folder(
    hass: HomeAssistant, tiny_model: Path, fake_model: FakeModel
) -> None:
    folder = Path(hass.config.path("models"))
    folder.mkdir()
    shutil.copy(tiny_model, folder / "mine.gguf")
    fake_model.name = None
    result = await submit(hass, await choose(hass, "local"), {"path": "models/mine.gguf"})
    result = await finish(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "mine"
    assert fake_model.workers[0].stopped


async def test_one_file_by_two_names_is_one_model(hass: HomeAssistant, tiny_model: Path) -> None:
    link = Path(hass.config.path("link.gguf"))
    link.symlink_to(tiny_model)
    await finish(hass, await submit(hass, await choose(hass, "local"), {"path": str(tiny_model)}))
    result = await submit(hass, await choose(hass, "local"), {"path": "link.gguf"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, "file_not_found"),
        (b"", "not_gguf"),
        (HTML, "not_gguf"),
        (b"GGUF", "truncated_model"),
    ],
)
async def test_local_file_that_is_no_model(
    hass: HomeAssistant, tiny_model: Path, content: bytes | None, error: str
) -> None:
    path = Path(hass.config.path("mine.gguf"))
    if content is not None:
        path.write_bytes(content)
    result = await submit(hass, await choose(hass, "local"), {"path": "mine.gguf"})
    assert (result["step_id"], result["errors"]) == ("local", {"base": error})
    assert suggested(result, "path") == "mine.gguf"

    shutil.copy(tiny_model, path)
    result = await finish(hass, await submit(hass, result, {"path": "mine.gguf"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_truncated_local_file(hass: HomeAssistant, tiny_model: Path) -> None:
    Path(hass.config.path("mine.gguf")).write_bytes(tiny_model.read_bytes()[:-5_000])
    result = await submit(hass, await choose(hass, "local"), {"path": "mine.gguf"})
    assert result["errors"] == {"base": "truncated_model"}


async def test_local_file_of_another_architecture(hass: HomeAssistant) -> None:
    tiny_gguf.write(Path(hass.config.path("llama.gguf")), architecture="llama")
    result = await submit(hass, await choose(hass, "local"), {"path": "llama.gguf"})
    assert result["errors"] == {"base": "wrong_architecture"}


@pytest.mark.parametrize("path", ["/", ".", "  ", "mo\0del.gguf", "~/model.gguf", "x" * 5000])
async def test_path_that_leads_to_no_file_stays_in_the_form(hass: HomeAssistant, path: str) -> None:
    result = await submit(hass, await choose(hass, "local"), {"path": path})
    assert (result["step_id"], result["errors"]) == ("local", {"base": "file_not_found"})


async def test_local_model_that_does_not_load_keeps_the_path(
    hass: HomeAssistant, tiny_model: Path, fake_model: FakeModel
) -> None:
    fake_model.load_error = WorkerOutOfMemoryError()
    result = await submit(hass, await choose(hass, "local"), {"path": str(tiny_model)})
    result = await finish(hass, result)
    assert (result["step_id"], result["errors"]) == ("local", {"base": "worker_out_of_memory"})
    assert suggested(result, "path") == str(tiny_model)
