"""The adapter file: LoRA matrices in llama.cpp's adapter format, plus the rows of FunctionGemma's
special tokens.

Format: `general.type` = `adapter`, `adapter.type` = `lora`, `adapter.lora.alpha` (float32), and for
each adapted tensor `T` the pair `T.lora_a` (rank x inputs) and `T.lora_b` (outputs x rank), as
written by llama.cpp's `convert_lora_to_gguf.py`. Ours alone are `token_embd.special_rows` (7 x
640), a delta to be added to the embeddings of the tokens 46 to 52, and for an adapted tensor
`T.importance` (inputs), what an error in a column counts when the merged matrix is quantised.
llama.cpp's own LoRA loader does not know these, so it refuses our file: the adapter is merged
(`merge.py`), never loaded beside the base.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelFileError, WrongArchitectureError
from ..gguf.reader import GgufHeader, TensorInfo, read_header, read_tensor
from ..gguf.types import Scalar
from ..gguf.writer import NewTensor, build_header, padding

ARCHITECTURE: Final = "gemma3"
SPECIAL_ROWS: Final = "token_embd.special_rows"
FUNCTIONS: Final = "functiongemma.functions"
DOMAINS: Final = "functiongemma.domains"
"""Keys of the functions, and of the domains of the entities, that it was trained on, with spaces
between; optional."""
IMPORTANCE: Final = ".importance"
FIRST_SPECIAL_TOKEN: Final = 46
SPECIAL_TOKENS: Final = 7

ADAPTED: Final = re.compile(
    r"blk\.\d+\.(?:attn_q|attn_k|attn_v|attn_output|ffn_gate|ffn_up|ffn_down)\.weight"
)
"""The tensors an adapter may change: the seven linear layers of a block, by their GGUF names."""

FloatArray = NDArray[np.float32]


class AdapterError(ModelFileError):
    """The adapter file holds something else than an adapter for this base."""

    code = "adapter_invalid"
    default_message = "The adapter does not fit the base model"


@dataclass(frozen=True)
class LowRank:
    """The low-rank change of one weight matrix: `scale · b @ a`."""

    a: FloatArray
    """rank x inputs."""
    b: FloatArray
    """outputs x rank."""

    @property
    def rank(self) -> int:
        """Columns of `b`, rows of `a`; at least 1."""
        return int(self.a.shape[0])


@dataclass(frozen=True)
class Adapter:
    """A trained adapter."""

    alpha: float
    """LoRA's alpha: the change of a matrix is scaled by alpha / rank."""
    tensors: Mapping[str, FloatArray]
    """`blk.0.attn_q.weight.lora_a` → rank x inputs, `….lora_b` → outputs x rank; always both of a
    pair.
    """
    special_rows: FloatArray | None = None
    """7 x 640: added to the (unscaled) embeddings of the tokens 46 to 52. None leaves them as they
    are."""
    metadata: Mapping[str, Scalar] = field(default_factory=dict)
    """Further keys of the file, such as `general.name` or `training.steps`; scalars only."""
    importance: Mapping[str, FloatArray] = field(default_factory=dict)
    """`blk.0.attn_q.weight` → (inputs,), 0 or more: the mean square of what the matrix is
    multiplied with. Quantisation goes by it; without it, by the weights alone."""

    @cached_property
    def matrices(self) -> dict[str, LowRank]:
        """Base tensor's name (`blk.0.attn_q.weight`) → its change, sorted. Raises AdapterError, see
        `write_adapter`.
        """
        halves: dict[str, dict[str, FloatArray]] = {}
        for tensor, array in sorted(self.tensors.items()):
            name, _, half = tensor.rpartition(".")
            if half not in ("lora_a", "lora_b") or not ADAPTED.fullmatch(name):
                raise AdapterError(f"{tensor} is not a tensor an adapter can have")
            halves.setdefault(name, {})[half] = array
        for name, pair in halves.items():
            if len(pair) != 2:
                raise AdapterError(f"the adapter holds only one half of the pair for {name}")
        return {name: LowRank(pair["lora_a"], pair["lora_b"]) for name, pair in halves.items()}

    def scale(self, name: str) -> float:
        """alpha / rank for the tensor `name`."""
        return self.alpha / self.matrices[name].rank


def write_adapter(path: Path, adapter: Adapter, *, dtype: str = "BF16") -> None:
    """Write `adapter` to `path`, its matrices in `dtype` (`F32`, `F16` or `BF16`), the special rows
    in F32.

    Equal adapters make equal files. Rank 32 on all layers of the 270M model takes 15.5 MB in BF16.
    Raises AdapterError for shapes that do not fit together and values that are not finite in
    `dtype`.
    """
    _check(adapter)
    arrays: list[tuple[NewTensor, bytes]] = []
    for name, array in sorted(adapter.tensors.items()):
        arrays.append(_stored(name, array, dtype))
    for name, columns in sorted(adapter.importance.items()):
        arrays.append(_stored(name + IMPORTANCE, columns, "BF16"))
    if adapter.special_rows is not None:
        arrays.append(_stored(SPECIAL_ROWS, adapter.special_rows, "F32"))
    keys: dict[str, Scalar] = {
        "general.architecture": ARCHITECTURE,
        "general.type": "adapter",
        "adapter.type": "lora",
        "adapter.lora.alpha": float(adapter.alpha),
    }
    keys |= {key: value for key, value in sorted(adapter.metadata.items()) if key not in keys}
    header = build_header(keys, [tensor for tensor, _ in arrays])
    with path.open("wb") as stream:
        stream.write(header)
        for tensor, raw in arrays:
            stream.write(raw + bytes(padding(tensor.size, 32)))


