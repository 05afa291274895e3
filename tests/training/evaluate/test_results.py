"""What was evaluated once can be reported again: the file keeps every verdict."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training.evaluate.verdicts import call, verdict
from training.evaluate.results import Results, read_results, write_results
from training.evaluate.verdicts import said

ON = call("light.turn_on", "light.a", brightness_pct=40)
VERDICTS = (
    verdict([ON], text="mach’s „hell“ 明るく", language="ja", kind="terse"),
    verdict([ON], [], confidence=0.1234),
    verdict([], text="hello"),
)


def test_verdicts_come_back_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "fine.json"
    write_results(file, Results("any", VERDICTS, {"model": "m.gguf"}))
    found = read_results(file)
    assert found.label == "fine"
    assert found.facts == {"model": "m.gguf"}
    assert found.verdicts == VERDICTS
    write_results(tmp_path / "again.json", found)
    assert (tmp_path / "again.json").read_bytes() == file.read_bytes()


def test_the_file_can_be_read_without_us(tmp_path: Path) -> None:
    file = tmp_path / "fine.json"
    write_results(file, Results("any", VERDICTS))
    data = json.loads(file.read_text(encoding="utf-8"))
    assert data["accuracy"] == pytest.approx(2 / 3)
    assert data["n"] == 3
    assert data["languages"]["en"]["accuracy"] == 0.5
    assert data["languages"]["ja"]["n"] == 1
    assert list(data["functions"]) == ["light.turn_on", "no call"]
    assert [miss["meant"] for miss in data["misses"]] == [[ON]]
    assert "明るく" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ['{"accuracy": 1.0, "misses": []}', "[]", '{"verdicts": []}'])
def test_a_file_without_verdicts_says_what_to_do(tmp_path: Path, text: str) -> None:
    file = tmp_path / "old.json"
    file.write_text(text)
    with pytest.raises(ValueError, match="evaluate again"):
        read_results(file)


def test_calls_as_a_line() -> None:
    assert said([ON, call("timer.cancel")]) == (
        "light.turn_on light.a (brightness_pct 40); timer.cancel"
    )
    assert said([]) == "nothing"
