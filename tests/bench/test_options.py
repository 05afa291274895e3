"""What is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.options import Options, parse


def test_nothing_said_is_one_thread_and_five_rounds() -> None:
    assert parse([]) == Options(threads=1, rounds=5)
    assert parse(["--quick"]).rounds == 1
    assert parse(["--quick", "--rounds", "2"]).rounds == 2


@pytest.mark.parametrize(
    "arguments",
    [["--threads", "0"], ["--rounds", "x"], ["--model", "/none.gguf"], ["--quick", "--write"]],
)
def test_a_mistake_is_told_before_anything_is_measured(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse(arguments)
    assert "error:" in capsys.readouterr().err


def test_a_model_is_found_from_wherever_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m.gguf").touch()
    monkeypatch.chdir(tmp_path)
    assert parse(["--model", "m.gguf"]).model == (tmp_path / "m.gguf").resolve()
