"""Memory in a container: what the machine has besides is of no use to a model in there."""

from __future__ import annotations

from pathlib import Path

import pytest

from custom_components.functiongemma.install.machine import Memory, look_around, read_memory

MB = 1_000_000
#: What version 1 says where nobody set a limit.
HUGE = 9_223_372_036_854_771_712
V2 = {"limit": "memory.max", "used": "memory.current", "cache": "inactive_file"}
V1 = {
    "limit": "memory.limit_in_bytes",
    "used": "memory.usage_in_bytes",
    "cache": "total_inactive_file",
}


class Host:
    """Files like those of /proc and /sys/fs/cgroup, of a machine with 8 GB and 5 of them free."""

    def __init__(self, folder: Path) -> None:
        self.proc, self.cgroup = folder / "proc", folder / "cgroup"
        self.group("0::/")
        (self.proc / "meminfo").write_text("MemTotal: 8000000 kB\nMemAvailable: 5000000 kB\n")

    def group(self, *lines: str) -> None:
        """The groups this process is in."""
        path = self.proc / "self" / "cgroup"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines))

    def limit(
        self,
        folder: str,
        limit: object,
        used: object = 0,
        cache: int | None = 0,
        names: dict[str, str] = V2,
    ) -> None:
        """What a group may take and takes, in bytes; `cache` None: there is no memory.stat."""
        path = self.cgroup / folder
        path.mkdir(parents=True, exist_ok=True)
        (path / names["limit"]).write_text(f"{limit}\n")
        (path / names["used"]).write_text(f"{used}\n")
        if cache is not None:
            rows = f"anon 1\nfile 2\ninactive_file 0\nactive_file 99\n{names['cache']} {cache}\n"
            (path / "memory.stat").write_text(rows)

    @property
    def memory(self) -> Memory:
        return read_memory(self.proc, self.cgroup)


MACHINE = Memory(8_000_000 << 10, 5_000_000 << 10)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_machine_without_containers_has_all_its_memory(host: Host) -> None:
    assert host.memory == MACHINE


def test_limit_of_a_container_counts_and_what_it_takes_is_not_free(host: Host) -> None:
    host.limit("", 1000 * MB, 700 * MB)
    assert host.memory == Memory(1000 * MB, 300 * MB)


def test_cache_of_files_can_be_given_back_and_is_free(host: Host) -> None:
    host.limit("", 1000 * MB, 900 * MB, cache=500 * MB)
    assert host.memory == Memory(1000 * MB, 600 * MB)


def test_container_without_statistics_has_no_cache_to_give_back(host: Host) -> None:
    host.limit("", 1000 * MB, 900 * MB, cache=None)
    assert host.memory == Memory(1000 * MB, 100 * MB)


def test_container_on_a_full_machine_has_no_more_than_the_machine(host: Host) -> None:
    host.limit("", 7000 * MB, 100 * MB)
    assert host.memory == Memory(7000 * MB, MACHINE.free)


def test_container_that_is_full_is_not_taken_for_one_that_does_not_tell(host: Host) -> None:
    host.limit("", 1000 * MB, 1001 * MB)
    assert host.memory == Memory(1000 * MB, 1)


@pytest.mark.parametrize("limit", ["max", HUGE, 9_000_000 << 10, "", "many"])
def test_no_limit_or_one_above_the_machine_or_nonsense_changes_nothing(
    host: Host, limit: object
) -> None:
    host.limit("", limit, 7000 * MB)
    assert host.memory == MACHINE


def test_limit_without_its_use_is_none(host: Host) -> None:
    host.limit("", 1000 * MB, 700 * MB)
    (host.cgroup / "memory.current").unlink()
    assert host.memory == MACHINE


@pytest.mark.parametrize("limit", ["max", HUGE])
def test_system_that_does_not_tell_its_memory_has_no_huge_one(host: Host, limit: object) -> None:
    (host.proc / "meminfo").unlink()
    host.limit("", limit)
    assert host.memory == Memory(0, 0)
    host.limit("", 1000 * MB, 700 * MB)
    assert host.memory == Memory(1000 * MB, 300 * MB)


def test_service_with_a_limit_is_found_by_its_group(host: Host) -> None:
    host.group("0::/system.slice/home-assistant.service")
    host.limit("system.slice/home-assistant.service", 2000 * MB, 500 * MB)
    assert host.memory == Memory(2000 * MB, 1500 * MB)


def test_of_groups_within_groups_the_tightest_counts(host: Host) -> None:
    host.group("0::/outer/inner")
    host.limit("outer/inner", 1000 * MB, 100 * MB)
    # What others in there took is gone too.
    host.limit("outer", 2000 * MB, 1800 * MB)
    assert host.memory == Memory(1000 * MB, 200 * MB)
    host.limit("outer/inner", "max", 100 * MB)
    assert host.memory == Memory(2000 * MB, 200 * MB)


@pytest.mark.parametrize(
    "path", ["/docker/0123456789ab", "/../../system.slice/docker-0123456789ab.scope"]
)
def test_container_whose_group_has_another_name_outside_is_found(host: Host, path: str) -> None:
    host.group(f"0::{path}")
    host.limit("", 1000 * MB, 700 * MB)
    assert host.memory == Memory(1000 * MB, 300 * MB)


def test_older_systems_keep_the_same_numbers_elsewhere(host: Host) -> None:
    host.group("5:hugetlb,memory:/docker/0123456789ab", "4:cpu,cpuacct:/", "0::/")
    host.limit("memory", 1000 * MB, 900 * MB, cache=500 * MB, names=V1)
    assert host.memory == Memory(1000 * MB, 600 * MB)
    assert look_around(host.proc, host.proc, host.cgroup).free_memory == 600 * MB
    host.limit("memory", HUGE, 900 * MB, names=V1)
    assert host.memory == MACHINE


def test_older_statistics_without_totals_count_too(host: Host) -> None:
    host.group("5:memory:/")
    names = {**V1, "cache": "inactive_file"}
    host.limit("memory", 1000 * MB, 900 * MB, cache=500 * MB, names=names)
    assert host.memory == Memory(1000 * MB, 600 * MB)


@pytest.mark.parametrize("lines", [["nonsense"], [], ["1:name=systemd:/", "::"]])
def test_groups_that_cannot_be_read_limit_nothing(host: Host, lines: list[str]) -> None:
    host.group(*lines)
    assert host.memory == MACHINE
