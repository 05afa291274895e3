"""What tests of the core share: the tiny model's vocabulary."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from custom_components.functiongemma.core.constraint import Vocabulary
from custom_components.functiongemma.core.engine import LlamaEngine

from . import tiny_gguf


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vocabulary]:
    """Tokens, through llama.cpp."""
    pytest.importorskip("llama_cpp", reason="tokenizes with llama.cpp")
    engine = LlamaEngine(tiny_gguf.write(tmp_path_factory.mktemp("gguf") / "tiny.gguf"))
    yield engine.vocabulary
    engine.close()
