"""Evaluated prompts: the latest in memory, and in files that outlive a restart.

A snapshot holds what the model keeps of a prompt, 8 to 20 MB. It belongs to exactly one model,
library and prompt; all three are in its file's name. A file that is damaged is as good as none.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

State = npt.NDArray[np.uint8]

#: Snapshots kept in memory, and on disk.
IN_MEMORY = 3
ON_DISK = 6

#: Raised when the context is made in another way, so that its states have another form.
_LAYOUT = 2

#: Of the files' names.
SUFFIX = ".snapshot"

_CHECKSUM = 4


class Snapshots:
    """What `llama_state_seq_get_data` gave, by the tokens it was evaluated from."""

    def __init__(self, model: Path, folder: Path | None) -> None:
        """`folder` is made when it is needed; None: nothing outlives the process."""
        self._folder = folder
        self._identity = _identity(model) if folder else b""
        self._memory: OrderedDict[tuple[int, ...], State] = OrderedDict()
        self.trouble: str | None = None
        """Why the latest one that was to outlive the process does not; None: it does."""

    def get(self, ids: Sequence[int], *, often: bool = True) -> State | None:
        """The snapshot of exactly these tokens, from memory or disk. `often`: see `put`."""
        key = tuple(ids)
        found = self._memory.get(key)
        if found is not None:
            if often:
                self._memory.move_to_end(key)
            return found
        found = self._read(key)
        if found is not None and often:
            self._remember(key, found)
        return found

    def put(self, ids: Sequence[int], state: State, *, durable: bool, often: bool = True) -> None:
        """Keep a snapshot; a disk that is full or read-only is no reason to fail, see `trouble`.

        `durable`: also on disk. Not for what changes with every sentence: cards wear out. `often`:
        it is needed for every sentence; what is not is in memory only where it is not on disk.
        """
        key = tuple(ids)
        written = durable and self._store(key, state)
        if often or not written:
            self._remember(key, state)
        if not often and key in self._memory:
            # The first to make room: whole prompts are what sentences begin with.
            self._memory.move_to_end(key, last=False)

    def keep(self, ids: Sequence[int], state: State) -> None:
        """See to it that one which is in memory is on disk too."""
        key = tuple(ids)
        if self._folder is not None and not self._path(key).exists():
            self._store(key, state)

    def _store(self, key: tuple[int, ...], state: State) -> bool:
        """Write one; whether it is on disk then, see `trouble`. False without a folder."""
        if self._folder is None:
            return False
        try:
            self._write(self._path(key), state)
        except OSError as error:
            self.trouble = error.strerror or str(error)
            return False
        self.trouble = None
        return True

    def forget(self, ids: Sequence[int]) -> None:
        """Drop one that the library does not take back."""
        key = tuple(ids)
        self._memory.pop(key, None)
        if self._folder is not None:
            with contextlib.suppress(OSError):
                self._path(key).unlink(missing_ok=True)

    def _remember(self, key: tuple[int, ...], state: State) -> None:
        self._memory[key] = state
        self._memory.move_to_end(key)
        while len(self._memory) > IN_MEMORY:
            self._memory.popitem(last=False)

    def _path(self, key: tuple[int, ...]) -> Path:
        assert self._folder is not None
        # The same in every process: unlike text, numbers are hashed without a secret. hashlib
        # would bring OpenSSL along, 4 MB.
        digest = hash((*self._identity, *key)) & 0xFFFFFFFFFFFFFFFF
        return self._folder / f"{digest:016x}-{len(key)}{SUFFIX}"

    def _read(self, key: tuple[int, ...]) -> State | None:
        if self._folder is None:
            return None
        path = self._path(key)
        try:
            data = np.fromfile(path, np.uint8)
            os.utime(path)
        except OSError:
            return None
        state = data[_CHECKSUM:]
        whole = data[:_CHECKSUM].tobytes() == _checksum(state)
        return state if whole and len(state) else None

    def _write(self, path: Path, state: State) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        for unfinished in path.parent.glob("*.part"):
            # Of a process that was killed; or of one that lives, and keeps nothing this time.
            unfinished.unlink(missing_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.part")
        try:
            with partial.open("wb") as file:
                file.write(_checksum(state))
                file.write(state.data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        files = sorted(path.parent.glob(f"*{SUFFIX}"), key=lambda file: file.stat().st_mtime)
        for old in files[:-ON_DISK]:
            old.unlink(missing_ok=True)


def _identity(model: Path) -> bytes:
    """What makes a snapshot another one, besides its tokens."""
    stat = model.stat()
    machine = os.uname().machine
    facts = (str(model.resolve()), stat.st_size, stat.st_mtime_ns, _library(), machine, _LAYOUT)
    return repr(facts).encode()


def _library() -> str:
    """llama-cpp-python with its version; importlib.metadata takes 10 ms and 4 MB to say it."""
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or spec.origin is None:
        return "unknown"
    with contextlib.suppress(OSError):
        names = os.listdir(Path(spec.origin).parent.parent)
        return " ".join(sorted(n for n in names if n.startswith("llama_cpp_python-"))) or "unknown"
    return "unknown"


def _checksum(state: State) -> bytes:
    return zlib.crc32(state.data).to_bytes(_CHECKSUM, "little")
