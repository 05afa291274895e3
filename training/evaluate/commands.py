"""What a model is asked: commands with the calls that are meant, and the homes they are said in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Where

from ..paths import HELD_OUT


@dataclass(frozen=True)
class House:
    """A home and the states its entities are in."""

    home: Home
    where: Where


def read_homes(path: Path) -> dict[str, House]:
    """Houses by name: a folder of YAML files, or JSONL with a `home` (its name) a line."""
    if path.is_dir():
        files = sorted(path.glob("*.yaml"))
        return {file.stem: _house(yaml.safe_load(file.read_text("utf-8"))) for file in files}
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {row["home"]: _house(row) for row in rows}


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Commands, one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_heldout(codes: Sequence[str]) -> tuple[list[dict[str, Any]], dict[str, House]]:
    """The held-out commands of these languages (none named: of all), and their houses.

    Raises SystemExit for a language without any.
    """
    there = sorted(file.parent.name for file in HELD_OUT.glob("*/commands.jsonl"))
    if unknown := sorted(set(codes) - set(there)):
        raise SystemExit(f"nothing held out for {', '.join(unknown)}; there is {', '.join(there)}")
    rows: list[dict[str, Any]] = []
    homes: dict[str, House] = {}
    for code in codes or there:
        # Two languages may have called a home the same.
        houses = read_homes(HELD_OUT / code)
        homes |= {f"{code}/{name}": house for name, house in houses.items()}
        commands = read_rows(HELD_OUT / code / "commands.jsonl")
        rows += [{**row, "home": f"{code}/{row['home']}"} for row in commands]
    return rows, homes


def _house(data: dict[str, Any]) -> House:
    states = {row["id"]: str(row["state"]) for row in data["entities"] if "state" in row}
    return House(Home.from_dict(data), Where(states=states))
