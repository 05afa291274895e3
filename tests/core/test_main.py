"""The core on a command line: sentences in, calls out, whatever the files are."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from custom_components.functiongemma.core.__main__ import main, read_home
from custom_components.functiongemma.core.prompt import HOME_STYLE

from . import tiny_gguf

pytest.importorskip("llama_cpp", reason="runs llama.cpp")

ROOT = Path(__file__).parents[2]

HOME = {
    "areas": [{"id": "kitchen", "name": "Kitchen", "floor": "Ground floor"}],
    "devices": [{"id": "d1", "area": "kitchen"}],
    "entities": [
        {"id": "light.ceiling", "name": "Ceiling", "device": "d1"},
        {"id": "light.lamp", "name": "Lamp <escape>", "area": "kitchen"},
    ],
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gguf.write(tmp_path_factory.mktemp("gguf") / "tiny.gguf", prompt=HOME_STYLE)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home.json"
    path.write_text(json.dumps(HOME), encoding="utf-8")
    return path


def test_it_runs_where_home_assistant_is_not_installed(
    model: Path, home: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "path"
    blocked.mkdir()
    (blocked / "homeassistant.py").write_text("raise SystemExit('Home Assistant was imported')")
    script = (
        f"import sys, runpy; sys.path.insert(0, {str(blocked)!r}); sys.argv[1:] = "
        f"['--model', {str(model)!r}, '--home', {str(home)!r}, '--json']; "
        "runpy.run_module('custom_components.functiongemma.core', run_name='__main__')"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        input="Turn on the lamp\n\n  allume la lumière  \n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["text"] for row in rows] == ["Turn on the lamp", "allume la lumière"]
    for row in rows:
        assert {"answers", "confidence", "no_call", "evaluated", "ms"} <= row.keys()
        assert {"restore", "prefill", "decode"} <= row["timings"].keys()


def test_people_see_the_prompt_the_calls_and_the_time(
    model: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--model", str(model), "--home", str(home), "--prompt", "lamp on"])
    text = capsys.readouterr().out
    assert code == 0
    assert text.count("<bos>") == 1
    assert "<start_function_declaration>declaration:light.turn_on" in text
    assert "[Ground floor]\nKitchen: light Ceiling, Lamp ‹escape›\nlamp on<end_of_turn>" in text
    assert "<start_of_turn>model" in text
    assert "→" in text
    assert "tokens evaluated" in text


def test_one_bad_sentence_does_not_stop_the_others(
    model: Path, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("x" * 10_000 + "\nlamp on\n"))
    code = main(["--model", str(model), "--home", str(home), "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 1
    assert rows[0]["error"] == "PromptTooLongError"
    assert rows[1]["text"] == "lamp on"
    assert rows[1]["answers"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("home.json", "{", "no home file"),
        ("home.json", "[1, 2]", "no home file"),
        ("home.json", '{"entities": [{"name": "no id"}]}', "no home file"),
        ("home.yaml", "entities: [}", "no home file"),
    ],
)
def test_a_file_that_is_no_home_is_named(
    model: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: str,
    said: str,
) -> None:
    path = tmp_path / name
    path.write_text(content)
    assert main(["--model", str(model), "--home", str(path), "x"]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert name in error


def test_missing_files_are_named(
    model: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--model", str(model), "--home", str(tmp_path / "none.json"), "x"]) == 1
    assert "none.json" in capsys.readouterr().err
    assert main(["--model", str(tmp_path / "none.gguf"), "--home", str(home), "x"]) == 1
    assert "none.gguf" in capsys.readouterr().err


def test_yaml_and_json_are_the_same_home(home: Path, tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="reads YAML")
    path = tmp_path / "home.yaml"
    path.write_text(yaml.safe_dump(HOME, allow_unicode=True), encoding="utf-8")
    assert read_home(path) == read_home(home)
    assert len(read_home(path).entities) == 2
