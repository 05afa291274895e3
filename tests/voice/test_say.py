"""`scripts/demo --say`, as a user types it: speech goes in, the house moves, speech comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import pytest

from demo.options import cache_folder, parse
from demo.voice import sound
from demo.voice.servers import Tools

ROOT = Path(__file__).parents[2]
ADAPTER = ROOT / "custom_components/functiongemma/adapter/home.lora.gguf"

HERE = "Turn on the light"
ELSEWHERE = "Close the blinds in the bedroom"
QUESTION = "What is the temperature in the living room?"


@pytest.fixture(scope="module")
def said(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Three sentences spoken to a satellite in the kitchen, and what came of each.

    In a house that was never there before: the agent is set up when voice is there already.
    """
    if not ADAPTER.exists():
        pytest.skip("the home model's adapter is not here")
    cache = tmp_path_factory.mktemp("cache") / cache_folder().name
    cache.mkdir()
    if (models := cache_folder() / "models").exists():
        (cache / "models").symlink_to(models)
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--say", "--json", "--area", "Kitchen",
         HERE, ELSEWHERE, QUESTION],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
        stdin=subprocess.DEVNULL,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
            "XDG_CACHE_HOME": str(cache.parent),
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["text"]: row for row in rows}


@pytest.mark.slow
def test_a_spoken_sentence_moves_what_it_names(said: dict[str, dict[str, Any]]) -> None:
    row = said[ELSEWHERE]
    assert row["changes"] == {"cover.blinds": ["open", "closed"]}, row["heard"]
    assert [(call["service"], call["entity_id"]) for call in row["calls"]] == [
        ("cover.close_cover", ["cover.blinds"])
    ]


@pytest.mark.slow
def test_the_satellites_room_is_where_a_light_without_a_name_comes_on(
    said: dict[str, dict[str, Any]],
) -> None:
    row = said[HERE]
    # Everything that changed is in the kitchen: the rest of the house has lights too.
    assert row["changes"] == {
        "light.counter": ["off", "on"],
        "light.kitchen_ceiling": ["off", "on"],
    }, row["heard"]


@pytest.mark.slow
def test_a_spoken_question_is_answered_aloud_with_what_the_house_knows(
    said: dict[str, dict[str, Any]],
) -> None:
    row = said[QUESTION]
    assert "20" in row["reply"], row["heard"]
    assert row["changes"] == {}


@pytest.mark.slow
@pytest.mark.parametrize("text", [HERE, ELSEWHERE, QUESTION])
def test_every_reply_is_heard(said: dict[str, dict[str, Any]], text: str) -> None:
    row = said[text]
    assert row["reply"]
    with wave.open(row["audio"]["file"]) as file:
        samples = file.readframes(file.getnframes())
    assert sound.seconds(samples) > 0.3
    assert sound.loudness(samples) > 0.01


@pytest.mark.slow
def test_each_stage_tells_its_time(said: dict[str, dict[str, Any]]) -> None:
    for row in said.values():
        assert list(row["ms"]) == ["stt", "intent", "tts", "all"]
        assert all(value > 0 for value in row["ms"].values())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--say"], "--say needs sentences"),
        (["--say", "--serve"], "--say needs sentences"),
        (["--say", "--language", "fr", "Ferme les volets"], "English only"),
    ],
)
def test_what_cannot_be_spoken_is_said_before_anything_starts(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(arguments)
    assert told in capsys.readouterr().err
