"""Gives memory back that holds the model's file and is not needed.

llama.cpp maps the file and reads all of it while it loads. Then it keeps matrices in an order of
its own, so that most of what was read is there twice, and of the embedding a sentence needs a few
rows. What is given back comes again from the system's cache of the file when it is touched.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Final

#: `MADV_DONTNEED` of Linux.
_DONT_NEED: Final = 4


def give_back(path: Path) -> int:
    """Give back the pages of every mapping of the file `path`, which must be mapped for reading.

    Returns the bytes of address space this was done for; 0 where the system does not tell, or has
    no such call. The contents stay what they are.
    """
    try:
        wanted = str(path.stat().st_ino)
        lines = Path("/proc/self/maps").read_text("utf-8", "replace").splitlines()
        advise = ctypes.CDLL(None).madvise
    except (OSError, AttributeError):
        return 0
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    given = 0
    for line in lines:
        span, rights, _, _, inode, *name = line.split(maxsplit=5)
        # A shared mapping, or one nobody may write to: there is nothing in it but the file.
        if inode != wanted or not name or "w" in rights:
            continue
        start, end = (int(part, 16) for part in span.split("-"))
        if advise(start, end - start, _DONT_NEED) == 0:
            given += end - start
    return given
