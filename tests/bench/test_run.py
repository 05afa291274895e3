"""The command itself, with a real worker and a model of a few hundred kilobytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.agent import Agent
from bench.homes import make_home
from bench.machine import bandwidth, memory
from bench.naive import StockError, ask_stock
from bench.prompts import naive
from custom_components.functiongemma.core.prompt import HOME_STYLE

from ..core import tiny_gguf

pytest.importorskip("llama_cpp", reason="runs llama.cpp")

ROOT = Path(__file__).parents[2]

#: What others read from `--json`.
KEYS = {"warm", "naive", "ratio_naive_to_ours", "cold_ms", "rename_ms", "rename_wait_ms",
        "worker_rss_mb", "model_mb", "python_ms", "bus_ratio", "machine"}  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gguf.write(tmp_path_factory.mktemp("gguf") / "tiny.gguf", prompt=HOME_STYLE)


def command(*arguments: object) -> subprocess.Popen[str]:
    """`scripts/bench`, without its set-up."""
    return subprocess.Popen(
        [sys.executable, "-m", "bench", *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests run in the background, the signal is ignored, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.mark.slow
def test_all_numbers_come_out_of_one_command(model: Path) -> None:
    process = command("--quick", "--json", "--peer", "--model", model)
    output, said = process.communicate()
    assert process.returncode == 0, said
    results = json.loads(output)
    assert results.keys() >= KEYS
    for size in ("25", "100", "1000"):
        row = results["warm"][size]
        parts = row["parts"]
        assert row["samples"] == 3
        assert parts.keys() >= {"functions", "restore", "prefill", "decode", "worker", "choose"}
        assert row["steps"]["decode_batches"] >= 1
    assert results["naive"]["25"]["prompt_tokens"] > 1000
    assert results["peer"]["25"]["prompt_tokens"] > 1000
    assert results["model_mb"] == pytest.approx(model.stat().st_size / 1e6, rel=0.01)
    assert "[" in said and "100 devices" in said


@pytest.mark.slow
async def test_the_parts_of_a_sentence_add_up(model: Path, tmp_path: Path) -> None:
    home = make_home(25)
    async with Agent.start(tmp_path, model, 1) as agent:
        assert agent.runtime.info is not None
        assert memory(agent.runtime.info.pid)["rss_mb"] > 10
        await agent.prepare(home)
        first = await agent.understand(home, "Switch on the lights")
        second = await agent.understand(home, "Switch on the lights")
    assert {step.stage for step in first.work.steps} == {"prepare", "prefill", "decode"}
    assert {step.stage for step in second.work.steps} == {"prefill", "decode"}
    assert second.work.rows > 0
    stations = ("functions", "restore", "prefill", "decode", "worker", "choose")
    assert sum(second.parts[part] for part in stations) == pytest.approx(second.milliseconds)
    both = second.parts["llama"] + second.parts["python"]
    assert both == pytest.approx(second.milliseconds)
    assert second.parts["llama"] == pytest.approx(second.work.milliseconds)


@pytest.mark.slow
async def test_the_naive_way_evaluates_the_whole_prompt_every_time(model: Path) -> None:
    prompts = [naive(make_home(25), "Switch on the lights")] * 2
    answers = await ask_stock(model, prompts, threads=1)
    assert [answer["prompt_tokens"] for answer in answers] == [answers[0]["prompt_tokens"]] * 2
    assert answers[0]["text"] == answers[1]["text"]
    assert answers[0]["ms"] > 0


async def test_why_the_naive_way_failed_is_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF")
    with pytest.raises(StockError, match=r"ValueError: .*broken\.gguf"):
        await ask_stock(broken, [["text"]], threads=1)


def test_a_broken_model_is_one_line_too(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"no model")
    process = command("--quick", "--json", "--model", broken)
    output, said = process.communicate()
    assert (process.returncode, output) == (1, "")
    assert [line for line in said.splitlines() if line.startswith("error: ")] == [
        said.splitlines()[-1]
    ]
    assert "Traceback" not in said


@pytest.mark.slow
def test_an_interruption_leaves_nothing_behind(model: Path) -> None:
    process = command("--model", model)
    assert process.stderr is not None
    for line in process.stderr:
        if "devices" in line:
            break
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (found := children.read_text().split()):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output, said = process.communicate()
    assert (process.returncode, output) == (130, "")
    assert said.splitlines()[-1] == "interrupted"
    assert not [pid for pid in found if os.path.exists(f"/proc/{pid}")]


def test_memory_is_read_by_as_many_threads_as_asked() -> None:
    assert bandwidth(1, 8 << 20) > 0
    assert bandwidth(2, 8 << 20) > 0
