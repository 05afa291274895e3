"""An adapter comes back from its file as it was trained, and a wrong one is refused before it is
used.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from custom_components.functiongemma.core.assemble.adapter import (
    Adapter,
    AdapterError,
    read_adapter,
    write_adapter,
)
from custom_components.functiongemma.core.errors import NotGgufError, WrongArchitectureError

from .tiny import make_adapter, write_base

REAL_LAYERS = {
    "attn_q": (640, 1024),
    "attn_k": (640, 256),
    "attn_v": (640, 256),
    "attn_output": (1024, 640),
    "ffn_gate": (640, 2048),
    "ffn_up": (640, 2048),
    "ffn_down": (2048, 640),
}

values = st.floats(-1000, 1000, width=32)


@st.composite
def adapters(draw: st.DrawFn) -> Adapter:
    tensors, importance = {}, {}
    layers = st.sampled_from(sorted(REAL_LAYERS))
    names = st.builds("blk.{}.{}.weight".format, st.integers(0, 17), layers)
    for name in draw(st.sets(names, max_size=3)):
        rank, inputs, outputs = (draw(st.integers(1, 5)) for _ in range(3))
        tensors[f"{name}.lora_a"] = draw(hnp.arrays(np.float32, (rank, inputs), elements=values))
        tensors[f"{name}.lora_b"] = draw(hnp.arrays(np.float32, (outputs, rank), elements=values))
        if draw(st.booleans()):
            # Powers of two: exact in the 16 bits they are stored in.
            powers = st.integers(-30, 30).map(lambda power: 2.0**power)
            importance[name] = draw(hnp.arrays(np.float32, (inputs,), elements=powers))
    rows = draw(st.none() | hnp.arrays(np.float32, (7, 3), elements=values))
    texts = st.text(st.characters(codec="utf-8"), max_size=9)
    metadata = draw(st.dictionaries(st.just("general.name"), texts))
    return Adapter(draw(st.floats(0.5, 512, width=32)), tensors, rows, metadata, importance)


@settings(max_examples=60, deadline=None)
@given(adapter=adapters())
def test_an_adapter_survives_its_file(
    tmp_path_factory: pytest.TempPathFactory, adapter: Adapter
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.lora.gguf"
    write_adapter(path, adapter, dtype="F32")
    again = read_adapter(path)
    assert (again.alpha, again.metadata) == (adapter.alpha, adapter.metadata)
    assert again.tensors.keys() == adapter.tensors.keys()
    for name, array in adapter.tensors.items():
        np.testing.assert_array_equal(again.tensors[name], array)
    assert again.importance.keys() == adapter.importance.keys()
    for name, columns in adapter.importance.items():
        np.testing.assert_array_equal(again.importance[name], columns)
    if adapter.special_rows is None:
        assert again.special_rows is None
    else:
        np.testing.assert_array_equal(again.special_rows, adapter.special_rows)


@pytest.mark.parametrize("dtype", ["F32", "F16", "BF16"])
def test_the_gguf_package_reads_what_was_written(tmp_path: Path, dtype: str) -> None:
    path, adapter = tmp_path / "a.gguf", make_adapter()
    write_adapter(path, adapter, dtype=dtype)
    reader = gguf.GGUFReader(path)
    keys = {key: field.contents() for key, field in reader.fields.items()}
    assert keys["general.type"] == "adapter"
    assert keys["adapter.type"] == "lora"
    assert keys["general.architecture"] == "gemma3"
    assert keys["adapter.lora.alpha"] == adapter.alpha
    kind = gguf.GGMLQuantizationType[dtype]
    for tensor in reader.tensors:
        if tensor.name == "token_embd.special_rows":
            np.testing.assert_array_equal(np.array(tensor.data), adapter.special_rows)
            continue
        expected = gguf.quants.quantize(adapter.tensors[tensor.name], kind)
        assert tensor.tensor_type == kind
        assert np.array(tensor.data).tobytes() == expected.tobytes()
    assert len(reader.tensors) == len(adapter.tensors) + 1


@pytest.mark.parametrize("dtype", ["F16", "BF16"])
def test_half_precision_comes_back_close(tmp_path: Path, dtype: str) -> None:
    path, adapter = tmp_path / "a.gguf", make_adapter()
    write_adapter(path, adapter, dtype=dtype)
    for name, array in read_adapter(path).tensors.items():
        np.testing.assert_allclose(array, adapter.tensors[name], rtol=2**-8)


def test_the_real_adapter_fits_in_git(tmp_path: Path) -> None:
    path, tensors, importance = tmp_path / "a.gguf", {}, {}
    for block in range(18):
        for layer, (inputs, outputs) in REAL_LAYERS.items():
            name = f"blk.{block}.{layer}.weight"
            tensors[f"{name}.lora_a"] = np.zeros((32, inputs), np.float32)
            tensors[f"{name}.lora_b"] = np.zeros((outputs, 32), np.float32)
            importance[name] = np.ones(inputs, np.float32)
    rows = np.zeros((7, 640), np.float32)
    write_adapter(path, Adapter(64.0, tensors, rows, importance=importance))
    assert path.stat().st_size < 16_000_000


def test_equal_adapters_make_equal_files(tmp_path: Path) -> None:
    adapter = make_adapter()
    shuffled = replace(adapter, tensors=dict(reversed(adapter.tensors.items())))
    write_adapter(tmp_path / "a", adapter)
    write_adapter(tmp_path / "b", shuffled)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


NAME = "blk.0.attn_q.weight"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({f"{NAME}.lora_a": np.zeros((3, 64), np.float32)}, "do not multiply"),
        ({f"{NAME}.lora_a": np.zeros(64, np.float32)}, "do not multiply"),
        ({f"{NAME}.lora_b": np.full((64, 4), np.nan, np.float32)}, "finite"),
        ({"blk.7.attn_q.weight.lora_a": np.zeros((4, 64), np.float32)}, "one half"),
        ({"output.weight.lora_a": np.zeros((4, 64), np.float32)}, "not a tensor"),
        ({"blk.0.attn_q.weight": np.zeros((4, 64), np.float32)}, "not a tensor"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(
    tmp_path: Path, change: dict[str, np.ndarray], message: str
) -> None:
    adapter = make_adapter()
    broken = replace(adapter, tensors={**adapter.tensors, **change})
    with pytest.raises(AdapterError, match=message):
        write_adapter(tmp_path / "a", broken)


def test_special_rows_of_another_count_are_refused(tmp_path: Path) -> None:
    broken = replace(make_adapter(), special_rows=np.zeros((6, 64), np.float32))
    with pytest.raises(AdapterError, match="7 rows"):
        write_adapter(tmp_path / "a", broken)


@pytest.mark.parametrize(
    ("name", "columns", "message"),
    [
        (NAME, np.ones(63, np.float32), "does not fit"),
        ("blk.9.attn_q.weight", np.ones(64, np.float32), "does not fit"),
        (NAME, np.full(64, -1, np.float32), "0 or more"),
        (NAME, np.full(64, np.inf, np.float32), "0 or more"),
    ],
)
def test_importance_of_something_else_is_refused(
    tmp_path: Path, name: str, columns: np.ndarray, message: str
) -> None:
    with pytest.raises(AdapterError, match=message):
        write_adapter(tmp_path / "a", replace(make_adapter(), importance={name: columns}))


def test_values_beyond_half_precision_are_refused(tmp_path: Path) -> None:
    adapter = make_adapter()
    big = {name: np.full_like(array, 1e6) for name, array in adapter.tensors.items()}
    with pytest.raises(AdapterError, match="too large for F16"):
        write_adapter(tmp_path / "a", replace(adapter, tensors=big), dtype="F16")


def test_a_model_is_not_taken_for_an_adapter(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match="not a LoRA adapter"):
        read_adapter(write_base(tmp_path / "model.gguf"))


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    write_adapter(path, make_adapter())
    path.write_bytes(path.read_bytes().replace(b"gemma3", b"gemma2"))
    with pytest.raises(WrongArchitectureError, match="gemma2"):
        read_adapter(path)


def test_a_git_lfs_pointer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(NotGgufError):
        read_adapter(path)
