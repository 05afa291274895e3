"""Four bits a weight that cost no answer: the codes are the type's, and the best that fit."""

from __future__ import annotations

import gguf
import numpy as np
import pytest

from custom_components.functiongemma.core.gguf import iq4nl

TYPE = gguf.GGMLQuantizationType


def read(data: bytes, rows: int) -> np.ndarray:
    """What gguf-py, another implementation, makes of the bytes."""
    return gguf.quants.dequantize(np.frombuffer(data, np.uint8).reshape(rows, -1), TYPE.IQ4_NL)


def weights(rows: int, columns: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.05, (rows, columns)).astype(np.float32)


def test_weights_come_back_better_than_from_q4_0() -> None:
    exact = weights(64, 640)
    ours = read(iq4nl.quantize(exact), 64)
    plain = gguf.quants.quantize(exact, TYPE.Q4_0)
    theirs = gguf.quants.dequantize(plain, TYPE.Q4_0)
    assert len(iq4nl.quantize(exact)) == plain.nbytes
    assert np.square(ours - exact).sum() < 0.85 * np.square(theirs - exact).sum()


def test_what_the_type_can_say_exactly_stays_exact() -> None:
    generator = np.random.default_rng(2)
    codes = generator.choice(iq4nl.VALUES, (16, 64))
    codes[:, ::32] = iq4nl.VALUES[0]  # every block uses its widest value
    exact = (codes * np.float32(0.0078125)).astype(np.float32)
    np.testing.assert_array_equal(read(iq4nl.quantize(exact), 16), exact)


def test_a_block_of_zeros_stays_zero_and_harms_no_other() -> None:
    exact = weights(2, 96)
    exact[0, 32:64] = 0
    back = read(iq4nl.quantize(exact), 2)
    assert not back[0, 32:64].any()
    alone = read(iq4nl.quantize(exact[:, :32]), 2)
    np.testing.assert_array_equal(back[:, :32], alone)


def test_rows_are_weighed_alike_wherever_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    exact, importance = weights(100, 128), np.linspace(0, 2, 128, dtype=np.float32)
    whole = iq4nl.quantize(exact, importance)
    monkeypatch.setattr(iq4nl, "_CHUNK", 8)
    assert iq4nl.quantize(exact, importance) == whole


def test_important_columns_lose_less() -> None:
    exact, importance = weights(64, 64), np.full(64, 1e-4, np.float32)
    importance[5] = importance[40] = 1
    plain, weighed = (read(iq4nl.quantize(exact, i), 64) for i in (None, importance))
    lost = [np.square(back - exact)[:, (5, 40)].sum() for back in (plain, weighed)]
    assert lost[1] < 0.5 * lost[0]


def test_nothing_important_is_no_reason_to_fail() -> None:
    exact = weights(4, 32)
    back = read(iq4nl.quantize(exact, np.zeros(32, np.float32)), 4)
    assert np.isfinite(back).all()
    assert np.abs(back - exact).max() < 0.05


def test_rows_that_are_no_whole_blocks_are_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 32"):
        iq4nl.quantize(weights(2, 48))
