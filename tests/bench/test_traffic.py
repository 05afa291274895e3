"""What must be read, counted by hand for a model of 32 columns, 6 layers and weights of 4 bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import rows
from bench.agent import Sample
from bench.pi import Board, estimate
from bench.traffic import Traffic
from custom_components.functiongemma.core.work import Step, Work

from ..core import tiny_gguf

#: q, k, v and output; gate, up and down; and six norms.
MATRICES = 1024 + 512 + 512 + 1024 + 3 * 2048
NORMS = 32 + 16 + 16 + 32 + 32 + 32
LAYERS = 6 * (MATRICES + NORMS) * 4 + 32 * 4


@pytest.fixture
def traffic(tmp_path: Path) -> Traffic:
    return Traffic.of(tiny_gguf.write(tmp_path / "tiny.gguf"))


def sample(work: Work) -> Sample:
    """A sentence of 4, 6 and 10 ms."""
    parts = {"restore": 4.0, "prefill": 6.0, "decode": 10.0, "python": 2.0, "llama": 18.0}
    return Sample("text", (), 20.0, parts, work)


def test_a_batch_reads_every_layer_once(traffic: Traffic) -> None:
    assert traffic == Traffic(LAYERS, 32 * 4, 2 * 6 * MATRICES, 6, 64, 32)
    # One layer of six sees all 100 positions, the others the last 32; 64 bytes each.
    cells = (100 + 5 * 32) * 64
    assert traffic.step(Step("prefill", 3, 100, 0.0)) == LAYERS + 3 * 128 + cells
    assert traffic.step(Step("decode", 1, 10, 0.0)) == LAYERS + 128 + 6 * 10 * 64


def test_a_quantised_embedding_has_shorter_rows(tmp_path: Path) -> None:
    found = Traffic.of(tiny_gguf.write(tmp_path / "tiny.gguf", embedding="Q8_0"))
    assert (found.row, found.layers) == (34, LAYERS)


def test_the_head_is_read_by_the_row(traffic: Traffic) -> None:
    steps = (Step("prefill", 3, 100, 0.0), Step("decode", 1, 10, 0.0))
    assert traffic.work(Work(steps, 7)) == sum(map(traffic.step, steps)) + 7 * 128


def test_the_ratio_is_time_over_the_time_to_read(traffic: Traffic) -> None:
    work = Work((Step("prefill", 3, 100, 6.0), Step("decode", 1, 10, 8.0)), 7)
    bandwidth = traffic.work(work) / 0.010  # all of it in 10 ms
    found = rows.bus([sample(work)], traffic, bandwidth)
    assert found["ratio"] == pytest.approx(2.0)
    assert found["least_ms"] == pytest.approx(10.0)
    alone = traffic.step(work.steps[1]) / bandwidth * 1000
    assert found["decode_ratio"] == pytest.approx(8.0 / alone)


def test_a_pi_is_held_up_by_bytes_or_by_arithmetic(traffic: Traffic) -> None:
    long, short = Step("prefill", 100, 100, 0.0), Step("decode", 1, 10, 0.0)
    board = Board("Pi", bandwidth=1e9, operations=1e9, python=3.0)
    computed = 100 * traffic.operations / 1e9
    assert computed > traffic.step(long) / 1e9
    read = traffic.step(short) / 1e9
    assert read > traffic.operations / 1e9
    found = estimate(board, sample(Work((long, short), 7)), traffic)
    assert found == pytest.approx((computed + read + 7 * 128 / 1e9) * 1000 + 3 * 2.0)
