"""`python -m training.dataset` writes the same files for the same seed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.dataset.__main__ import Generator, main, records
from training.dataset.lexicon import Lexicon


def write(out: Path, *options: str) -> bytes:
    main(["--out", str(out), "--languages", "en", "--homes", "3", "--sentences", "6", *options])
    return (out / "en.jsonl").read_bytes()


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    one = write(tmp_path / "a")
    assert one == write(tmp_path / "b")
    rows = [json.loads(line) for line in one.splitlines()]
    assert [len(row["sentences"]) for row in rows] == [6, 6, 6]
    assert {row["language"] for row in rows} == {"en"}


def test_a_record_does_not_hang_on_those_before_it() -> None:
    lexicons = {"en": Lexicon.load("en")}
    generator = Generator("en", lexicons)
    first = generator.record("x", 5)
    generator.record("y", 5)
    assert generator.record("x", 5) == first
    assert next(records(generator, 1, 1, 5)) != next(records(generator, 2, 1, 5))


def test_a_sample_is_printed_to_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--sample", "8", "--languages", "ja"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 16
    assert all(line.startswith("      ") for line in lines[1::2])


@pytest.mark.parametrize(
    ("options", "problem"), [(["--languages", "en"], "--out"), (["--languages", "en,xx"], "xx")]
)
def test_what_is_wrong_with_the_command_is_said(
    options: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(options)
    assert problem in capsys.readouterr().err
