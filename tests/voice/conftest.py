"""What speech needs, or one line that says what is missing."""

from __future__ import annotations

import asyncio

import pytest

from demo.home import DemoError
from demo.voice.servers import Tools, async_find_tools


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The packages of `.venv-voice`; without them these tests are skipped, and say so."""
    with asyncio.Runner() as runner:
        try:
            return runner.run(async_find_tools())
        except DemoError as err:
            pytest.skip(str(err))
