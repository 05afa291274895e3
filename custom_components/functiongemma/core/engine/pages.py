"""Gives memory back that holds the model's file and is not needed.

llama.cpp maps the file and reads all of it while it loads. Then it keeps matrices in an order of
its own, so that most of what was read is there twice, and of the embedding a sentence needs a few
rows. What is given back comes again from the system's cache of the file when it is touched.
"""

from __future__ import annotations

import ctypes
from mmap import PAGESIZE
from pathlib import Path
from typing import Final

#: `MADV_DONTNEED` of Linux.
_DONT_NEED: Final = 4


def give_back(path: Path, part: tuple[int, int] | None = None) -> int:
    """Give back the pages of every mapping of the file `path`, which must be mapped for reading.

    `part`: only these bytes of the file, from the first to the one after the last. Returns the
    bytes of address space this was done for; 0 where the system does not tell, or has no such call.
    The contents stay what they are.
    """
    try:
        path = path.resolve(strict=True)
        wanted = str(path.stat().st_ino)
        lines = Path("/proc/self/maps").read_text("utf-8", "replace").splitlines()
        advise = ctypes.CDLL(None).madvise
    except (OSError, AttributeError):
        return 0
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    given = 0
    for line in lines:
        span, rights, offset, _, inode, *name = line.split(maxsplit=5)
        # A shared mapping, or one nobody may write to: there is nothing in it but the file. Files
        # on other disks may have the same number.
        if inode != wanted or "w" in rights or name != [str(path)]:
            continue
        start, end = (int(limit, 16) for limit in span.split("-"))
        if part is not None:
            begin = start - int(offset, 16)
            start = max(start, (begin + part[0]) // PAGESIZE * PAGESIZE)
            end = min(end, begin + part[1])
        if start < end and advise(start, end - start, _DONT_NEED) == 0:
            given += end - start
    return given
