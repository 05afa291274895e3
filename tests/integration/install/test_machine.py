"""What is here: a wrong guess installs what does not run, or nothing where something would."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.tags import Tag, sys_tags

from custom_components.functiongemma.install.machine import (
    Machine,
    Memory,
    libc_of,
    look_around,
    read_features,
    read_memory,
)

PI_5 = """processor	: 0
BogoMIPS	: 108.00
Features	: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
CPU implementer	: 0x41
"""  # noqa: E501
PI_4 = "Features\t: fp asimd evtstrm crc32 cpuid\n"


def test_this_machine_is_described_without_guesses(tmp_path: Path) -> None:
    here = look_around(tmp_path / "not" / "there" / "yet")
    assert here.tags == tuple(sys_tags())
    assert here.free_disk > 0
    assert here.cores > 0
    for fact in (here.architecture, here.libc, here.python, here.abi):
        assert fact in here.describe()


def test_pi_5_has_dot_products_and_pi_4_has_not() -> None:
    assert {"asimd", "asimddp", "asimdhp"} == read_features(PI_5)
    assert read_features(PI_4) == {"asimd"}


def test_only_what_every_core_has_counts() -> None:
    assert read_features(PI_5 + PI_4) == {"asimd"}


def test_processor_that_says_nothing_has_no_features() -> None:
    assert read_features("") == frozenset()


@pytest.mark.parametrize(
    ("platforms", "libc"),
    [
        (["musllinux_1_2_aarch64", "musllinux_1_1_aarch64", "linux_aarch64"], ("musl", "1.2")),
        (["manylinux_2_41_x86_64", "manylinux2014_x86_64", "linux_x86_64"], ("glibc", "2.41")),
        (["macosx_14_0_arm64"], ("unknown", "")),
    ],
)
def test_libc_is_the_one_python_was_built_for(platforms: list[str], libc: tuple[str, str]) -> None:
    assert libc_of(tuple(Tag("cp314", "cp314", name) for name in platforms)) == libc


def test_machine_without_proc_is_still_described(tmp_path: Path) -> None:
    here = look_around(tmp_path, proc=tmp_path)
    assert here.features == frozenset()
    assert here.free_memory == 0
    assert "no known extensions" in here.describe()


def test_memory_is_read_where_the_system_tells(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text(
        "MemTotal:  947744 kB\nMemFree: 1 kB\nMemAvailable: 512 kB\n\n"
    )
    assert read_memory(tmp_path) == (memory := Memory(947_744 << 10, 512 << 10))
    assert look_around(tmp_path, proc=tmp_path).free_memory == memory.free
    here = read_memory()
    assert 0 < here.free < here.total
    assert read_memory(tmp_path / "nowhere") == Memory(0, 0)


@pytest.mark.parametrize(
    ("cc", "cxx", "found"), [("/bin/sh -x", "/bin/sh", True), ("/bin/sh", "/nowhere/c++", False)]
)
def test_compiler_that_is_configured_is_the_one_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cc: str, cxx: str, found: bool
) -> None:
    monkeypatch.setenv("CC", cc)
    monkeypatch.setenv("CXX", cxx)
    assert look_around(tmp_path).compiler is found


def test_no_compiler_where_the_path_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CC", "CXX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    here = look_around(tmp_path)
    assert not here.compiler
    assert "no C and C++ compiler, no cmake" in here.describe()


def test_card_that_moves_to_another_processor_is_another_machine(machine: Machine) -> None:
    assert machine.fingerprint == replace(machine, free_disk=1, cores=64).fingerprint
    other = replace(machine, features=machine.features ^ {"asimddp"})
    assert machine.fingerprint != other.fingerprint
