"""Whoever wants to know what the model was taught can read it: true counts, and samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from training.dataset import card
from training.dataset.__main__ import main as generate


def line(*said: tuple[str, list[str], str], areas: int = 1, entities: int = 3) -> dict[str, Any]:
    return {
        "home": {"areas": [{}] * areas, "entities": [{}] * entities},
        "sentences": [
            {
                "text": text,
                "calls": [{"name": n, "arguments": {"name": "A|B"}} for n in names],
                "source": source,
            }
            for text, names, source in said
        ],
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    english = [
        line(("Lamp on", ["light.turn_on"], "command"), ("Hi", [], "chat")),
        line(("Both", ["light.turn_on", "light.turn_on"], "both"), areas=0, entities=7),
    ]
    french = [line(("Allume <ça>", ["light.turn_on", "fan.turn_on"], "two"))]
    for code, lines in (("en", english), ("fr", french)):
        path = tmp_path / f"{code}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in lines), encoding="utf-8")
    return tmp_path


def test_counts_are_of_sentences_homes_and_their_devices(data: Path) -> None:
    text = card.card(card.read(data))
    assert "3 homes, 4 sentences, 2 languages" in text
    ways = [33, 0, 33, *[0] * 8, 33, 0]
    shares = " | ".join(f"{way}%" for way in ways)
    assert f"| en | 2 | 50% | 3, 5, 7 | 3 | {shares} |" in text
    assert "| `light.turn_on` | 3 | 1 (fr) |" in text
    assert "| `fan.turn_on` | 1 | 0 (en) |" in text
    assert "| nothing is called | 1 | 0 (fr) |" in text


def test_what_people_say_cannot_break_the_tables(data: Path) -> None:
    text = card.card(card.read(data))
    assert "| Allume &lt;ça> | `light.turn_on` name: A\\|B<br>`fan.turn_on` name: A\\|B |" in text


def test_the_generators_own_files_are_counted(tmp_path: Path) -> None:
    generate(["--out", str(tmp_path / "data"), "--homes", "2", "--languages", "ko,ja"])
    out = tmp_path / "card.md"
    card.main([str(tmp_path / "data"), "--out", str(out)])
    text = out.read_text(encoding="utf-8")
    assert "**ja**" in text
    assert "**ko**" in text


def test_an_empty_folder_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        card.main([str(tmp_path)])
    assert "no files of the dataset" in capsys.readouterr().err
