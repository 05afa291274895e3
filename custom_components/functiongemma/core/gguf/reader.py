"""Reads the header of a GGUF file without decoding what is only passed over or copied.

The `gguf` package's reader decodes each of Gemma's 262,144 token strings into its own array, which
takes 15 s on a fast machine; this one remembers where a value lies. It reads with plain reads
rather than a memory map: on a failing disk a map kills the process, a read raises OSError.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from ..errors import ModelFileError, NotGgufError, TruncatedModelError
from .types import (
    ARRAY,
    DEFAULT_ALIGNMENT,
    MAGIC,
    SCALARS,
    STRING,
    TYPE_NAMES,
    TYPE_SIZES,
    Scalar,
    stored_bytes,
)

MAX_KEY_VALUES: Final = 65_536
MAX_TENSORS: Final = 65_536
MAX_KEY_BYTES: Final = 65_535
MAX_STRING_BYTES: Final = 1 << 20
MAX_DIMENSIONS: Final = 4
MAX_ARRAY_DEPTH: Final = 4
MAX_ALIGNMENT: Final = 1 << 20

_READ_BYTES: Final = 4 << 20


@dataclass(frozen=True)
class KeyValue:
    """One metadata entry, as the place of its bytes."""

    key: str
    value_type: int
    start: int
    """Offset in the file of the value's first byte (after its type)."""
    end: int
    value: Scalar | None
    """Decoded for numbers, booleans and strings; None for an array, which is only copied."""


@dataclass(frozen=True)
class TensorInfo:
    """One tensor's entry in the header."""

    name: str
    shape: tuple[int, ...]
    """GGUF order, the contiguous dimension first: (columns, rows) for a matrix."""
    type_name: str
    """A key of `TYPE_SIZES`, or `type N` for one this module does not know."""
    offset: int
    """In bytes, from the start of the file."""
    size: int | None
    """In bytes; None for a type this module does not know."""


