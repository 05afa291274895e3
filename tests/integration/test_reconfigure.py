"""Another model for an entry, and another token: its agents stay who they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.agent import first_agent
from custom_components.functiongemma.const import DOMAIN
from custom_components.functiongemma.core.errors import WorkerOutOfMemoryError

from .fake_model import FakeModel
from .flows import cache, fields, finish, shown, submit, suggested
from .house import Speaker, call, lights_and_switches, set_agent
from .hub_server import GOOD_TOKEN, OTHER_TOKEN, Hub, Repository

HUB = {"source": "hub", "repository": "someone/tiny", "file": "tiny.gguf"}


@pytest.fixture
def repository(hub: Hub, tiny_model: Path) -> Repository:
    data = tiny_model.read_bytes()
    return hub.add("someone/tiny", Repository({"tiny.gguf": data, "other.gguf": data}))


async def hub_entry(hass: HomeAssistant, **data: Any) -> MockConfigEntry:
    """An entry with a downloaded model, set up as far as it goes."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Tiny",
        unique_id="someone/tiny/tiny.gguf",
        version=2,
        data={**HUB, **data},
        subentries_data=[first_agent("Jeeves")],
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry, source: str) -> ConfigFlowResult:
    result = await entry.start_reconfigure_flow(hass)
    assert result["type"] is FlowResultType.MENU
    return await submit(hass, result, {"next_step_id": source})


def done(result: ConfigFlowResult, reason: str) -> None:
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, reason)


async def test_model_is_swapped_and_the_agents_stay(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel, tiny_model: Path
) -> None:
    speaker: Speaker = await lights_and_switches(hass, home_entry)
    set_agent(hass, home_entry, confidence=30)
    agents = dict(home_entry.subentries)
    other = Path(hass.config.path("other.gguf"))
    other.write_bytes(tiny_model.read_bytes())
    (before,) = fake_model.running
    fake_model.name = "Other model"

    result = await reconfigure(hass, home_entry, "local")
    assert suggested(result, "path") == str(tiny_model)
    result = await finish(hass, await submit(hass, result, {"path": "other.gguf"}))
    done(result, "reconfigure_successful")
    await hass.async_block_till_done()
    assert home_entry.data == {"source": "local", "path": "other.gguf"}
    assert (home_entry.title, home_entry.unique_id) == ("Other model", str(other.resolve()))
    assert dict(home_entry.subentries) == agents
    assert before.stopped
    (after,) = fake_model.running
    assert after.info is not None and after.info.path == other

    fake_model.answers["Light"] = [call("light.turn_on", name="Counter")]
    await speaker.say("Light")
    assert len(speaker.services) == 1


async def test_swapping_deletes_the_download_nobody_needs_any_more(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository
) -> None:
    entry = await hub_entry(hass)
    runtime = cache(hass) / "runtime" / "llama_cpp"
    runtime.mkdir(parents=True)
    result = await reconfigure(hass, entry, "hub")
    assert suggested(result, "repository") == "someone/tiny"
    result = await submit(hass, result, {"repository": "someone/tiny"})
    done(
        await finish(hass, await submit(hass, result, {"file": "other.gguf"})),
        "reconfigure_successful",
    )
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert [path.name for path in cache(hass).rglob("*.gguf")] == ["other.gguf"]
    assert runtime.is_dir(), "what runs the model is still needed"


async def test_swapping_a_download_for_a_local_file_keeps_what_runs_models(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository, tiny_model: Path
) -> None:
    entry = await hub_entry(hass)
    runtime = cache(hass) / "runtime" / "llama_cpp"
    runtime.mkdir(parents=True)
    result = await reconfigure(hass, entry, "local")
    done(
        await finish(hass, await submit(hass, result, {"path": str(tiny_model)})),
        "reconfigure_successful",
    )
    await hass.async_block_till_done()
    assert not list(cache(hass).rglob("*.gguf"))
    assert runtime.is_dir()


