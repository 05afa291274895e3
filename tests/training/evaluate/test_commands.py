"""What is asked is what the files say: every home, every command, and no language by mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from custom_components.functiongemma.core.catalogue import BY_NAME, functions_for
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Where
from training.evaluate.commands import (
    House,
    read_generated,
    read_heldout,
    read_homes,
    read_rows,
)
from training.paths import HELD_OUT

HOME: dict[str, Any] = {
    "areas": [{"id": "k", "name": "Kitchen"}],
    "entities": [
        {"id": "light.a", "name": "Lamp", "area": "k", "state": "on"},
        {"id": "light.b", "name": "Spots", "area": "k"},
    ],
}


def test_homes_are_a_folder_or_a_file(tmp_path: Path) -> None:
    row = json.dumps({"home": "h", **HOME})
    (tmp_path / "homes.jsonl").write_text(f"{row}\n", encoding="utf-8")
    (tmp_path / "one.yaml").write_text(yaml.safe_dump(HOME), encoding="utf-8")
    home = Home.from_dict(HOME)
    expected = House(home, Where(states={"light.a": "on"}), functions_for(home))
    assert read_homes(tmp_path) == {"one": expected}
    assert read_homes(tmp_path / "homes.jsonl") == {"h": expected}


def test_every_language_that_is_held_out_is_read() -> None:
    codes = [file.parent.name for file in HELD_OUT.glob("*/commands.jsonl")]
    rows, homes = read_heldout([])
    lengths = [len(read_rows(HELD_OUT / code / "commands.jsonl")) for code in codes]
    assert len(rows) == sum(lengths) > 1000
    assert {row["language"] for row in rows} == set(codes)
    assert {row["home"] for row in rows} <= homes.keys()


def test_one_language_alone() -> None:
    rows, homes = read_heldout(["ja"])
    assert {row["language"] for row in rows} == {"ja"}
    assert len(homes) == len(list((HELD_OUT / "ja").glob("*.yaml")))


def test_a_language_without_commands_is_refused() -> None:
    with pytest.raises(SystemExit, match="nothing held out for tlh"):
        read_heldout(["en", "tlh"])


def test_generated_sentences_are_asked_with_their_functions_and_mean_what_they_do(
    tmp_path: Path,
) -> None:
    call = {"name": "light.turn_on", "arguments": {"area": "Kitchen", "brightness_pct": 40}}
    record = {
        "language": "en",
        "home": HOME,
        "functions": ["light.turn_on"],
        "sentences": [
            {"text": "Kitchen at 40", "calls": [call], "source": "command"},
            {"text": "Lovely weather", "calls": [], "source": "chat"},
        ],
    }
    (tmp_path / "en.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    rows, homes = read_generated(tmp_path)
    assert homes == {
        "en/0": House(Home.from_dict(HOME), Where(), (BY_NAME["light.turn_on"],)),
    }
    lit = {"entity_id": ["light.a", "light.b"], "data": {"brightness_pct": 40}}
    said = {"home": "en/0", "language": "en"}
    assert rows == [
        {**said, "text": "Kitchen at 40", "kind": "command",
         "calls": [{"service": "light.turn_on", **lit}]},
        {**said, "text": "Lovely weather", "kind": "chat", "calls": []},
    ]  # fmt: skip
