"""Quantises to IQ4_NL: blocks of 32 weights, a 16-bit scale and 4 bits each.

The 16 values a weight can take are not evenly spaced but dense around zero, where most weights
are, so it is nearer to the original than Q4_0 in the same space. gguf-py only reads this type. The
search for a block's scale is that of llama.cpp's `quantize_row_iq4_nl`: several scales are tried,
the least squares fit of each is computed, and the best is kept.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

#: What the 16 codes stand for, before the block's scale (ggml-common.h, `kvalues_iq4nl`).
VALUES: Final = np.array(
    [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], dtype=np.float32
)

_BLOCK: Final = 32
#: Scales tried besides the first: the largest weight of a block at each of these values.
_TRIED: Final = tuple(range(-134, -119, 2))
#: Blocks quantised at once: 1 MB of weights, which a processor's cache holds.
_CHUNK: Final = 1 << 13

#: Scaled weights are looked up at half steps from -`_EDGE` to `_EDGE`.
_EDGE: Final = 136


def _nearest_codes() -> NDArray[np.uint8]:
    points = np.arange(-2 * _EDGE, 2 * _EDGE + 1, dtype=np.float32) / 2
    # Between two half steps the code of the nearer one is taken, which is never further off.
    nearest: NDArray[np.uint8] = np.abs(points[:, None] - VALUES).argmin(axis=1).astype(np.uint8)
    return nearest


_CODES: Final = _nearest_codes()
_NEAREST: Final[FloatArray] = VALUES[_CODES]


def quantize(weights: FloatArray, importance: FloatArray | None = None) -> bytes:
    """`weights` (rows, columns) as IQ4_NL, in the order of the file.

    `importance` (columns): how much an error in a column counts, 0 or more; None: larger weights
    count more. Columns must be a multiple of 32, else ValueError.
    """
    columns = weights.shape[1]
    if columns % _BLOCK:
        raise ValueError(f"{columns} columns are no multiple of {_BLOCK}")
    blocks = np.ascontiguousarray(weights, dtype=np.float32).reshape(-1, _BLOCK)
    out = np.empty((len(blocks), 2 + _BLOCK // 2), np.uint8)
    a_row = columns // _BLOCK
    step = max(1, _CHUNK // a_row) * a_row
    for start in range(0, len(blocks), step):
        part = blocks[start : start + step]
        out[start : start + step] = _quantize_blocks(part, _weighed(part, importance, a_row))
    return out.tobytes()


def _weighed(blocks: FloatArray, importance: FloatArray | None, a_row: int) -> FloatArray:
    """What an error counts, for each of the weights; as in llama.cpp."""
    squares = blocks * blocks
    if importance is None or not importance.any():
        return squares
    # A column that nothing was seen in has to be something all the same.
    importance = np.maximum(importance, importance.max() * 1e-6)
    lines = squares.reshape(-1, a_row * _BLOCK)
    spread = np.sqrt(lines + 2 * lines.mean(axis=1, keepdims=True))
    found: FloatArray = (spread * importance).reshape(blocks.shape).astype(np.float32)
    return found


def _quantize_blocks(blocks: FloatArray, counts: FloatArray) -> NDArray[np.uint8]:
    largest = blocks[np.arange(len(blocks)), np.abs(blocks).argmax(axis=1)]
    empty = largest == 0
    largest = np.where(empty, np.float32(1), largest)
    scale = largest / -VALUES[0]
    best = np.full(len(blocks), -np.inf, np.float32)
    for value in (-VALUES[0], *_TRIED):
        fitted, gain = _fit(blocks, counts, (value / largest).astype(np.float32))
        better = gain > best
        best = np.where(better, gain, best)
        scale = np.where(better, fitted, scale)
    scale[empty] = 0
    # Rounded first: the codes are chosen for the scale that the file holds.
    stored = scale.astype(np.float16)
    exact = stored.astype(np.float32)
    inverse = np.divide(1, exact, out=np.zeros_like(exact), where=exact != 0)
    codes = _CODES.take(_places(blocks * inverse[:, None]), mode="clip")
    packed = codes[:, : _BLOCK // 2] | (codes[:, _BLOCK // 2 :] << 4)
    return np.concatenate([stored.astype("<f2")[:, None].view(np.uint8), packed], axis=1)


def _fit(
    blocks: FloatArray, counts: FloatArray, inverse: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The least squares scale for the codes that `inverse` (blocks) leads to, and what it gains."""
    values = _NEAREST.take(_places(blocks * inverse[:, None]), mode="clip")
    weighed = counts * values
    along = np.einsum("ij,ij->i", weighed, blocks)
    square = np.einsum("ij,ij->i", weighed, values)
    scale = np.divide(along, square, out=np.zeros_like(along), where=square > 0)
    return scale, scale * along


def _places(scaled: FloatArray) -> NDArray[np.int16]:
    """Where the scaled weights are in the table of half steps."""
    # Truncated, which is rounded down: nothing here is below zero.
    places: NDArray[np.int16] = (scaled * 2 + (2 * _EDGE + 0.5)).astype(np.int16)
    return places