async def test_model_that_does_not_load_leaves_everything_as_it_was(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel, tiny_model: Path
) -> None:
    other = Path(hass.config.path("other.gguf"))
    other.write_bytes(tiny_model.read_bytes())
    data, title, running = dict(home_entry.data), home_entry.title, fake_model.running
    fake_model.load_error = WorkerOutOfMemoryError()
    result = await reconfigure(hass, home_entry, "local")
    result = await finish(hass, await submit(hass, result, {"path": "other.gguf"}))
    assert (result["step_id"], result["errors"]) == ("local", {"base": "worker_out_of_memory"})
    assert (dict(home_entry.data), home_entry.title) == (data, title)
    assert fake_model.running == running
    assert home_entry.state is ConfigEntryState.LOADED


async def test_model_of_another_entry_is_refused_and_ones_own_is_not(
    hass: HomeAssistant, home_entry: MockConfigEntry, fake_model: FakeModel, tiny_model: Path
) -> None:
    MockConfigEntry(domain=DOMAIN, unique_id="home", data={"source": "home"}).add_to_hass(hass)
    done(await reconfigure(hass, home_entry, "home"), "already_configured")
    result = await reconfigure(hass, home_entry, "local")
    result = await finish(hass, await submit(hass, result, {"path": str(tiny_model)}))
    done(result, "reconfigure_successful")
    await hass.async_block_till_done()  # it is loaded again


async def test_entry_that_cannot_be_set_up_gets_a_model_that_can(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository, tiny_model: Path
) -> None:
    repository.files.clear()
    entry = await hub_entry(hass)
    assert entry.state is not ConfigEntryState.LOADED
    result = await reconfigure(hass, entry, "local")
    done(
        await finish(hass, await submit(hass, result, {"path": str(tiny_model)})),
        "reconfigure_successful",
    )
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_other_file_of_a_gated_repository_needs_no_new_token(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository
) -> None:
    repository.gated = True
    entry = await hub_entry(hass, token=GOOD_TOKEN)
    assert entry.state is ConfigEntryState.LOADED
    result = await reconfigure(hass, entry, "hub")
    assert "token" not in fields(result)
    result = await submit(hass, result, {"repository": "someone/tiny"})
    done(
        await finish(hass, await submit(hass, result, {"file": "other.gguf"})),
        "reconfigure_successful",
    )
    assert entry.data["token"] == GOOD_TOKEN


# -- another token -------------------------------------------------------------------------------


def reauth_of(hass: HomeAssistant) -> ConfigFlowResult:
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    return flow


@pytest.mark.parametrize(
    ("token", "error"), [(None, "repository_gated"), ("hf_expired", "invalid_token")]
)
async def test_token_is_asked_for_when_the_file_has_to_be_had_again_and_is_refused(
    hass: HomeAssistant,
    fake_model: FakeModel,
    repository: Repository,
    hub: Hub,
    token: str | None,
    error: str,
) -> None:
    repository.gated = True
    entry = await hub_entry(hass, **({"token": token} if token else {}))
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == error
    agents = dict(entry.subentries)

    result = shown(await hass.config_entries.flow.async_configure(reauth_of(hass)["flow_id"]))
    assert (result["step_id"], result["errors"]) == ("token", {})
    result = await submit(hass, result, {"token": "hf_wrong"})
    assert result["errors"] == {"base": "invalid_token"}
    result = await submit(hass, result, {"token": OTHER_TOKEN})
    assert result["errors"] == {"base": "repository_gated"}
    done(await submit(hass, result, {"token": f" {GOOD_TOKEN} "}), "reauth_successful")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.data == {**HUB, "token": GOOD_TOKEN}
    assert (entry.title, entry.unique_id) == ("Tiny", "someone/tiny/tiny.gguf")
    assert entry.state is ConfigEntryState.LOADED
    assert dict(entry.subentries) == agents
    assert {seen.token for seen in hub.downloads()} == {GOOD_TOKEN}


async def test_hub_that_is_down_during_reauthentication_says_so(
    hass: HomeAssistant, fake_model: FakeModel, repository: Repository, hub: Hub
) -> None:
    repository.gated = True
    await hub_entry(hass)
    flow_id = reauth_of(hass)["flow_id"]
    hub.close()
    result = shown(await hass.config_entries.flow.async_configure(flow_id, {"token": GOOD_TOKEN}))
    assert (result["step_id"], result["errors"]) == ("token", {"base": "download_failed"})
