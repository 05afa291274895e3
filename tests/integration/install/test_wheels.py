"""Wheel files on the machine, and pins: the right one is taken, and a wrong one is explained."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.tags import Tag
from packaging.utils import parse_wheel_filename

from custom_components.functiongemma.install.machine import Machine
from custom_components.functiongemma.install.pins import PINS, PinnedFile, Pins, read_pins
from custom_components.functiongemma.install.wheels import find_wheels, wanted_name

from .packages import VERSION, drop, make_wheel, native_tag, wheel_name


def on(machine: Machine, *platforms: str) -> Machine:
    """The machine with another libc or processor."""
    tags = [Tag("cp314", "cp314", name) for name in platforms]
    tags += [Tag("py3", "none", name) for name in platforms]
    return replace(machine, tags=tuple(tags))


HAOS_PI = ("musllinux_1_2_aarch64", "musllinux_1_1_aarch64", "musllinux_1_0_aarch64")
DEBIAN = ("manylinux_2_36_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("model.whl", "does not have a wheel's name"),
        ("numpy-2.3.2-py3-none-any.whl", "is not llama-cpp-python"),
        (f"llama_cpp_python-0.2.0-{native_tag()}.whl", "0.3.36 is needed"),
        (wheel_name(tag="cp39-cp39-win_amd64"), "made for cp39-cp39-win_amd64"),
        (wheel_name(), "damaged"),
    ],
)
def test_wheel_that_cannot_be_used_is_told_why(
    tmp_path: Path, machine: Machine, name: str, words: str
) -> None:
    drop(tmp_path, b"not a zip file", name)
    found = find_wheels(tmp_path, machine, (VERSION,))
    assert not found.usable
    (reason,) = found.refused
    assert words in reason
    assert name in reason


def test_best_of_several_wheels_comes_first(tmp_path: Path, machine: Machine) -> None:
    pi = on(machine, *HAOS_PI)
    for tag in ("musllinux_1_0_aarch64", "musllinux_1_2_aarch64", "manylinux_2_17_aarch64"):
        drop(tmp_path, make_wheel(), wheel_name(tag=f"py3-none-{tag}"))
    found = find_wheels(tmp_path, pi, (VERSION,))
    assert [path.name.split("-")[-1] for path in found.usable] == [
        "musllinux_1_2_aarch64.whl",
        "musllinux_1_0_aarch64.whl",
    ]
    assert "manylinux_2_17_aarch64" in found.refused[0]


def test_build_number_and_local_version_are_the_same_version(
    tmp_path: Path, machine: Machine
) -> None:
    drop(tmp_path, make_wheel(), wheel_name("0.3.36+pi5"))
    drop(tmp_path, make_wheel(), wheel_name("0.3.36-1"))
    assert len(find_wheels(tmp_path, machine, (VERSION,)).usable) == 2


def test_folder_that_is_not_there_holds_nothing(tmp_path: Path, machine: Machine) -> None:
    assert find_wheels(tmp_path / "none", machine, (VERSION,)) == find_wheels(
        tmp_path, machine, (VERSION,)
    )


def test_user_is_told_the_name_to_look_for(machine: Machine) -> None:
    pi = replace(machine, libc="musl", architecture="aarch64")
    assert wanted_name(pi, VERSION) == "llama_cpp_python-0.3.36-py3-none-musllinux_*_aarch64.whl"


def pinned(platform: str, *needs: str) -> PinnedFile:
    name = f"llama_cpp_python-{VERSION}-py3-none-{platform}.whl"
    return PinnedFile(name, "0" * 64, 1, "http://127.0.0.1/x", frozenset(needs))


UPSTREAM = tuple(
    pinned(f"{libc}_{architecture}")
    for libc in ("musllinux_1_2", "manylinux_2_17")
    for architecture in ("aarch64", "x86_64")
)


@pytest.mark.parametrize("platforms", [HAOS_PI, DEBIAN])
def test_pinned_wheel_is_the_one_for_this_libc_and_processor(
    machine: Machine, platforms: tuple[str, ...]
) -> None:
    pins = Pins((VERSION,), pinned("any"), UPSTREAM)
    (best,) = pins.best(on(machine, *platforms))
    made_for = best.file.split("-")[-1]
    assert made_for.split("_")[0] == platforms[0].split("_")[0]
    assert made_for.removesuffix(".whl").endswith(platforms[0].split("_", 3)[-1])


def test_own_pi_5_build_is_for_pi_5_only(machine: Machine) -> None:
    ours = pinned("musllinux_1_2_aarch64", "asimddp")
    pins = Pins((VERSION,), pinned("any"), (*UPSTREAM, ours))
    pi = on(machine, *HAOS_PI)
    assert pins.best(replace(pi, features=frozenset({"asimd", "asimddp"})))[0] == ours
    assert ours not in pins.best(replace(pi, features=frozenset({"asimd"})))


def test_shipped_pins_are_whole() -> None:
    pins = read_pins()
    assert pins.versions
    assert re.fullmatch(r"[0-9a-f]{64}", pins.source.sha256)
    assert pins.versions[0] in pins.source.file
    for wheel in pins.wheels:
        assert re.fullmatch(r"[0-9a-f]{64}", wheel.sha256), wheel.file
        assert wheel.size > 100_000
        assert wheel.url is not None and wheel.url.startswith("https://")
        assert wheel.url.endswith(wheel.file)
        assert parse_wheel_filename(wheel.file)[1].public in pins.versions
    assert json.loads(PINS.read_text(encoding="utf-8")).keys() == {"versions", "source", "wheels"}