@dataclass(frozen=True)
class GgufHeader:
    """All of a GGUF file but its tensor data."""

    path: Path
    version: int
    alignment: int
    file_size: int
    key_values: dict[str, KeyValue] = field(default_factory=dict)
    tensors: list[TensorInfo] = field(default_factory=list)

    def value(self, key: str) -> Scalar | None:
        """The scalar stored under `key`; None where there is none, or it is an array."""
        entry = self.key_values.get(key)
        return None if entry is None else entry.value

    def text(self, key: str) -> str | None:
        """The string stored under `key`; None where there is none, or it is something else."""
        value = self.value(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> int | float | None:
        """The number stored under `key`; None where there is none, or it is something else."""
        value = self.value(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None


class _Cursor:
    """Reads a file forwards through a window of a few MiB; every length is checked before it is
    used.
    """

    def __init__(self, stream: BinaryIO, path: Path, size: int) -> None:
        self.path = path
        self._stream = stream
        self._size = size
        self._window = b""
        self._window_start = 0
        self._at = 0

    @property
    def position(self) -> int:
        return self._window_start + self._at

    @property
    def remaining(self) -> int:
        return self._size - self.position

    def _fill(self, count: int) -> None:
        if count > self.remaining:
            raise TruncatedModelError(f"{self.path.name} ends inside its header")
        if len(self._window) - self._at >= count:
            return
        self._window_start, self._at = self.position, 0
        self._stream.seek(self._window_start)
        self._window = self._stream.read(max(count, _READ_BYTES))
        if len(self._window) < count:
            raise TruncatedModelError(f"{self.path.name} became shorter while it was read")

    def take(self, count: int) -> bytes:
        self._fill(count)
        self._at += count
        return self._window[self._at - count : self._at]

    def unpack(self, form: str) -> Scalar:
        value: Scalar = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        return value

    def count(self, form: str = "<Q") -> int:
        return int(self.unpack(form))

    def string(self, limit: int) -> str:
        length = self.count()
        if length > self.remaining:
            raise TruncatedModelError(f"{self.path.name} ends inside a string of {length} bytes")
        if length > limit:
            raise NotGgufError(
                f"{self.path.name} holds a string of {length} bytes where {limit} are allowed"
            )
        return self.take(length).decode("utf-8", errors="replace")

    def skip(self, count: int) -> None:
        if count > self.remaining:
            raise TruncatedModelError(f"{self.path.name} ends inside a value of {count} bytes")
        if count <= len(self._window) - self._at:
            self._at += count
        else:
            self._window_start, self._at, self._window = self.position + count, 0, b""

    def skip_strings(self, count: int) -> None:
        """Pass over `count` strings: a tight loop, since a vocabulary has 262,144 of them."""
        if count > self.remaining // 8:
            raise TruncatedModelError(f"{self.path.name} ends inside an array of {count} strings")
        length_of = struct.Struct("<Q").unpack_from
        while count:
            self._fill(8)
            window, at, last = self._window, self._at, len(self._window) - 8
            while count and at <= last:
                at += 8 + length_of(window, at)[0]
                count -= 1
            inside = min(at, len(window))
            self._at = inside
            self.skip(at - inside)


def read_header(path: Path) -> GgufHeader:
    """Read the header of the GGUF file at `path`.

    Raises NotGgufError (no GGUF magic, an unsupported version, nonsense in the header) and
    TruncatedModelError (the header or a tensor's data runs past the end of the file), both with the
    placeholder `file`. OSError passes through.
    """
    try:
        with path.open("rb") as stream:
            return _read_header(_Cursor(stream, path, stream.seek(0, io.SEEK_END)))
    except ModelFileError as err:
        err.placeholders.setdefault("file", path.name)
        raise


def _read_header(cursor: _Cursor) -> GgufHeader:
    size, path = cursor.remaining, cursor.path
    version, tensor_count, key_value_count = _read_preamble(cursor)
    key_values = _read_key_values(cursor, key_value_count)
    entry = key_values.get("general.alignment")
    alignment = DEFAULT_ALIGNMENT if entry is None else entry.value
    if not isinstance(alignment, int) or alignment % 8 or not 0 < alignment <= MAX_ALIGNMENT:
        raise NotGgufError(f"{path.name} has an impossible alignment: {alignment!r}")
    tensors = _read_tensors(cursor, tensor_count)
    data_start = cursor.position + -cursor.position % alignment
    placed = [_place(tensor, data_start, size, path) for tensor in tensors]
    return GgufHeader(path, version, alignment, size, key_values, placed)


def _read_preamble(cursor: _Cursor) -> tuple[int, int, int]:
    if cursor.remaining < 4:
        raise NotGgufError(f"{cursor.path.name} is empty, or too short to be a GGUF file")
    if (magic := cursor.take(4)) != MAGIC:
        raise NotGgufError(f"{cursor.path.name} is not a GGUF file: it begins with {magic!r}")
    version = cursor.count("<I")
    if version not in (2, 3):
        raise NotGgufError(f"{cursor.path.name} has GGUF version {version}; 2 and 3 are understood")
    tensors, key_values = cursor.count(), cursor.count()
    if tensors > MAX_TENSORS or key_values > MAX_KEY_VALUES:
        raise NotGgufError(
            f"{cursor.path.name} claims {tensors} tensors and {key_values} metadata entries"
        )
    return version, tensors, key_values


def _read_key_values(cursor: _Cursor, count: int) -> dict[str, KeyValue]:
    entries: dict[str, KeyValue] = {}
    for _ in range(count):
        key = cursor.string(MAX_KEY_BYTES)
        if key in entries:
            raise NotGgufError(f"{cursor.path.name} has the metadata key {key!r} twice")
        value_type = cursor.count("<I")
        start = cursor.position
        value = _read_value(cursor, value_type)
        entries[key] = KeyValue(key, value_type, start, cursor.position, value)
    return entries


def _read_value(cursor: _Cursor, value_type: int) -> Scalar | None:
    if value_type == STRING:
        return cursor.string(MAX_STRING_BYTES)
    if value_type == ARRAY:
        _skip_array(cursor, depth=1)
        return None
    if (form := SCALARS.get(value_type)) is None:
        raise NotGgufError(f"{cursor.path.name} holds a value of the unknown type {value_type}")
    return cursor.unpack(form)


def _skip_array(cursor: _Cursor, depth: int) -> None:
    item_type, count = cursor.count("<I"), cursor.count()
    if item_type == STRING:
        cursor.skip_strings(count)
    elif (form := SCALARS.get(item_type)) is not None:
        cursor.skip(count * struct.calcsize(form))
    elif item_type == ARRAY and depth < MAX_ARRAY_DEPTH:
        if count > cursor.remaining // 12:
            raise TruncatedModelError(f"{cursor.path.name} ends inside an array of {count} arrays")
        for _ in range(count):
            _skip_array(cursor, depth + 1)
    else:
        raise NotGgufError(f"{cursor.path.name} holds an array of the unknown type {item_type}")


def _read_tensors(cursor: _Cursor, count: int) -> list[TensorInfo]:
    tensors: list[TensorInfo] = []
    names: set[str] = set()
    for _ in range(count):
        name = cursor.string(MAX_KEY_BYTES)
        dimensions = cursor.count("<I")
        if dimensions > MAX_DIMENSIONS or name in names:
            raise NotGgufError(
                f"{cursor.path.name} has an impossible tensor {name!r} ({dimensions} dimensions)"
            )
        names.add(name)
        shape = tuple(cursor.count() for _ in range(dimensions))
        type_id, offset = cursor.count("<I"), cursor.count()
        type_name = TYPE_NAMES.get(type_id, f"type {type_id}")
        if type_name in TYPE_SIZES and (shape[0] if shape else 1) % TYPE_SIZES[type_name][1]:
            raise NotGgufError(
                f"{cursor.path.name} has rows of {shape[0]} in {type_name}, tensor {name!r}"
            )
        size = stored_bytes(type_name, shape) if type_name in TYPE_SIZES else None
        tensors.append(TensorInfo(name, shape, type_name, offset, size))
    return tensors


def _place(tensor: TensorInfo, data_start: int, file_size: int, path: Path) -> TensorInfo:
    offset = data_start + tensor.offset
    if offset + (tensor.size or 0) > file_size:
        raise TruncatedModelError(
            f"{path.name} is cut short: {tensor.name} ends at byte {offset + (tensor.size or 0)}, "
            f"the file has {file_size}"
        )
    return TensorInfo(tensor.name, tensor.shape, tensor.type_name, offset, tensor.size)


def read_tensor(stream: BinaryIO, tensor: TensorInfo) -> bytes:
    """The stored bytes of `tensor` (one of a known type)."""
    if tensor.size is None:
        raise NotGgufError(f"tensor {tensor.name} has an unknown {tensor.type_name}")
    stream.seek(tensor.offset)
    raw = stream.read(tensor.size)
    if len(raw) < tensor.size:
        raise TruncatedModelError(f"the file ended inside tensor {tensor.name}")
    return raw
