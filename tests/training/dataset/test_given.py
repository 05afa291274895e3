"""`training.dataset --home`: what is said to one's own house names it, and can be done there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.constraint import Constraint, Refused, strings
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Failed, resolve
from custom_components.functiongemma.core.tokens import encode
from training.dataset.__main__ import Generator, main
from training.dataset.__main__ import records as records_of
from training.dataset.given import SHOWN, GivenHome
from training.dataset.lexicon import Lexicon
from training.sequences import answer_segments
from training.tokenizer import GgufTokenizer

#: A player that can be heard and not switched, lights of three sorts, names in three languages.
HOUSE = """
areas:
- {id: k, name: Kitchen, floor: Ground floor, aliases: [Cuisine, 주방]}
- {id: s, name: South veranda, floor: Ground floor}
- {id: l, name: Léa's room, floor: Upstairs, aliases: [Chambre de Léa]}
- {id: empty, name: Nobody's}
entities:
- {id: light.a, name: Kitchen blue lamp, area: k, attributes: {supported_color_modes: [hs]}}
- {id: light.b, name: Plafonnier, area: k, attributes: {supported_color_modes: [onoff]}}
- {id: light.c, name: Zorglub, area: l, attributes: {supported_color_modes: [brightness]}}
- {id: light.d, name: Zorglub, area: s, attributes: {supported_color_modes: [brightness]}}
- {id: switch.d, name: Coffee machine, area: k, aliases: [Cafetière, 커피머신]}
- id: climate.e
  name: Veranda AC
  area: s
  attributes:
    supported_features: 25
    hvac_modes: [cool, dry, 'off']
    preset_modes: [none, Deep frost]
    fan_modes: [auto, silent]
- id: media_player.f
  name: Telly
  area: s
  attributes: {supported_features: 18461, device_class: tv, source_list: [Channel 4, PlayStation 5]}
- {id: media_player.g, name: Speaker, area: l, attributes: {supported_features: 4}}
- {id: cover.h, name: Blackout, area: l, attributes: {device_class: curtain, supported_features: 3}}
- {id: sensor.i, name: Air temperature, area: s, attributes: {device_class: temperature}}
- {id: sensor.j, name: CO2, area: s, attributes: {device_class: carbon_dioxide}}
- {id: scene.k, name: Movie night}
"""
#: With and without inflection, compounds and spaces.
CODES = ("de", "en", "fr", "ko", "ru")
Record = dict[str, Any]


@pytest.fixture(scope="module")
def records(lexicons: dict[str, Lexicon]) -> dict[str, list[Record]]:
    """What is said to the whole house."""
    return said_to(yaml.safe_load(HOUSE), lexicons)


def said_to(house: dict[str, Any], lexicons: dict[str, Lexicon]) -> dict[str, list[Record]]:
    """By language: ten times the house with a dozen and a half sentences."""
    made = {}
    for code in CODES:
        given = GivenHome(house, lexicons, code)
        generator = Generator(code, lexicons, [given], 1.0)
        made[code] = [generator.record(f"own/{code}/{i}", 18, given) for i in range(10)]
    return made


def calls(records: list[Record]) -> Iterator[tuple[str, dict[str, Any]]]:
    for record in records:
        for row in record["sentences"]:
            for call in row["calls"]:
                yield row["text"], call


every = pytest.mark.parametrize("code", CODES)


@every
def test_every_label_can_be_decoded_and_carried_out(
    records: dict[str, list[Record]], code: str, tokenize: GgufTokenizer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # The tiny tokenizer spells rare letters out in bytes: free text is too long for it, not wrong.
    monkeypatch.setattr(strings, "MAX_FREE", 200)
    for record in records[code]:
        home = Home.from_dict(record["home"])
        functions = [BY_NAME[name] for name in record["functions"]]
        constraint = Constraint(home, functions, tokenize.vocabulary)
        for row in record["sentences"]:
            meant = [FunctionCall(c["name"], c["arguments"]) for c in row["calls"]]
            try:
                assert constraint.follow(encode(answer_segments(meant), tokenize)).done, row
            except Refused:
                pytest.fail(str(row))
            for call in meant:
                assert not isinstance(resolve(home, call), Failed), row


@every
def test_the_record_is_the_house(records: dict[str, list[Record]], code: str) -> None:
    home = Home.from_dict(yaml.safe_load(HOUSE))
    for record in records[code]:
        assert Home.from_dict(record["home"]) == home
        assert len(record["sentences"]) > 9
    named = {call["arguments"].get("name") for _, call in calls(records[code])}
    assert named & {"Zorglub", "Telly", "Blackout"}


def test_what_a_lamp_cannot_do_is_not_said_of_it(lexicons: dict[str, Lexicon]) -> None:
    # With nothing but lamps, enough is said of each one to see it.
    house = yaml.safe_load(HOUSE)
    house["entities"] = [e for e in house["entities"] if e["id"].startswith("light.")]
    said = [call for of in said_to(house, lexicons).values() for _, call in calls(of)]
    dimmed = {c["arguments"].get("name") for c in said if "brightness_pct" in c["arguments"]}
    coloured = {c["arguments"].get("name") for c in said if "color_name" in c["arguments"]}
    assert dimmed == {None, "Kitchen blue lamp", "Zorglub"}
    assert coloured == {None, "Kitchen blue lamp"}


def test_what_a_device_cannot_do_is_not_said_of_it(records: dict[str, list[Record]]) -> None:
    functions = {call["name"] for code in CODES for _, call in calls(records[code])}
    assert "media_player.volume_set" in functions and "cover.close_cover" in functions
    assert "climate.turn_on" not in functions and "cover.set_cover_position" not in functions


def test_values_are_those_of_the_house(records: dict[str, list[Record]]) -> None:
    found: dict[str, set[str]] = {}
    for code in CODES:
        for _, call in calls(records[code]):
            for key, value in call["arguments"].items():
                found.setdefault(key, set()).add(str(value))
    assert found["hvac_mode"] <= {"cool", "dry", "off"}
    assert found["source"] <= {"Channel 4", "PlayStation 5"}
    assert found.get("preset_mode", set()) <= {"Deep frost"}
    assert found.get("fan_mode", set()) <= {"auto", "silent"}


def test_names_are_said_in_the_language_of_the_sentence(records: dict[str, list[Record]]) -> None:
    def named(code: str) -> set[str]:
        return {str(call["arguments"].get("name")) for _, call in calls(records[code])}

    def said(code: str) -> str:
        return "\n".join(text for text, _ in calls(records[code])).casefold()

    # French people know a "coffee machine" too.
    assert "Cafetière" in named("fr") and "커피머신" not in said("fr")
    # Called by what it is ("the plug"), it is labelled with its first name, whose language that is.
    assert "커피머신" in named("ko")
    assert "coffee machine" not in said("ko") and "cafetière" not in said("ko")
    assert "Coffee machine" in named("en") and "커피머신" not in said("en")


def test_a_device_is_also_called_without_its_room(lexicons: dict[str, Lexicon]) -> None:
    made = GivenHome(yaml.safe_load(HOUSE), lexicons, "en").make(Random(1))
    lamp = made.devices[0]
    assert [word.name for word in lamp.words] == ["Kitchen blue lamp", "blue lamp"]
    assert {lamp.listed(word) for word in lamp.words} == {"Kitchen blue lamp"}


def test_a_large_house_is_taken_room_by_room(lexicons: dict[str, Lexicon]) -> None:
    """All of it at once would be longer than what training reads."""
    rows = [{"id": f"light.l{i}", "name": f"Lamp {i}", "area": f"a{i // 9}"} for i in range(300)]
    areas = [{"id": f"a{i}", "name": f"Room {i}"} for i in range(34)]
    given = GivenHome({"areas": areas, "entities": rows}, lexicons, "en")
    parts = [given.make(Random(i)) for i in range(20)]
    for made in parts:
        assert made.home == Home.from_dict(made.to_dict())
        assert [d.entity for d in made.devices] == list(made.home.entities)
        assert len(made.devices) == SHOWN
    assert len({d.entity.entity_id for made in parts for d in made.devices}) > 250


# -- the command ---------------------------------------------------------------------------------


def test_random_homes_are_mixed_in_so_that_nothing_is_forgotten(
    lexicons: dict[str, Lexicon],
) -> None:
    own = GivenHome(yaml.safe_load(HOUSE), lexicons, "en")
    other = GivenHome({"entities": [{"id": "light.x", "name": "Lamp"}]}, lexicons, "en")
    generator = Generator("en", lexicons)

    def homes(given: list[GivenHome], share: float) -> list[Home]:
        generator.given, generator.share = given, share
        return [Home.from_dict(record["home"]) for record in records_of(generator, 1, 8, 1)]

    alone = homes([], 0.0)
    half = homes([own], 0.5)
    assert [home == own.home for home in half] == [False, True] * 4
    assert half[::2] == alone[::2], "a random home does not hang on the given ones"
    assert homes([own, other], 1.0) == [own.home, other.home] * 4
    assert homes([own], 0.0) == alone


def test_the_command_reads_the_house(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(HOUSE, "utf-8")
    options = ["--languages", "fr", "--homes", "4", "--sentences", "4", "--seed", "2"]
    main(["--out", str(tmp_path), *options, "--home", str(tmp_path / "own.yaml")])
    rows = [json.loads(line) for line in (tmp_path / "fr.jsonl").read_text("utf-8").splitlines()]
    own = Home.from_dict(yaml.safe_load(HOUSE))
    assert [Home.from_dict(row["home"]) == own for row in rows] == [False, True] * 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "No such file"),
        ("a: [", "not YAML"),
        ("just text", "not a home file"),
        ("entities: [{name: x}]", "not a home file"),
        ("entities: []", "no entities"),
        ("[1, 2]", "not a home file"),
    ],
)
def test_what_is_wrong_with_a_home_file_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, problem: str
) -> None:
    path = tmp_path / "mine.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path / "data"), "--languages", "en", "--home", str(path)])
    message = capsys.readouterr().err
    assert problem in message and "mine.yaml" in message


def test_a_share_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--sample", "1", "--languages", "en", "--share", "50"])
    assert "--share" in capsys.readouterr().err
