"""The number of threads suits the machine and what else it does."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from custom_components.functiongemma.core.work import Step
from custom_components.functiongemma.core.worker.pace import BUSY, FEW, MANY, Pace, choose_threads


@dataclass
class Board:
    """A machine whose batches take a known time; its clock is moved by them alone."""

    few: dict[int, float]
    """Milliseconds of a batch of one token, by threads."""
    many: dict[int, float]
    disk: float = 0.0
    """Milliseconds the first batch takes longer."""
    disturbed: int = -1
    """The batch that takes ten times as long."""
    now: float = 0.0
    threads: int = 0
    done: list[tuple[int, int]] = field(default_factory=list)
    """(threads, tokens) of every batch."""

    def use_threads(self, threads: int) -> None:
        self.threads = threads

    def time_batch(self, tokens: int) -> float:
        took = {FEW: self.few, MANY: self.many}[tokens][self.threads]
        if len(self.done) == self.disturbed:
            took *= 10
        self.now += (took + (0 if self.done else self.disk)) / 1000
        self.done.append((self.threads, tokens))
        return took

    def choose(self) -> int:
        """The number that is chosen, and left in place."""
        pace = choose_threads(self, len(self.few), lambda: self.now)
        assert self.threads == pace.threads
        assert pace.milliseconds == pytest.approx(self.now * 1000)
        return pace.threads


def test_idle_board_computes_with_all_that_helps() -> None:
    assert Board({1: 12, 2: 11, 3: 11, 4: 11}, {1: 60, 2: 31, 3: 22, 4: 17}).choose() == 4


def test_core_that_helps_hardly_is_left_to_the_house() -> None:
    assert Board({1: 12, 2: 9, 3: 9, 4: 9}, {1: 40, 2: 21, 3: 20, 4: 20}).choose() == 2
    assert Board({1: 10, 2: 10}, {1: 20, 2: 18}).choose() == 1


def test_busy_cores_are_left_alone() -> None:
    """With fewer threads than free cores nobody waits; with more, everybody does."""
    assert Board({1: 12, 2: 11, 3: 11, 4: 90}, {1: 60, 2: 31, 3: 22, 4: 300}).choose() == 3
    assert Board({1: 12, 2: 400}, {1: 60, 2: 2000}).choose() == 1


def test_one_disturbance_does_not_decide() -> None:
    for disturbed in range(12):
        board = Board({1: 6, 2: 4}, {1: 30, 2: 16}, disturbed=disturbed)
        assert board.choose() == 2, disturbed


def test_slow_board_is_not_kept_waiting() -> None:
    """As a Raspberry Pi 4 could be: reading the model takes what it takes, trying does not."""
    slow = Board({1: 45, 2: 40, 3: 40, 4: 40}, {1: 350, 2: 180, 3: 125, 4: 95}, disk=2000)
    assert slow.choose() == 4
    assert (4, MANY) in slow.done and (1, MANY) not in slow.done
    assert slow.now < 2.0 + 0.6
    crowded = Board({1: 45, 2: 40, 3: 200, 4: 200}, {1: 350, 2: 180, 3: 900, 4: 900})
    assert crowded.choose() == 2
    assert not {(3, MANY), (4, MANY)} & set(crowded.done)


def test_single_core_is_not_measured() -> None:
    board = Board({1: 10}, {1: 50})
    assert board.choose() == 1
    assert board.done == []


def test_sentence_on_busy_cores_is_told_from_one_that_is_long() -> None:
    pace = Pace(2, ((1, 12.0, 60.0), (2, 10.0, 37.0)), 100.0)
    steps = [Step("prefill", 10, 600, 40.0), Step("decode", 1, 601, 11.0)]
    assert pace.slowness(steps) == pytest.approx(51 / 47)
    assert pace.slowness(steps * 9) < BUSY
    deep = [Step("prefill", 100, 5000, 700.0)]
    assert pace.slowness(deep) < BUSY
    assert pace.slowness([Step("decode", 4, 600, 300.0)]) > BUSY
    assert pace.slowness([]) == 1
    assert Pace(1, (), 0.0).slowness(steps) == 1
