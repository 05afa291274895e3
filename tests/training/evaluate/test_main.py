"""The evaluation asks a real worker and writes what it found, misses and all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.core import tiny_gguf
from training.dataset.__main__ import main as generate
from training.evaluate.__main__ import main
from training.evaluate.results import read_results
from training.report.__main__ import main as make_report

HOME: dict[str, Any] = {
    "areas": [{"id": "k", "name": "Kitchen"}],
    "entities": [
        {"id": "light.a", "name": "Lamp", "area": "k", "state": "on"},
        {"id": "light.b", "name": "Spots", "area": "k"},
    ],
}


def command(language: str, text: str, *calls: dict[str, Any]) -> dict[str, Any]:
    return {"home": "h", "language": language, "text": text, "calls": list(calls)}


COMMANDS = [
    command("en", "turn on the lamp", {"service": "light.turn_on", "entity_id": ["light.a"]}),
    command("fr", "bonjour"),
    command(
        "fr",
        "allume les spots à 40 %",
        {
            "service": "light.turn_on",
            "entity_id": ["light.b"],
            "data": {"brightness_pct": 40},
        },
    ),
]


def write(folder: Path, commands: list[dict[str, Any]] = COMMANDS) -> list[str]:
    file, homes = folder / "commands.jsonl", folder / "homes.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in commands), encoding="utf-8")
    homes.write_text(json.dumps({"home": "h", **HOME}) + "\n", encoding="utf-8")
    return ["--commands", str(file), "--homes", str(homes), "--threads", "1"]


def test_the_results_of_a_model_that_knows_nothing(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    assert main([*write(tmp_path), "--model", str(base), "--json", str(out)]) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert result["n"] == 3
    assert set(result["languages"]) == {"en", "fr"}
    assert {code: row["n"] for code, row in result["languages"].items()} == {"en": 1, "fr": 2}
    assert {name: row["n"] for name, row in result["functions"].items()} == {
        "light.turn_on": 2,
        "no call": 1,
    }
    for row in (result, *result["languages"].values(), *result["functions"].values()):
        assert 0 <= row["low"] <= row["accuracy"] <= row["high"] <= 1
    right = 3 - len(result["misses"])
    assert result["accuracy"] == pytest.approx(right / 3)
    by_language = [row["accuracy"] * row["n"] for row in result["languages"].values()]
    assert sum(by_language) == pytest.approx(right)
    for miss in result["misses"]:
        assert miss["home"] == "h"
        assert miss["text"] in {row["text"] for row in COMMANDS}
        assert miss["made"] != miss["meant"]
    printed = capsys.readouterr().out
    assert printed.count("✗") == len(result["misses"])
    assert "95 % interval" in printed


def test_a_sample_is_the_same_every_time(base: Path, tmp_path: Path) -> None:
    asked = []
    for name in ("a", "b"):
        out = tmp_path / f"{name}.json"
        main([*write(tmp_path), "--model", str(base), "--json", str(out), "--limit", "1"])
        result = json.loads(out.read_text(encoding="utf-8"))
        assert result["n"] == 1
        asked.append(list(result["languages"]))
    assert asked[0] == asked[1]


def test_no_commands_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no commands"):
        main(write(tmp_path, []))


def test_the_verdicts_are_kept_and_a_report_is_made_of_them(base: Path, tmp_path: Path) -> None:
    out, again = tmp_path / "out.json", tmp_path / "again"
    commands = [{**row, "kind": "plain"} for row in COMMANDS]
    told = ["--model", str(base), "--json", str(out), "--report", str(tmp_path / "report")]
    assert main([*write(tmp_path, commands), *told]) == 0
    results = read_results(out)
    assert len(results.verdicts) == 3
    assert {v.text: v.meant for v in results.verdicts} == {r["text"]: r["calls"] for r in COMMANDS}
    assert {v.kind for v in results.verdicts} == {"plain"}
    assert results.facts["model"] == base.name
    assert results.facts["bytes"] == base.stat().st_size
    assert make_report([str(out), "--out", str(again)]) == 0
    for file in (tmp_path / "report").iterdir():
        assert (again / file.name).read_bytes() == file.read_bytes()
    assert (again / "report.md").exists()


def test_the_base_is_asked_with_the_home_models_prompt(tmp_path: Path) -> None:
    """A base says nothing of prompts: of itself it would be asked in another, longer one."""
    found = {}
    for prompt, more in ((None, ["--base"]), ("home-1", []), (None, [])):
        model = tiny_gguf.write(tmp_path / "model.gguf", prompt=prompt)
        out = tmp_path / "out.json"
        main([*write(tmp_path), "--model", str(model), "--json", str(out), *more])
        results = read_results(out)
        assert results.facts["base"] == bool(more)
        found[prompt, *more] = [(v.made, v.confidence) for v in results.verdicts]
    assert found[None, "--base"] == found["home-1",]
    assert found[None, "--base"] != found[None,]


def test_held_out_commands_of_some_languages(base: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    told = ["--model", str(base), "--threads", "1", "--json", str(out), "--limit", "4"]
    assert main(["--heldout", "de", "fr", *told]) == 0
    results = read_results(out)
    assert len(results.verdicts) == 4
    assert {v.language for v in results.verdicts} <= {"de", "fr"}
    assert all(v.home.startswith(f"{v.language}/") for v in results.verdicts)
    assert results.facts["commands"] == "held-out"


def test_sentences_of_the_generator(base: Path, tmp_path: Path) -> None:
    generate(["--out", str(tmp_path / "data"), "--homes", "1", "--languages", "en"])
    out = tmp_path / "out.json"
    args = ["--generated", str(tmp_path / "data"), "--limit", "3", "--threads", "1"]
    assert main([*args, "--model", str(base), "--json", str(out)]) == 0
    verdicts = read_results(out).verdicts
    assert len(verdicts) == 3
    assert all(verdict.kind for verdict in verdicts)


def test_what_to_ask_has_to_be_said() -> None:
    with pytest.raises(SystemExit, match="--heldout"):
        main([])
    with pytest.raises(SystemExit, match="nothing held out for xx"):
        main(["--heldout", "xx"])


def test_a_command_to_a_home_that_is_not_there_is_told(tmp_path: Path) -> None:
    lost = [{**COMMANDS[0], "home": "elsewhere"}]
    with pytest.raises(SystemExit, match=r"homes\.jsonl has no home elsewhere"):
        main(write(tmp_path, lost))
