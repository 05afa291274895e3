"""What the worker asks about the machine has an answer on every machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from custom_components.functiongemma.core.worker.machine import most_threads, resident


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (3, 3), (16, 4)])
def test_cores_are_counted_where_the_system_does_not_tell_which_are_siblings(
    monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    # No machine has cores of these numbers, so nothing can be read about them.
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(10**6, 10**6 + cores)))
    assert most_threads() == threads


@pytest.mark.parametrize(("cores", "threads"), [(None, 1), (2, 2), (64, 4)])
def test_cores_are_counted_where_processes_cannot_be_bound_to_them(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, threads: int
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert most_threads() == threads


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_memory_of_a_process_is_told_until_it_is_gone() -> None:
    own = resident(os.getpid())
    assert own is not None
    assert own > 1 << 20
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert resident(gone.pid) is None
