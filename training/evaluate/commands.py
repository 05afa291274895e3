"""What a model is asked: commands with the calls that are meant, and the homes they are said in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.catalogue import BY_NAME, functions_for
from custom_components.functiongemma.core.functions import Function
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Where, resolve

from ..paths import HELD_OUT
from ..sequences import read_records
from .scoring import made_calls


@dataclass(frozen=True)
class House:
    """A home, the states its entities are in, and the functions that are offered."""

    home: Home
    where: Where
    functions: tuple[Function, ...]


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


def read_generated(folder: Path) -> tuple[list[dict[str, Any]], dict[str, House]]:
    """The sentences of `training.dataset`'s files, each with its sort as `kind`, and their houses.

    A wrong answer to these is one that was not learned; to others, perhaps one that was not taught.
    """
    rows: list[dict[str, Any]] = []
    homes: dict[str, House] = {}
    for number, record in enumerate(read_records(folder)):
        home = Home.from_dict(record["home"])
        name = f"{record['language']}/{number}"
        functions = tuple(BY_NAME[function] for function in record["functions"])
        homes[name] = House(home, Where(), functions)
        for said in record["sentences"]:
            calls = [FunctionCall(call["name"], call["arguments"]) for call in said["calls"]]
            where = Where(said=said["text"])
            meant = made_calls(resolve(home, call, where) for call in calls)
            row = {"language": record["language"], "text": said["text"], "kind": said["source"]}
            rows.append({**row, "home": name, "calls": meant})
    return rows, homes


def _house(data: dict[str, Any]) -> House:
    states = {row["id"]: str(row["state"]) for row in data["entities"] if "state" in row}
    home = Home.from_dict(data)
    return House(home, Where(states=states), functions_for(home))
