"""What goes wrong in a house in earnest: processes die, disks fill, networks end.

Each ends in words people understand and an agent that works. A real worker runs a small model; the
disks are real, small ones (`on_small_disk.py`). The runtime replaced or lost while in use is in
`install/test_environment.py`.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from .flows import cache, choose, finish, submit, until
from .house import Speaker, lights_and_switches
from .hub_server import Hub, Repository
from .nested import Outcomes
from .real_worker import SENTENCES, begun, killed, standing_still, understood, worker_of
from .small_disk import on_a_small_disk

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]


@pytest.fixture(autouse=True)
async def _real_runtime(hass: HomeAssistant) -> None:
    pytest.importorskip("llama_cpp", reason="runs llama.cpp")
    assert await async_setup_component(hass, "conversation", {})


@pytest.fixture
async def speaker(hass: HomeAssistant, local_entry: MockConfigEntry) -> Speaker:
    """Somebody in a house with a model that runs."""
    assert await hass.config_entries.async_setup(local_entry.entry_id)
    speaker = await lights_and_switches(hass, local_entry)
    await understood(speaker, local_entry)
    return speaker


# -- the model's process ---------------------------------------------------------------------------


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGSEGV])
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "the model stopped unexpectedly"), ("fr", "le modèle s'est arrêté")],
)
async def test_worker_that_dies_in_mid_sentence_is_told_and_the_next_sentence_works(
    speaker: Speaker,
    local_entry: MockConfigEntry,
    death: signal.Signals,
    language: str,
    words: str,
) -> None:
    with standing_still(local_entry) as before:
        sentence = await begun(speaker, local_entry, language)
        os.kill(before, death)
        os.kill(before, signal.SIGCONT)
        assert words in await sentence
    await understood(speaker, local_entry)
    assert worker_of(local_entry) != before


async def test_worker_that_dies_while_nobody_speaks_is_not_noticed(
    speaker: Speaker, local_entry: MockConfigEntry
) -> None:
    for _ in range(3):
        before = worker_of(local_entry)
        await killed(local_entry)
        await understood(speaker, local_entry)
        assert worker_of(local_entry) != before


async def test_remembered_sentence_works_without_the_worker_and_brings_it_back(
    speaker: Speaker, local_entry: MockConfigEntry
) -> None:
    before = worker_of(local_entry)
    await killed(local_entry)
    await speaker.say(SENTENCES["en"])
    record = local_entry.runtime_data.records.latest
    assert record is not None and record.error is None and record.candidates
    client = local_entry.runtime_data._client
    await until(lambda: client.info is not None and client.info.pid != before)
    await understood(speaker, local_entry)


# -- the disk --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """What happens with the configuration on a disk of 160 MB, which fills up."""
    disk = tmp_path_factory.mktemp("disk")
    command = [*on_a_small_disk(disk, 160), sys.executable]
    return Outcomes(command, "on_small_disk.py", {"SMALL_DISK": str(disk)})


@pytest.mark.parametrize(
    "name",
    [
        "test_disk_that_fills_during_the_download_says_so_and_the_flow_goes_on",
        "test_full_disk_costs_the_next_start_and_no_sentence",
        "test_wheel_for_which_there_is_no_room_says_so_and_the_flow_goes_on",
    ],
)
def test_full_disk_is_told_and_the_agent_works(small_disk: Outcomes, name: str) -> None:
    small_disk.expect(name)


# -- the network -----------------------------------------------------------------------------------


@pytest.fixture
def repository(hub: Hub, tiny_model: Path) -> Repository:
    return hub.add("someone/tiny", Repository({"tiny.gguf": tiny_model.read_bytes()}))


async def test_network_cut_during_the_set_up_is_told_and_the_same_dialogue_goes_on(
    hass: HomeAssistant, hub: Hub, repository: Repository
) -> None:
    repository.cut_after = 100_000
    form = await submit(hass, await choose(hass, "hub"), {"repository": "someone/tiny"})
    result = await finish(hass, await submit(hass, form, {"file": "tiny.gguf"}))
    assert (result["step_id"], result["errors"]) == ("file", {"base": "download_failed"})
    assert result["description_placeholders"]["reason"]
    assert not hass.config_entries.async_entries("functiongemma")

    hub.offline = False
    result = await finish(hass, await submit(hass, result, {"file": "tiny.gguf"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    await understood(await lights_and_switches(hass, entry), entry)


async def test_network_cut_while_a_lost_model_is_had_again_is_waited_for(
    hass: HomeAssistant, hub: Hub, repository: Repository
) -> None:
    data = {"source": "hub", "repository": "someone/tiny", "file": "tiny.gguf"}
    entry = MockConfigEntry(domain="functiongemma", data=data, unique_id="tiny", version=1)
    entry.add_to_hass(hass)
    repository.cut_after = 100_000
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "download_failed"

    hub.offline = False
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await hass.async_block_till_done()
    assert (cache(hass) / "hub" / "someone--tiny" / "tiny.gguf").is_file()
    await understood(await lights_and_switches(hass, entry), entry)
