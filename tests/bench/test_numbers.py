"""A wrong percentile would be believed."""

from __future__ import annotations

import pytest

from bench.numbers import medians, percentile, rounded, spread


def test_a_percentile_lies_between_its_neighbours() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert percentile([10.0, 20.0], 0.95) == pytest.approx(19.5)
    assert percentile(list(map(float, range(101))), 0.95) == 95.0
    assert percentile([7.0], 0.95) == 7.0
    with pytest.raises(ValueError):
        percentile([], 0.5)


def test_a_part_that_some_sentences_lack_still_has_its_median() -> None:
    assert medians([{"a": 1.0, "b": 5.0}, {"a": 3.0}, {"a": 9.0}]) == {"a": 3.0, "b": 5.0}


def test_the_spread_tells_how_many_samples_it_is_of() -> None:
    assert spread([3.0, 1.0, 2.0]) == {
        "median_ms": 2.0, "p95_ms": pytest.approx(2.9), "min_ms": 1.0, "samples": 3,
    }  # fmt: skip


def test_numbers_keep_the_digits_that_mean_something() -> None:
    given = {"a": 123.456, "b": [0.00123456, 98765.4], "c": "text", "d": True, "e": 5}
    assert rounded(given) == {"a": 123.5, "b": [0.001235, 98765], "c": "text", "d": True, "e": 5}
