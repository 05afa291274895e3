"""What `test_real_build.py` runs in an environment without llama_cpp, with a compiler."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace

import pytest
import pytest_socket
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component import plugins
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma import install, models

from ..house import lights_and_switches
from ..real_worker import mapped, understood
from .environment import own_packages

pytestmark = pytest.mark.usefixtures("patient", "online")


@pytest.fixture
def online(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other machines can be reached: what keeps tests from it has no switch for all hosts."""
    monkeypatch.setattr(socket.socket, "connect", pytest_socket._true_connect)
    monkeypatch.setattr(socket, "getaddrinfo", plugins._real_getaddrinfo)


async def test_built_from_source(
    hass: HomeAssistant, local_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pinned source, from this machine's package index; ready-made wheels are left out."""
    assert not [path for path in own_packages(sys.executable).iterdir() if path.is_dir()]
    hass.config.skip_pip = False
    assert await async_setup_component(hass, "conversation", {})
    pins = replace(install.read_pins(), wheels=())
    monkeypatch.setattr(install, "read_pins", lambda: pins)
    monkeypatch.setattr(models, "SETUP_PATIENCE", 3000.0)
    shares: list[tuple[str, float]] = []
    await install.async_install_runtime(hass, progress=lambda way, done: shares.append((way, done)))
    assert {way for way, _ in shares} == {"source"}
    assert len({round(done, 2) for _, done in shares}) > 20, "nobody saw how far it was"
    found = await hass.async_add_executor_job(install.origin, install.folders_of(hass))
    assert found is not None
    assert found.way == "source"
    assert await hass.config_entries.async_setup(local_entry.entry_id)
    await understood(await lights_and_switches(hass, local_entry), local_entry)
    assert str(install.folders_of(hass).runtime) in mapped(local_entry)
