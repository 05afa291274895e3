"""The output head, only where it decides.

The head is the embedding matrix: 262,144 rows, which together take longer than all the layers,
while a decision is between a handful of tokens. llama.cpp has no way to leave it out, but asks a
callback about every node of its graph: this one ends the computation at the last norm, and the rows
that matter are multiplied here.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..constraint import Ids
from ..decode import Logits
from ..gguf.reader import TensorInfo, read_header

_UINT8 = npt.NDArray[np.uint8]

#: What llama.cpp calls the last hidden states, of the tokens that asked for logits.
_HIDDEN = b"result_norm"

#: Rows multiplied at a time.
_CHUNK = 8192


class Head:
    """The hidden states of the last batch, and their logits for chosen tokens."""

    hidden: npt.NDArray[np.float32] | None = None
    """Shape (tokens that asked for logits, hidden size); None: not seen in the last batch."""

    whole = False
    """Let llama.cpp compute the whole head, for `llama_get_logits_ith`."""

    def __init__(self, bindings: Any, path: Path, tensor: TensorInfo) -> None:
        """`tensor`: the matrix, in the GGUF at `path`. Raises AttributeError, KeyError."""
        self._dequantize = _DEQUANTIZE[tensor.type_name]
        self._columns, self._count = tensor.shape
        rows = np.memmap(path, np.uint8, "r", tensor.offset, tensor.size)
        self._rows: _UINT8 = rows.reshape(self._count, -1)
        #: Its first byte in the file, and the one after its last.
        self.place = tensor.offset, tensor.offset + rows.size
        name = _function(bindings, "ggml_get_name", ctypes.c_char_p)
        data = _function(bindings, "ggml_get_data", ctypes.c_void_p)
        count = _function(bindings, "ggml_nelements", ctypes.c_int64)

        def at_node(node: int, ask: bool, _: object) -> bool:
            """`ask`: whether this node is wanted; otherwise it is there: whether to go on."""
            if ask:
                return not self.whole and bool(name(node) == _HIDDEN)
            values = (ctypes.c_float * count(node)).from_address(data(node))
            self.hidden = np.frombuffer(values, np.float32).reshape(-1, self._columns).copy()
            return False

        #: For `llama_context_params.cb_eval`; lives as long as the context.
        self.callback = bindings.ggml_backend_sched_eval_callback(at_node)

    @classmethod
    def open(cls, bindings: Any, path: Path) -> Head | None:
        """The head of a model; None where only llama.cpp itself can compute it."""
        header = read_header(path)
        tensors = {tensor.name: tensor for tensor in header.tensors}
        tensor = tensors.get("output.weight") or tensors.get("token_embd.weight")
        if tensor is None or header.number("gemma3.final_logit_softcapping"):
            return None
        try:
            return cls(bindings, path, tensor)
        except (AttributeError, KeyError):  # a build or a type of weights we do not know
            return None

    def logits(self, hidden: npt.NDArray[np.float32], ids: Ids | None) -> Logits:
        """Shape (len(ids),): logits of `ids`; of the whole vocabulary for None, slowly."""
        wanted = np.arange(self._count) if ids is None else ids
        parts = [
            self._dequantize(self._rows[wanted[start : start + _CHUNK]]) @ hidden
            for start in range(0, len(wanted), _CHUNK)
        ]
        return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _function(bindings: Any, name: str, result: Any) -> Any:
    """A function of ggml's that takes a tensor; raises AttributeError where it is not exported."""
    function = bindings._lib[name]
    function.restype, function.argtypes = result, [ctypes.c_void_p]
    return function


def _q8_0(rows: _UINT8) -> npt.NDArray[np.float32]:
    """Blocks of 32: a scale in half precision and 32 signed bytes."""
    blocks = rows.reshape(len(rows), -1, 34)
    scales = blocks[:, :, :2].copy().view("<f2").astype(np.float32)
    values = blocks[:, :, 2:].view(np.int8).astype(np.float32)
    return (values * scales).reshape(len(rows), -1)


def _q5_1(rows: _UINT8) -> npt.NDArray[np.float32]:
    """Blocks of 32: scale and least value in half precision, the values' fifth bits, their others.

    The first half of a block is in the lower halves of the last 16 bytes.
    """
    blocks = rows.reshape(len(rows), -1, 24)
    scales, least = np.split(blocks[:, :, :4].copy().view("<f2").astype(np.float32), 2, axis=2)
    fifth = np.unpackbits(blocks[:, :, 4:8], axis=2, bitorder="little")
    four = np.concatenate((blocks[:, :, 8:] & 15, blocks[:, :, 8:] >> 4), axis=2)
    weights: npt.NDArray[np.float32] = (four | fifth << 4) * scales + least
    return weights.reshape(len(rows), -1)


def _bf16(rows: _UINT8) -> npt.NDArray[np.float32]:
    return (rows.view("<u2").astype(np.uint32) << 16).view(np.float32)


_DEQUANTIZE: dict[str, Callable[[_UINT8], npt.NDArray[np.float32]]] = {
    "F32": lambda rows: rows.view("<f4"),
    "F16": lambda rows: rows.view("<f2").astype(np.float32),
    "BF16": _bf16,
    "Q8_0": _q8_0,
    "Q5_1": _q5_1,
}
