"""The evaluation asks a real worker and writes what it found, misses and all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Where
from training.evaluate import House, Verdict, grouped, main, rate, read_homes

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


def test_homes_are_a_folder_or_a_file(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "one.yaml").write_text(yaml.safe_dump(HOME), encoding="utf-8")
    expected = House(Home.from_dict(HOME), Where(states={"light.a": "on"}))
    assert read_homes(tmp_path) == {"one": expected}
    assert read_homes(tmp_path / "homes.jsonl") == {"h": expected}


def verdict(language: str, right: bool, *services: str) -> Verdict:
    meant = [{"service": s, "entity_id": [], "data": {}} for s in services]
    return Verdict("h", language, "x", meant, [], right, 0.5, 10.0)


def test_rates_by_hand() -> None:
    rows = [
        verdict("fr", True, "a.b"),
        verdict("en", True, "a.b", "c.d"),
        verdict("en", False, "c.d"),
        verdict("en", True),
    ]
    assert rate(rows)["accuracy"] == 0.75
    assert {k: (v["accuracy"], v["n"]) for k, v in grouped(rows, "language").items()} == {
        "en": (pytest.approx(2 / 3), 3),
        "fr": (1.0, 1),
    }
    assert list(grouped(rows, "function")) == ["a.b", "c.d", "no call"]
