"""Merges an adapter into a base GGUF, one tensor at a time, and quantises the result.

The base's metadata, tokenizer, tensor order and alignment stay as they are. The output is
deterministic, and the memory needed is a few copies of the largest matrix of a block (5 MB in
float32), whatever the embedding's size.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import WrongArchitectureError
from ..gguf import iq4nl
from ..gguf.reader import GgufHeader, TensorInfo, read_header, read_tensor
from ..gguf.types import TYPE_SIZES, Scalar
from ..gguf.writer import NewTensor, RawValue, build_header, padding, sync_directory
from .adapter import (
    ARCHITECTURE,
    DOMAINS,
    FIRST_SPECIAL_TOKEN,
    FUNCTIONS,
    SPECIAL_TOKENS,
    Adapter,
    AdapterError,
    FloatArray,
)
from .disk import disk_full_as_error, require_free
from .progress import Reporter
from .recipe import FILE_TYPES, HOME_RECIPE, Recipe
from .vocabulary import Ids, kept_ids, listed, trimmed

EMBEDDING: Final = "token_embd.weight"

_COPY_BYTES: Final = 8 << 20
#: Rows of the embedding that are requantised at a time.
_ROWS: Final = 8192
_SYNC_BYTES: Final = 32 << 20


def merge(
    base: Path,
    adapter: Adapter,
    target: Path,
    *,
    adapter_sha256: str,
    recipe: Recipe = HOME_RECIPE,
    reporter: Reporter | None = None,
) -> None:
    """Write base + adapter to `target`, which appears only when it is complete.

    Raises NotGgufError and TruncatedModelError for a bad base, WrongArchitectureError for one that
    is not Gemma 3, AdapterError for an adapter that does not fit it, DiskFullError, and
    AssembleCancelledError.
    """
    reporter = reporter or Reporter()
    header = read_header(base)
    if (architecture := header.text("general.architecture")) != ARCHITECTURE:
        raise WrongArchitectureError(
            f"{base.name} is a {architecture} model, not {ARCHITECTURE}", file=base.name
        )
    _check_fit(header, adapter)
    tensors = [
        NewTensor(tensor.name, tensor.shape, recipe.type_of(tensor.name, tensor.type_name))
        for tensor in header.tensors
    ]
    kept = kept_ids(header, listed()) if recipe.trim else None
    if kept is not None:
        tensors = [_trimmed(tensor, len(kept)) for tensor in tensors]
    key_values: dict[str, Scalar | RawValue] = {
        "general.name": recipe.name,
        "general.file_type": FILE_TYPES[recipe.main_type],
        "functiongemma.prompt": recipe.prompt,
        "functiongemma.adapter_sha256": adapter_sha256,
        **{key: value for key, value in adapter.metadata.items() if key in (FUNCTIONS, DOMAINS)},
        **({} if kept is None else trimmed(header, kept)),
    }
    head = build_header(key_values, tensors, base=header, alignment=header.alignment)
    total = len(head) + sum(
        tensor.size + padding(tensor.size, header.alignment) for tensor in tensors
    )
    partial = target.with_name(target.name + ".part")
    partial.unlink(missing_ok=True)
    require_free(target.parent, total)
    try:
        with (
            disk_full_as_error(target.parent, total),
            base.open("rb") as source,
            partial.open("wb") as out,
        ):
            sink = _Sink(out, reporter, total)
            sink.write(head)
            for old, new in zip(header.tensors, tensors, strict=True):
                _merge_tensor(source, old, new, adapter, sink, kept)
                sink.write(bytes(padding(new.size, header.alignment)))
            reporter.report("write", 0, 1)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    sync_directory(target.parent)
    reporter.finish()


class _Sink:
    """The output: counts, reports, and syncs now and then, so that no minute-long sync waits at the
    end.
    """

    def __init__(self, out: BinaryIO, reporter: Reporter, total: int) -> None:
        self._out = out
        self._reporter = reporter
        self._total = total
        self._done = 0
        self._unsynced = 0

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self._done += len(data)
        self._unsynced += len(data)
        if self._unsynced >= _SYNC_BYTES:
            self._out.flush()
            os.fsync(self._out.fileno())
            self._unsynced = 0
        self._reporter.report("merge", self._done, self._total)


def _trimmed(tensor: NewTensor, rows: int) -> NewTensor:
    shape = (tensor.shape[0], rows) if tensor.name == EMBEDDING else tensor.shape
    return NewTensor(tensor.name, shape, tensor.type_name)


def _check_fit(header: GgufHeader, adapter: Adapter) -> None:
    shapes = {tensor.name: tensor.shape for tensor in header.tensors}
    for name, pair in adapter.matrices.items():
        wanted = (pair.a.shape[1], pair.b.shape[0])
        if shapes.get(name) != wanted:
            raise AdapterError(
                f"the adapter changes {name} of {wanted}, the base's is {shapes.get(name)}"
            )
    rows = adapter.special_rows
    if rows is not None:
        shape = shapes.get(EMBEDDING, (0, 0))
        if shape[0] != rows.shape[1] or shape[1] < FIRST_SPECIAL_TOKEN + SPECIAL_TOKENS:
            raise AdapterError(
                f"the adapter's special rows are {rows.shape}, the base's embedding is {shape}"
            )


def _merge_tensor(
    source: BinaryIO,
    old: TensorInfo,
    new: NewTensor,
    adapter: Adapter,
    sink: _Sink,
    kept: Ids | None,
) -> None:
    pair = adapter.matrices.get(old.name)
    if old.name == EMBEDDING:
        if pair is not None:
            raise AdapterError(f"the adapter changes {EMBEDDING} by more than special rows")
        _merge_embedding(source, old, new.type_name, adapter.special_rows, sink, kept)
    elif pair is None and new.type_name == old.type_name:
        _copy(source, old.offset, new.size, sink)
    else:
        columns, rows = old.shape
        weights = _dequantize(read_tensor(source, old), old.type_name, columns)
        if pair is not None:
            # In float64, so that the order in which a BLAS adds up cannot show in float32.
            delta = adapter.scale(old.name) * (
                pair.b.astype(np.float64) @ pair.a.astype(np.float64)
            )
            weights = (weights + delta).astype(np.float32)
        importance = adapter.importance.get(old.name)
        sink.write(_quantize(weights.reshape(rows, columns), new.type_name, importance))


def _merge_embedding(
    source: BinaryIO,
    tensor: TensorInfo,
    type_name: str,
    delta: FloatArray | None,
    sink: _Sink,
    kept: Ids | None,
) -> None:
    """Write the rows of the tokens that are kept in the type `type_name`: copied where they have it
    already, but for the adapter's seven, which are dequantised and changed.
    """
    columns, rows = tensor.shape
    _, block, block_bytes = TYPE_SIZES[tensor.type_name]
    row_bytes = columns // block * block_bytes

    def weights(start: int, stop: int) -> FloatArray:
        source.seek(tensor.offset + start * row_bytes)
        return _dequantize(source.read((stop - start) * row_bytes), tensor.type_name, columns)

    def write(start: int, stop: int) -> None:
        if type_name == tensor.type_name:
            _copy(source, tensor.offset + start * row_bytes, (stop - start) * row_bytes, sink)
            return
        for first in range(start, stop, _ROWS):
            sink.write(_quantize(weights(first, min(first + _ROWS, stop)), type_name))

    end = 0
    if delta is not None:
        first, end = FIRST_SPECIAL_TOKEN, FIRST_SPECIAL_TOKEN + SPECIAL_TOKENS
        write(0, first)
        special = weights(first, end) + delta
        sink.write(_quantize(special.astype(np.float32), type_name))
    for start, stop in _runs(kept, end, rows):
        write(start, stop)


def _runs(kept: Ids | None, first: int, last: int) -> list[tuple[int, int]]:
    """Stretches of neighbouring ids from `first` on; all of them where none is left out."""
    if kept is None:
        return [(first, last)]
    ids = kept[kept >= first]
    breaks = np.flatnonzero(np.diff(ids) > 1) + 1
    return [(int(part[0]), int(part[-1]) + 1) for part in np.split(ids, breaks) if len(part)]


def _copy(source: BinaryIO, offset: int, size: int, sink: _Sink) -> None:
    source.seek(offset)
    while size:
        data = source.read(min(size, _COPY_BYTES))
        if not data:
            raise OSError("the base model became shorter while it was read")
        sink.write(data)
        size -= len(data)


def _dequantize(raw: bytes, type_name: str, columns: int) -> FloatArray:
    from gguf import GGMLQuantizationType, quants

    block, block_bytes = TYPE_SIZES[type_name][1:]
    dtype = {"F32": "<f4", "F16": "<f2"}.get(type_name, "u1")
    data = np.frombuffer(raw, np.uint8).reshape(-1, columns // block * block_bytes).view(dtype)
    weights: NDArray[np.float32] = quants.dequantize(data, GGMLQuantizationType[type_name])
    return weights


def _quantize(weights: FloatArray, type_name: str, importance: FloatArray | None = None) -> bytes:
    if type_name == "IQ4_NL":
        return iq4nl.quantize(weights, importance)
    from gguf import GGMLQuantizationType, quants

    return bytes(quants.quantize(weights, GGMLQuantizationType[type_name]).tobytes())
