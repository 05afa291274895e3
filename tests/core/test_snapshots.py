"""What was evaluated before a restart is what would be evaluated after it, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.engine import LlamaEngine
from custom_components.functiongemma.core.engine import snapshots as module

from . import tiny_gguf
from .test_engine import ids

pytest.importorskip("llama_cpp", reason="runs llama.cpp")

PREFIX = [tokens.BOS, *ids(120, 1)]
TURN = ids(9, 2)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_gguf.write(tmp_path / "tiny.gguf")


def engine(model: Path, folder: Path | None) -> LlamaEngine:
    return LlamaEngine(model, context=2048, snapshots=folder)


def logits(made: LlamaEngine, prefix: list[int] = PREFIX) -> np.ndarray:
    made.begin(prefix, TURN)
    return made.evaluate([()], [None])[0].copy()


def count_batches(made: LlamaEngine) -> int:
    """Batches evaluated since it was asked last."""
    return len(made.take_work().steps)


@pytest.mark.parametrize("boundary", [0, 50, 100])
def test_a_prompt_outlives_a_restart_bit_for_bit(
    model: Path, tmp_path: Path, boundary: int
) -> None:
    folder = tmp_path / "snapshots"
    first = engine(model, folder)
    first.prepare(PREFIX, boundary, durable=True)
    before = logits(first)
    first.close()
    again = engine(model, folder)
    again.prepare(PREFIX, boundary)
    assert not count_batches(again), "the first sentence would wait for the whole home"
    np.testing.assert_array_equal(logits(again), before)
    again.close()
    fresh = engine(model, None)
    np.testing.assert_allclose(logits(fresh), before, atol=0.02)
    fresh.close()


def test_a_renamed_device_costs_only_the_listing(model: Path) -> None:
    made = engine(model, None)
    made.prepare(PREFIX, 100)
    count_batches(made)
    renamed = [*PREFIX[:110], 400, *PREFIX[111:]]
    made.prepare(renamed, 100)
    assert count_batches(made) == 1
    with_boundary = logits(made, renamed)
    fresh = engine(model, None)
    np.testing.assert_allclose(logits(fresh, renamed), with_boundary, atol=0.02)
    for each in (made, fresh):
        each.close()


def test_only_what_is_prepared_durably_wears_the_card(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    made = engine(model, folder)
    logits(made)
    assert not folder.exists()
    made.close()


def test_what_the_declarations_are_is_in_memory_only_where_no_disk_has_it(
    model: Path, tmp_path: Path
) -> None:
    """10 MB that only a changed home needs; without a disk it would be evaluated anew each time."""
    for folder, remembered in ((tmp_path / "snapshots", 1), (None, 2)):
        made = engine(model, folder)
        made.prepare(PREFIX, 100, durable=True)
        assert len(made._snapshots._memory) == remembered
        count_batches(made)
        made.prepare([*PREFIX[:110], 400, *PREFIX[111:]], 100)
        assert count_batches(made) == 1
        made.close()


def test_a_home_that_a_sentence_made_ready_is_on_disk_when_it_is_wanted_there(
    model: Path, tmp_path: Path
) -> None:
    """The next start would read it anew."""
    folder = tmp_path / "snapshots"
    made = engine(model, folder)
    before = logits(made)
    assert not folder.exists()
    made.prepare(PREFIX, durable=True)
    made.close()
    again = engine(model, folder)
    again.prepare(PREFIX)
    assert not count_batches(again)
    np.testing.assert_allclose(logits(again), before, atol=0.02)
    again.close()


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "another model's"])
def test_a_damaged_file_is_evaluated_anew(model: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "snapshots"
    first = engine(model, folder)
    first.prepare(PREFIX, durable=True)
    before = logits(first)
    first.close()
    (file,) = folder.iterdir()
    data = bytearray(file.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "flipped":
        data[len(data) // 2] ^= 0xFF
    elif damage == "empty":
        data.clear()
    else:  # whole, but not what llama.cpp would take
        body = np.zeros(5000, np.uint8)
        data = bytearray(module._checksum(body) + body.tobytes())
    file.write_bytes(data)
    again = engine(model, folder)
    again.prepare(PREFIX, durable=True)
    np.testing.assert_allclose(logits(again), before, atol=0.02)
    again.close()


def test_another_model_under_the_same_name_is_another(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    first = engine(model, folder)
    first.prepare(PREFIX, durable=True)
    first.close()
    tiny_gguf.write(model, seed=1)
    os.utime(model, ns=(1, 1))
    again = engine(model, folder)
    again.prepare(PREFIX)
    assert count_batches(again)
    again.close()


def test_old_files_make_room(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    made = engine(model, folder)
    for seed in range(module.ON_DISK + 3):
        made.prepare([tokens.BOS, *ids(20, seed)], durable=True)
    assert len(list(folder.iterdir())) == module.ON_DISK
    made.close()


def test_a_disk_that_takes_nothing_is_no_reason_to_fail(model: Path, tmp_path: Path) -> None:
    occupied = tmp_path / "snapshots"
    occupied.write_text("a file where the folder should be")
    made = engine(model, occupied)
    made.prepare(PREFIX, durable=True)
    assert logits(made).shape == (made.vocabulary.size,)
    assert made.trouble, "nobody would know why every start is slow"
    occupied.unlink()
    made.prepare([tokens.BOS, *ids(20, 5)], durable=True)
    assert made.trouble is None
    made.close()


def test_what_a_killed_process_left_unfinished_does_not_fill_the_disk(
    model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "snapshots"
    folder.mkdir()
    (folder / "0123456789abcdef.4711.part").write_bytes(bytes(1000))
    made = engine(model, folder)
    made.prepare(PREFIX, durable=True)
    made.close()
    assert [path.suffix for path in folder.iterdir()] == [module.SUFFIX]


def test_prompts_that_sentences_begin_with_are_kept_before_their_beginnings(model: Path) -> None:
    """Otherwise the third room pushes the first one's prompt out, which takes seconds to read."""
    made = engine(model, None)
    prompts = [[tokens.BOS, *ids(120, seed)] for seed in range(module.IN_MEMORY)]
    for prompt in prompts:
        made.prepare(prompt, 50)
    assert all(made.holds(prompt) for prompt in prompts)
