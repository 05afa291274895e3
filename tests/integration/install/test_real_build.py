"""llama-cpp-python itself is built from its source by the integration, and understands a sentence.

It takes a compiler, a package index and five minutes of two cores, so it is only run on demand:
`FUNCTIONGEMMA_BUILD=1 scripts/test tests/integration/install/test_real_build.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ..nested import Outcomes
from .environment import make_environment

pytestmark = pytest.mark.slow


@pytest.mark.skipif(
    "FUNCTIONGEMMA_BUILD" not in os.environ, reason="takes five minutes: FUNCTIONGEMMA_BUILD=1"
)
def test_source_package_becomes_a_runtime_that_understands(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "environment")
    Outcomes([python], "install/inside_build.py", {}).expect("test_built_from_source")
