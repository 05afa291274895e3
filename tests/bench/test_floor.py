"""The least a sentence can take is told for every size of batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.floor import SIZES, batches
from tests.core import tiny_gguf

pytest.importorskip("llama_cpp", reason="runs llama.cpp")


def test_every_size_of_batch_is_timed_behind_a_prompt(tmp_path: Path) -> None:
    model = tiny_gguf.write(tmp_path / "tiny.gguf", prompt="home-1")
    found = batches(model, 100)
    assert tuple(found) == SIZES
    assert all(len(times) == 9 and min(times) > 0 for times in found.values())
