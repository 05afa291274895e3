"""A real Home Assistant that can find the demo's own integration."""

from __future__ import annotations

import pytest

from demo.home import find_custom_components

find_custom_components()


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant find custom integrations at all."""


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """A configuration folder of the test's own."""
    return hass_tmp_config_dir
