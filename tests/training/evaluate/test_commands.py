"""What is asked is what the files say: every home, every command, and no language by mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Where
from training.evaluate.commands import House, read_heldout, read_homes, read_rows
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
    expected = House(Home.from_dict(HOME), Where(states={"light.a": "on"}))
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
