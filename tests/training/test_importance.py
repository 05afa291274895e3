"""The columns that matter are those that real prompts make large, and the quantiser is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.assemble.adapter import read_adapter
from tests.core import tiny_gguf
from training.export import main as export
from training.importance import importance_of, measure
from training.model import HomeModel
from training.quantise.__main__ import main, quantise
from training.sequences import Example, build_sequence
from training.train import Config, Trainer

MakeModel = Callable[..., HomeModel]
QUERY = "blk.0.attn_q.weight"


def test_squares_of_what_comes_in(make_model: MakeModel) -> None:
    model = make_model()
    ids = [2, 400, 401, 402, 403]
    found = measure(model, [build_sequence(ids[:3], [Example(ids[3:], 1)])])
    assert len(found) == 7 * tiny_gguf.LAYERS + 1
    assert found["blk.5.ffn_down.weight"].shape == (tiny_gguf.FEED_FORWARD,)
    layer = model.peft.base_model.model.model.layers[0]
    with torch.no_grad():
        inputs = layer.input_layernorm(model.embedding[torch.tensor(ids)] * model.scale)
    np.testing.assert_allclose(found[QUERY], inputs.square().mean(0).numpy(), rtol=1e-4)


def test_padding_does_not_count(make_model: MakeModel) -> None:
    model = make_model()
    prefix, short, long = [2, 400], Example([401, 402], 1), Example([403, 404, 405, 406], 1)
    padded = build_sequence(prefix, [short, long])
    assert tokens.PAD in padded.ids.tolist()
    exact = build_sequence(prefix, [short, long], group=1)
    found, wanted = measure(model, [padded]), measure(model, [exact])
    for name, columns in wanted.items():
        np.testing.assert_allclose(found[name], columns, rtol=1e-3, err_msg=name)


def test_weighed_columns_lose_less(base: Path, tmp_path: Path) -> None:
    weights = np.full(tiny_gguf.HIDDEN, 1e-6, np.float32)
    weights[:4] = 1.0
    quantise(base, tmp_path / "plain.gguf", "Q4_0")
    quantise(base, tmp_path / "weighed.gguf", "Q4_0", importance={QUERY: weights})
    exact, plain, weighed = (
        query(path) for path in (base, tmp_path / "plain.gguf", tmp_path / "weighed.gguf")
    )
    lost_plain, lost_weighed = (np.abs(w - exact)[:, :4].mean() for w in (plain, weighed))
    assert lost_weighed < 0.9 * lost_plain


def query(path: Path) -> np.ndarray:
    tensor = next(t for t in gguf.GGUFReader(path).tensors if t.name == QUERY)
    return gguf.quants.dequantize(np.array(tensor.data), tensor.tensor_type)


def record(text: str) -> dict[str, Any]:
    home = {"entities": [{"id": "light.a", "name": "Lamp"}]}
    calls = [{"name": "light.turn_on", "arguments": {"name": "Lamp"}}]
    sentences = [{"text": text, "calls": calls}, {"text": "hello", "calls": []}]
    return {"home": home, "functions": ["light.turn_on"], "sentences": sentences}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of the dataset with three homes."""
    folder = tmp_path / "data"
    folder.mkdir()
    lines = [json.dumps(record(text)) for text in ("turn on the lamp", "lamp on", "the lamp")]
    (folder / "en.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_from_the_datasets_files(base: Path, data: Path, tmp_path: Path) -> None:
    told = ["--model", str(base), "--types", "Q4_0", "--importance", str(data), "--homes", "2"]
    assert main(["--out", str(tmp_path), *told]) == 0
    quantise(base, tmp_path / "plain.gguf", "Q4_0")
    assert np.any(query(tmp_path / "home-Q4_0-weighed.gguf") != query(tmp_path / "plain.gguf"))
    with pytest.raises(ValueError, match="no homes"):
        importance_of(base, tmp_path / "nothing", 2)


def test_the_adapter_takes_what_was_measured_to_the_users_machine(
    base: Path, make_model: MakeModel, data: Path, tmp_path: Path
) -> None:
    model = make_model()
    config = Config(rank=model.rank, alpha=model.alpha)
    Trainer(model, config, tmp_path / "run", "cpu").save()
    told = ["--checkpoint", str(tmp_path / "run"), "--base", str(base), "--homes", "2"]
    out = tmp_path / "a.lora.gguf"
    export(["--out", str(out), "--importance", str(data), *told])
    adapter = read_adapter(out)
    assert adapter.importance.keys() == adapter.matrices.keys()
    assert all(columns.any() for columns in adapter.importance.values())
    with pytest.raises(SystemExit, match="no homes"):
        export(["--out", str(out), "--importance", str(tmp_path / "nothing"), *told])
