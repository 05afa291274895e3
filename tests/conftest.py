"""What all tests share, in both environments.

The training environment has no Home Assistant and so no pytest-asyncio, which its test plugin
brings along; Home Assistant's fixtures are in tests/integration/conftest.py.
"""

from __future__ import annotations

import importlib.util

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare pytest-asyncio's setting where that plugin is absent, so that the check is strict."""
    if importlib.util.find_spec("pytest_asyncio") is None:
        parser.addini("asyncio_mode", "read by pytest-asyncio, which is not installed here")
