"""Builds the header of a GGUF file (version 3), new or with metadata copied from another file."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .reader import GgufHeader
from .types import (
    ARRAY,
    DEFAULT_ALIGNMENT,
    FLOAT32,
    MAGIC,
    STRING,
    TYPE_SIZES,
    UINT32,
    Scalar,
    stored_bytes,
)


def encode_string(text: str) -> bytes:
    """GGUF's string: its length in bytes (uint64), then UTF-8."""
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def encode_value(value: Scalar | RawValue) -> tuple[int, bytes]:
    """(GGUF value type, bytes) of `value`: int becomes uint32 and float float32, as llama.cpp's
    keys expect.
    """
    if isinstance(value, RawValue):
        return value.value_type, value.raw
    if isinstance(value, bool):
        return 7, struct.pack("<?", value)
    if isinstance(value, int):
        return UINT32, struct.pack("<I", value)
    if isinstance(value, float):
        return FLOAT32, struct.pack("<f", value)
    return STRING, encode_string(value)


@dataclass(frozen=True)
class RawValue:
    """A metadata value as it stands in the file."""

    value_type: int
    """A GGUF value type."""
    raw: bytes


def encode_array(kind: int, count: int, body: bytes) -> RawValue:
    """An array of `count` elements of the value type `kind`; `body`: their bytes."""
    return RawValue(ARRAY, struct.pack("<IQ", kind, count) + body)


@dataclass(frozen=True)
class NewTensor:
    """A tensor to be written: what the header says of it. Data follows in the order of the list."""

    name: str
    shape: tuple[int, ...]
    """GGUF order, the contiguous dimension first."""
    type_name: str

    @property
    def size(self) -> int:
        """Bytes of its data, without padding."""
        return stored_bytes(self.type_name, self.shape)


def padding(size: int, alignment: int) -> int:
    """How many zero bytes bring `size` to a multiple of `alignment`."""
    return -size % alignment


def build_header(
    key_values: Mapping[str, Scalar | RawValue],
    tensors: Iterable[NewTensor],
    *,
    base: GgufHeader | None = None,
    alignment: int = DEFAULT_ALIGNMENT,
) -> bytes:
    """Build a version 3 header, padded, so that the first tensor's data can follow directly.

    `base` gives metadata to copy, byte for byte and in its order; `key_values` replaces or follows
    it. With a base, `alignment` must be the base's.
    """
    entries: list[bytes] = []
    pending = dict(key_values)
    if base is not None:
        with base.path.open("rb") as stream:
            for key, entry in base.key_values.items():
                if key in pending:
                    value_type, raw = encode_value(pending.pop(key))
                else:
                    stream.seek(entry.start)
                    value_type, raw = entry.value_type, stream.read(entry.end - entry.start)
                entries.append(encode_string(key) + struct.pack("<I", value_type) + raw)
    for key, value in pending.items():
        value_type, raw = encode_value(value)
        entries.append(encode_string(key) + struct.pack("<I", value_type) + raw)
    infos: list[bytes] = []
    offset = 0
    for tensor in tensors:
        infos.append(
            encode_string(tensor.name)
            + struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape)
            + struct.pack("<IQ", TYPE_SIZES[tensor.type_name][0], offset)
        )
        offset += tensor.size + padding(tensor.size, alignment)
    header = (
        MAGIC
        + struct.pack("<IQQ", 3, len(infos), len(entries))
        + b"".join(entries)
        + b"".join(infos)
    )
    return header + bytes(padding(len(header), alignment))


def sync_directory(path: Path) -> None:
    """Make a rename inside the directory `path` survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
