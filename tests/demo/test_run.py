"""The command itself: what a user types, and what comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from demo.home import DemoError, free_port
from demo.house import load_house
from demo.options import HOUSE, parse
from demo.serve import check_port, dashboard_of
from demo.terminal import Terminal

ROOT = Path(__file__).parents[2]
ADAPTER = ROOT / "custom_components/functiongemma/adapter/home.lora.gguf"

#: Sentences in four languages, what they call, and the states or attributes they end in.
SENTENCES = [
    (
        "Turn on the kitchen lights",
        "en",
        [("light.turn_on", {"light.counter", "light.kitchen_ceiling"}, {})],
        {"light.kitchen_ceiling": ["off", "on"], "light.counter": ["off", "on"]},
    ),
    (
        "Éteins la lampe du salon",
        "fr",
        [("light.turn_off", {"light.living_room_lamp"}, {})],
        {"light.living_room_lamp": ["on", "off"]},
    ),
    (
        "거실 온도 2도 올려줘",
        "ko",
        [("climate.set_temperature", {"climate.living_room"}, {"temperature": 22.5})],
        {"climate.living_room": ["heat temperature=20.5", "heat temperature=22.5"]},
    ),
    (
        "寝室の電気を消して",
        "ja",
        [("light.turn_off", {"light.bedroom_ceiling", "light.bedside"}, {})],
        {"light.bedroom_ceiling": ["on", "off"], "light.bedside": ["on", "off"]},
    ),
    (
        "Dim the bedroom to 30 percent and close the blinds",
        "en",
        [
            ("light.turn_on", {"light.bedroom_ceiling", "light.bedside"}, {"brightness_pct": 30}),
            ("cover.close_cover", {"cover.blinds"}, {}),
        ],
        {
            "light.bedroom_ceiling": ["off", "on"],
            "light.bedside": ["off", "on"],
            "cover.blinds": ["open", "closed"],
        },
    ),
]


def _demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demo", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.slow
@pytest.mark.skipif(not ADAPTER.exists(), reason="the home model's adapter is not here")
def test_five_sentences_in_four_languages_move_the_house() -> None:
    run = _demo("--json", *(text for text, *_ in SENTENCES))
    assert run.returncode == 0, run.stderr
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(lines) == len(SENTENCES)
    for line, (text, language, calls, changes) in zip(lines, SENTENCES, strict=True):
        assert set(line) == {"text", "language", "calls", "changes", "reply", "ms"}
        assert (line["text"], line["language"]) == (text, language)
        made = [(call["service"], set(call["entity_id"]), call["data"]) for call in line["calls"]]
        assert made == calls, line
        assert line["changes"] == changes
        assert line["reply"]
        assert line["ms"] > 0


@pytest.mark.slow
@pytest.mark.skipif(not ADAPTER.exists(), reason="the home model's adapter is not here")
def test_what_the_agent_asks_is_answered_by_the_next_sentence() -> None:
    run = _demo("--json", "unlock the front door", "yes", "turn on the kitchen lights")
    assert run.returncode == 0, run.stderr
    asked, unlocked, light = map(json.loads, run.stdout.splitlines())
    assert asked["calls"] == [], asked
    assert [call["service"] for call in unlocked["calls"]] == ["lock.unlock"], unlocked
    assert unlocked["changes"] == {"lock.front_door": ["locked", "unlocked"]}
    assert [call["service"] for call in light["calls"]] == ["light.turn_on"], light


def test_a_mistake_in_the_home_file_ends_the_demo_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "home.yaml"
    file.write_text("entities:\n- {id: Lamp}\n")
    run = _demo("--json", "--home", str(file), "Turn on the lamp")
    assert run.returncode == 1
    assert run.stdout == ""
    assert "line 2: entities[0]: 'Lamp' is no entity id" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--threads", "0"], "'0' is not a number from 1"),
        (["--port", "99999"], "'99999' is not a port"),
        (["--serve", "--json"], "--serve goes with neither"),
        (["--empty"], "--empty needs --serve"),
        (["--serve", "--empty", "--threads", "2"], "goes with neither --model nor --threads"),
        (["--time"], "--time needs sentences"),
        (["--model", "/nowhere/model.gguf"], "there is no file /nowhere/model.gguf"),
    ],
)
def test_a_mistake_on_the_command_line_is_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(arguments)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_help_explains_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["--help"])
    assert caught.value.code == 0
    told = capsys.readouterr().out
    for word in ("--json", "--language", "--home", "--area", "--model", "--threads", "--serve",
                 "--empty", "--port", "--time", "--verbose", "entity_id",
                 "brightness=30%"):  # fmt: skip
        assert word in told


def test_a_port_that_is_taken_is_told(socket_enabled: None) -> None:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(DemoError, match=f"Port {port} cannot be used"):
            check_port(port)
    check_port(port)


#: In a process of its own: the test plugin keeps Home Assistant from its storage.
_OPEN_AT = """
import asyncio, sys
from pathlib import Path
from demo.home import async_start, async_stop
from demo.house import load_house

async def main(folder, house, *ports):
    for port in ports:
        hass = await async_start(Path(folder), load_house(house), port=int(port))
        print(hass.http.server_port)
        await async_stop(hass)

asyncio.run(main(*sys.argv[1:]))
"""


def test_the_house_is_open_at_the_port_that_was_asked_for_each_time(
    tmp_path: Path, socket_enabled: None
) -> None:
    ports = [str(free_port()), str(free_port())]
    run = subprocess.run(
        [sys.executable, "-c", _OPEN_AT, str(tmp_path), str(HOUSE), *ports],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert run.stdout.split() == ports, run.stderr


def test_the_dashboard_shows_every_entity_once() -> None:
    house = load_house(str(HOUSE))
    board = yaml.safe_load(json.dumps(dashboard_of(house)))
    assert [view["title"] for view in board["views"]] == [
        "Ground floor",
        "Upstairs",
        "Basement",
        house.name,
    ]
    shown = [
        card["entity"]
        for view in board["views"]
        for section in view["sections"]
        for card in section["cards"]
        if card["type"] == "tile"
    ]
    assert sorted(shown) == sorted(entity.entity_id for entity in house.entities)


def test_nothing_but_text_goes_to_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(sys.stdout)
    terminal.error("no")
    terminal.progress("first", 0.5)
    terminal.progress("first", 0.6)
    terminal.house(load_house(str(HOUSE)), {"light.hallway": "on"})
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert told.count("first") == 1
    assert "Hallway light" in told
