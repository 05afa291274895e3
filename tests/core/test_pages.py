"""Memory that holds the model's file goes back to the house, and nothing is lost by it."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

import pytest

from custom_components.functiongemma.core.engine.pages import give_back

SIZE = 4 << 20

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/smaps").exists(), reason="no system that tells what is resident"
)


def resident(path: Path) -> int:
    """Bytes of a file's mappings that are in this process's memory."""
    inode, total, ours = str(path.stat().st_ino), 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        words = line.split()
        if not words[0].endswith(":"):
            ours = len(words) > 4 and words[4] == inode
        elif ours and words[0] == "Rss:":
            total += int(words[1]) * 1024
    return total


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a model with spaces.gguf"
    path.write_bytes(os.urandom(SIZE))
    return path


def test_memory_that_holds_the_file_is_given_back_and_the_file_reads_the_same(file: Path) -> None:
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        before = bytes(mapped)
        assert resident(file) == SIZE
        assert give_back(file) == SIZE
        assert resident(file) == 0
        assert bytes(mapped) == before


def test_what_may_have_been_written_is_left_alone(file: Path) -> None:
    with file.open("r+b") as stream, mmap.mmap(stream.fileno(), 0, mmap.MAP_PRIVATE) as mapped:
        mapped[:4] = b"mine"
        assert give_back(file) == 0
        assert mapped[:4] == b"mine"


def test_a_file_that_is_not_mapped_or_not_there_is_no_error(file: Path, tmp_path: Path) -> None:
    assert give_back(file) == 0
    assert give_back(tmp_path / "none.gguf") == 0


def test_a_part_of_the_file_goes_back_and_the_rest_stays(file: Path) -> None:
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        assert sum(mapped[:: mmap.PAGESIZE]) >= 0
        before = resident(file)
        assert before >= SIZE
        first, last = SIZE // 4 + 100, SIZE // 2
        given = give_back(file, (first, last))
        assert given == last - first // mmap.PAGESIZE * mmap.PAGESIZE
        # The system may give back more, where it holds the file in larger pieces.
        assert 0 < resident(file) <= before - given


def test_another_disks_file_of_the_same_number_is_left_alone(file: Path, tmp_path: Path) -> None:
    """llama.cpp's library might be it, and the process would end."""
    other = tmp_path / "library.so"
    os.link(file, other)
    with other.open("rb") as stream, mmap.mmap(stream.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        assert sum(mapped[:: mmap.PAGESIZE]) >= 0
        assert give_back(file) == 0
