"""The GGUF container's constants: value types, and how many bytes each tensor type takes.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; block sizes as in ggml's
ggml-common.h.
"""

from __future__ import annotations

from typing import Final

MAGIC: Final = b"GGUF"
DEFAULT_ALIGNMENT: Final = 32

STRING: Final = 8
ARRAY: Final = 9
SCALARS: Final[dict[int, str]] = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?",
    10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip
"""Value type → its `struct` format."""

UINT32: Final = 4
FLOAT32: Final = 6

TYPE_SIZES: Final[dict[str, tuple[int, int, int]]] = {
    "F32": (0, 1, 4), "F16": (1, 1, 2), "BF16": (30, 1, 2), "F64": (28, 1, 8),
    "I8": (24, 1, 1), "I16": (25, 1, 2), "I32": (26, 1, 4), "I64": (27, 1, 8),
    "Q4_0": (2, 32, 18), "Q4_1": (3, 32, 20), "Q5_0": (6, 32, 22), "Q5_1": (7, 32, 24),
    "Q8_0": (8, 32, 34), "IQ4_NL": (20, 32, 18), "MXFP4": (39, 32, 17),
    "Q2_K": (10, 256, 84), "Q3_K": (11, 256, 110), "Q4_K": (12, 256, 144), "Q5_K": (13, 256, 176),
    "Q6_K": (14, 256, 210), "TQ1_0": (34, 256, 54), "TQ2_0": (35, 256, 66),
    "IQ1_S": (19, 256, 50), "IQ1_M": (29, 256, 56), "IQ2_XXS": (16, 256, 66),
    "IQ2_XS": (17, 256, 74), "IQ2_S": (22, 256, 82), "IQ3_XXS": (18, 256, 98),
    "IQ3_S": (21, 256, 110), "IQ4_XS": (23, 256, 136),
}  # fmt: skip
"""Tensor type name → (GGML's number, elements a block, bytes a block), for the types files have."""

TYPE_NAMES: Final = {number: name for name, (number, _, _) in TYPE_SIZES.items()}

Scalar = str | int | float | bool


def stored_bytes(type_name: str, shape: tuple[int, ...]) -> int:
    """Bytes a tensor of `shape` (GGUF order: the contiguous dimension first) takes in
    `type_name`."""
    _, block, block_bytes = TYPE_SIZES[type_name]
    elements = 1
    for size in shape:
        elements *= size
    return elements // block * block_bytes
