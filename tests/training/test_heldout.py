"""The held-out commands can be answered rightly: a wrong label would send training astray."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.functiongemma.core.catalogue import FUNCTIONS, functions_for
from custom_components.functiongemma.core.functions import Function
from training.evaluate.commands import House, read_homes

HELD_OUT = Path(__file__).parents[2] / "training" / "heldout"
CODES = sorted(file.parent.name for file in HELD_OUT.glob("*/commands.jsonl"))
KINDS = {"plain", "indirect", "terse", "sloppy", "two", "question", "nothing", "ambiguous"}

every = pytest.mark.parametrize("code", CODES)


def rows(code: str) -> list[dict[str, Any]]:
    file = HELD_OUT / code / "commands.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def houses() -> dict[str, dict[str, House]]:
    return {code: read_homes(HELD_OUT / code) for code in CODES}


@every
def test_there_are_enough_of_every_kind(code: str) -> None:
    commands = rows(code)
    assert len(commands) >= 150
    assert {row["kind"] for row in commands} == KINDS
    assert all(row["language"] == code for row in commands)
    lights = [r for r in commands if any(c["service"].startswith("light.") for c in r["calls"])]
    assert len(lights) <= 0.4 * len(commands)
    said = [(row["home"], row["text"].casefold()) for row in commands]
    assert len(set(said)) == len(said)


@every
def test_every_call_is_possible(houses: dict[str, dict[str, House]], code: str) -> None:
    for row in rows(code):
        house = houses[code][row["home"]]
        entities = {entity.entity_id: entity for entity in house.home.entities}
        offered = functions_for(house.home)
        for made in row["calls"]:
            if made["service"] == "ambiguous":
                assert not made["entity_id"], row
                continue
            ids = made["entity_id"]
            assert set(ids) <= entities.keys(), row
            able = [f for f in offered if service_of(f, made["data"]) == made["service"]]
            assert able, row
            assert any(
                all(
                    i.partition(".")[0] in f.domains and entities[i].supports(f.feature)
                    for i in ids
                )
                for f in able
            ), row


def service_of(function: Function, data: dict[str, Any]) -> str:
    """The action a function becomes, whatever its arguments are called."""
    arguments: dict[str, Any] = {"item": "x", **data}
    arguments |= {p.name: data.get(p.name, 50) for p in function.parameters if p.type != "STRING"}
    arguments |= {
        p.name: data.get(p.name, (p.values or ("x",))[0])
        for p in function.parameters
        if p.type == "STRING"
    }
    known = {parameter.name for parameter in function.parameters}
    return function.service_for({k: v for k, v in arguments.items() if k in known})[0]


def test_all_functions_have_a_name_here() -> None:
    assert all(service_of(function, {}) for function in FUNCTIONS)
