"""Fixtures for a real Home Assistant with everything but the model in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.agent import first_agent
from custom_components.functiongemma.const import CONF_PATH, CONF_SOURCE, DOMAIN, SOURCE_LOCAL
from custom_components.functiongemma.core.worker.process import runtime_paths
from custom_components.functiongemma.install import Location
from custom_components.functiongemma.runtime import Runtime
from tests.core import tiny_gguf

from .desk import CALL, SENTENCE
from .fake_model import FakeModel
from .hub_server import Hub


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant find this repository's integration."""


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """A configuration folder of the test's own: model files land there."""
    return hass_tmp_config_dir


@pytest.fixture(autouse=True)
async def homeassistant_component(hass: HomeAssistant) -> None:
    """What every installation has set up: exposed entities live there."""
    assert await async_setup_component(hass, "homeassistant", {})


@pytest.fixture(autouse=True)
def _no_runtime_left() -> Iterator[None]:
    """Workers of other tests find llama_cpp where they always did."""
    yield
    runtime_paths.clear()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences may take long: a machine that runs tests is busy with other things too."""
    monkeypatch.setattr("custom_components.functiongemma.conversation.DEADLINE", 300.0)


@pytest.fixture
async def saturday_in_berlin(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """It is five past three in the afternoon of 21 November 2026."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-21T14:05:00+00:00")


@pytest.fixture
def fake_model() -> Iterator[FakeModel]:
    """A scripted model, as if llama-cpp-python were installed."""
    model = FakeModel()
    runtime = "custom_components.functiongemma.runtime"
    with (
        patch(f"{runtime}.WorkerClient", model.worker),
        patch("custom_components.functiongemma.install.locate", return_value=Location(None)),
        # What it would need has nothing to do with what is free while tests run.
        patch("custom_components.functiongemma.memory._PROC", Path("/nowhere")),
        # Scripts change between two equal sentences, which a model's answers never do.
        patch("custom_components.functiongemma.answered._KEPT", 0),
    ):
        yield model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small Gemma 3 GGUF that is in order."""
    return tiny_gguf.write(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture
async def started(hass: HomeAssistant, fake_model: FakeModel, tiny_model: Path) -> Runtime:
    """A runtime whose model knows what is said to the lamp on the desk."""
    fake_model.answers[SENTENCE] = [CALL]
    started = Runtime(hass, tiny_model)
    await started.async_start()
    return started


@pytest.fixture
def local_entry(hass: HomeAssistant, tiny_model: Path) -> MockConfigEntry:
    """An entry for a local file, not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="FunctionGemma",
        unique_id=str(tiny_model),
        version=2,
        data={CONF_SOURCE: SOURCE_LOCAL, CONF_PATH: str(tiny_model)},
        subentries_data=[first_agent("FunctionGemma")],
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def home_entry(
    hass: HomeAssistant, fake_model: FakeModel, local_entry: MockConfigEntry
) -> MockConfigEntry:
    """An entry that is set up, with the scripted model."""
    assert await async_setup_component(hass, "conversation", {})
    assert await hass.config_entries.async_setup(local_entry.entry_id)
    await hass.async_block_till_done()
    return local_entry


@pytest.fixture(scope="session")
def real_model() -> Path:
    """The model that ships; without one the tests that run it are skipped, and say so."""
    pytest.importorskip("llama_cpp", reason="runs llama.cpp")
    return tiny_gguf.full_model()


@pytest.fixture
async def real_entry(
    hass: HomeAssistant,
    socket_enabled: None,
    real_model: Path,
    real_options: dict[str, Any],
) -> MockConfigEntry:
    """An entry that is set up, with the model that ships."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="FunctionGemma",
        unique_id=str(real_model),
        data={CONF_SOURCE: SOURCE_LOCAL, CONF_PATH: str(real_model)},
        options=real_options,
    )
    entry.add_to_hass(hass)
    assert await async_setup_component(hass, "conversation", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.fixture
def real_options() -> dict[str, Any]:
    """Options of `real_entry`; a test file that needs others has its own."""
    return {}


@pytest.fixture
def hub(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A small Hugging Face on loopback, which the real client talks to."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    running = Hub()
    monkeypatch.setenv("HF_ENDPOINT", running.url)
    yield running
    running.close()


def expose(hass: HomeAssistant, *entity_ids: str, exposed: bool = True) -> None:
    """Expose entities to conversation agents, or hide them."""
    for entity_id in entity_ids:
        async_expose_entity(hass, "conversation", entity_id, exposed)