def read_adapter(path: Path) -> Adapter:
    """Read an adapter file.

    Raises NotGgufError and TruncatedModelError as `read_header` does, WrongArchitectureError for an
    adapter of another kind of model, and AdapterError for a file that is no LoRA adapter or whose
    tensors do not fit together.
    """
    header = read_header(path)
    if header.text("general.type") != "adapter" or header.text("adapter.type") != "lora":
        raise AdapterError(f"{path.name} is a GGUF file, but not a LoRA adapter")
    if (architecture := header.text("general.architecture")) != ARCHITECTURE:
        raise WrongArchitectureError(
            f"{path.name} is an adapter for {architecture}, not for {ARCHITECTURE}"
        )
    alpha = header.number("adapter.lora.alpha")
    if alpha is None:
        raise AdapterError(f"{path.name} has no adapter.lora.alpha")
    tensors = _read_arrays(header)
    special_rows = tensors.pop(SPECIAL_ROWS, None)
    importance = {
        name.removesuffix(IMPORTANCE): tensors.pop(name)
        for name in sorted(tensors)
        if name.endswith(IMPORTANCE)
    }
    own = {"general.architecture", "general.type", "adapter.type", "adapter.lora.alpha"}
    metadata = {
        key: entry.value
        for key, entry in header.key_values.items()
        if key not in own and entry.value is not None
    }
    adapter = Adapter(float(alpha), tensors, special_rows, metadata, importance)
    _check(adapter)
    return adapter


def _read_arrays(header: GgufHeader) -> dict[str, FloatArray]:
    with header.path.open("rb") as stream:
        return {
            tensor.name: _decode(tensor, read_tensor(stream, tensor)) for tensor in header.tensors
        }


def _check(adapter: Adapter) -> None:
    if not np.isfinite(adapter.alpha):
        raise AdapterError(f"alpha is {adapter.alpha}")
    for name, pair in adapter.matrices.items():
        if pair.a.ndim != 2 or pair.b.ndim != 2 or not 0 < pair.a.shape[0] == pair.b.shape[1]:
            raise AdapterError(f"{name}: shapes {pair.a.shape} and {pair.b.shape} do not multiply")
        if not (np.isfinite(pair.a).all() and np.isfinite(pair.b).all()):
            raise AdapterError(f"{name}: not all of its values are finite")
    for name, columns in adapter.importance.items():
        changed = adapter.matrices.get(name)
        if changed is None or columns.shape != changed.a.shape[1:]:
            raise AdapterError(f"{name}{IMPORTANCE} does not fit the adapter's matrices")
        if not (np.isfinite(columns).all() and (columns >= 0).all()):
            raise AdapterError(f"{name}{IMPORTANCE}: not all of its values are 0 or more")
    rows = adapter.special_rows
    if rows is not None and (
        rows.ndim != 2 or rows.shape[0] != SPECIAL_TOKENS or not np.isfinite(rows).all()
    ):
        raise AdapterError(
            f"{SPECIAL_ROWS} needs {SPECIAL_TOKENS} rows of finite values, not {rows.shape}"
        )


def _stored(name: str, array: FloatArray, dtype: str) -> tuple[NewTensor, bytes]:
    raw = _encode(array, dtype)
    if not np.isfinite(_floats(raw, dtype)).all():
        raise AdapterError(f"{name} has values too large for {dtype}")
    return NewTensor(name, tuple(reversed(array.shape)), dtype), raw


def _encode(array: FloatArray, dtype: str) -> bytes:
    values = np.ascontiguousarray(array, dtype="<f4")
    if dtype == "F32":
        return values.tobytes()
    if dtype == "F16":
        with np.errstate(over="ignore"):
            return values.astype("<f2").tobytes()
    if dtype == "BF16":
        bits = values.view("<u4")
        # Round to nearest, ties to even: what torch and llama.cpp do.
        rounded = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
        return (rounded >> np.uint32(16)).astype("<u2").tobytes()
    raise AdapterError(f"an adapter is stored in F32, F16 or BF16, not in {dtype}")


def _floats(raw: bytes, dtype: str) -> FloatArray:
    if dtype == "BF16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << np.uint32(16)).view("<f4")
    return np.frombuffer(raw, {"F32": "<f4", "F16": "<f2"}[dtype]).astype(np.float32)


def _decode(tensor: TensorInfo, raw: bytes) -> FloatArray:
    if tensor.type_name not in ("F32", "F16", "BF16"):
        raise AdapterError(
            f"{tensor.name} is stored in {tensor.type_name}; F32, F16 and BF16 are understood"
        )
    return _floats(raw, tensor.type_name).reshape(tuple(reversed(tensor.shape)))
