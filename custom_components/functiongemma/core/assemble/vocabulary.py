"""The home model's own vocabulary: which of the base's tokens it keeps.

Gemma knows 262,144 tokens, most of them for languages and program code that nobody speaks to a
house; their embeddings are two thirds of the file. Kept are the commonest tokens, every single
character and byte (so that any name in any script can still be written), and the words of homes,
listed in `vocabulary.txt` by `training.vocabulary`. The order stays, so that what is merged first
is merged first; ids below `COMMON` stay what they are, control tokens among them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import NotGgufError
from ..gguf.reader import GgufHeader
from ..gguf.types import ARRAY, SCALARS, STRING
from ..gguf.writer import RawValue, encode_array

COMMON: Final = 32_768
"""Tokens of lower ids are kept: ids are in the order in which the merges were learned."""

LIST: Final = Path(__file__).with_name("vocabulary.txt")
"""One token a line, spelled as in the file: `▁` for a space."""

_TOKENS: Final = "tokenizer.ggml.tokens"
_ARRAYS: Final = (_TOKENS, "tokenizer.ggml.scores", "tokenizer.ggml.token_type")

Ids = NDArray[np.int64]


def listed() -> frozenset[bytes]:
    """The tokens that are kept besides common ones and characters."""
    return frozenset(LIST.read_bytes().split())


def kept_ids(header: GgufHeader, words: frozenset[bytes]) -> Ids:
    """Ascending ids of the tokens to keep: common ones, characters, and `words`.

    Raises NotGgufError for a file without a vocabulary.
    """
    return np.array(
        [
            index
            for index, token in enumerate(_strings(header, _TOKENS))
            if index < COMMON or token in words or _is_character(token)
        ]
    )


def trimmed(header: GgufHeader, ids: Ids) -> dict[str, RawValue]:
    """The tokenizer's metadata for the tokens `ids` alone."""
    wanted = set(ids.tolist())
    found: dict[str, RawValue] = {}
    for key in _ARRAYS:
        kind, count, data = _array(header, key)
        if kind == STRING:
            rows = [t for i, t in enumerate(_strings(header, key)) if i in wanted]
            body = b"".join(struct.pack("<Q", len(row)) + row for row in rows)
        else:
            form = SCALARS[kind]
            body = np.frombuffer(data, np.dtype(form), count)[ids].tobytes()
        found[key] = encode_array(kind, len(ids), body)
    return found


def _is_character(token: bytes) -> bool:
    """A single character, with or without a space before it; bytes are among the common tokens."""
    return len(token.decode("utf-8", "replace").replace("▁", "")) <= 1


def _array(header: GgufHeader, key: str) -> tuple[int, int, bytes]:
    """(type of the elements, how many, their bytes) of an array of the metadata."""
    entry = header.key_values.get(key)
    if entry is None or entry.value_type != ARRAY:
        raise NotGgufError(f"{header.path.name} has no {key}", file=header.path.name)
    with header.path.open("rb") as stream:
        stream.seek(entry.start)
        kind, count = struct.unpack("<IQ", stream.read(12))
        return kind, count, stream.read(entry.end - entry.start - 12)


def _strings(header: GgufHeader, key: str) -> Iterator[bytes]:
    kind, count, data = _array(header, key)
    if kind != STRING:
        raise NotGgufError(f"{key} of {header.path.name} holds no strings", file=header.path.name)
    length_of, at = struct.Struct("<Q").unpack_from, 0
    for _ in range(count):
        end = at + 8 + length_of(data, at)[0]
        yield data[at + 8 : end]
        at = end
