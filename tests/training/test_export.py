"""What was trained is what runs: checkpoint, adapter, merged model and llama.cpp agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch

from custom_components.functiongemma.core.assemble.adapter import (
    Adapter,
    read_adapter,
    write_adapter,
)
from custom_components.functiongemma.core.assemble.merge import merge
from custom_components.functiongemma.core.assemble.recipe import Recipe
from custom_components.functiongemma.core.catalogue import FUNCTIONS
from custom_components.functiongemma.core.engine import LlamaEngine
from tests.core import tiny_gguf
from training.adapter import LAYERS, to_adapter, to_state
from training.export import main
from training.model import HomeModel
from training.train import Config, Trainer

MakeModel = Callable[..., HomeModel]
AS_IT_IS = Recipe(1, "exact", "home-1", "F32", (("*", "keep"),))


@pytest.fixture
def model(make_model: MakeModel) -> HomeModel:
    """With adapters and special rows as if it had been trained."""
    made = make_model()
    torch.manual_seed(8)
    with torch.no_grad():
        for parameter in made.parameters():
            if parameter.requires_grad:
                parameter.copy_(torch.randn_like(parameter) * 0.15)
    return made


@pytest.fixture
def checkpoint(model: HomeModel, tmp_path: Path) -> Path:
    config = Config(rank=model.rank, alpha=model.alpha)
    Trainer(model, config, tmp_path / "run", "cpu").save()
    return tmp_path / "run"


def tensors(path: Path) -> dict[str, np.ndarray]:
    return {
        tensor.name: gguf.quants.dequantize(np.array(tensor.data), tensor.tensor_type)
        for tensor in gguf.GGUFReader(path).tensors
    }


def expected(model: HomeModel, base: Path) -> dict[str, np.ndarray]:
    """base + scale · B · A, and base + special rows, by PyTorch's names."""
    weights = tensors(base)
    layers = model.peft.base_model.model.model.layers
    scale = model.alpha / model.rank
    for number, layer in enumerate(layers):
        for path, name in LAYERS.items():
            linear = layer.get_submodule(path)
            a, b = linear.lora_A["default"].weight, linear.lora_B["default"].weight
            weights[f"blk.{number}.{name}.weight"] += (scale * (b @ a)).detach().numpy()
    weights["token_embd.weight"][46:53] += model.special_rows.detach().numpy()
    return weights


def assert_near(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray], share: float) -> None:
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        tolerance = share * np.abs(value).max()
        np.testing.assert_allclose(found[name], value, atol=tolerance, err_msg=name)


def test_a_checkpoint_becomes_an_adapter_and_a_model(
    model: HomeModel, checkpoint: Path, base: Path, tmp_path: Path
) -> None:
    adapter, merged = tmp_path / "a" / "home.lora.gguf", tmp_path / "model.gguf"
    main(["--checkpoint", str(checkpoint), "--out", str(adapter), "--model", str(merged),
          "--base", str(base)])  # fmt: skip
    wanted, plain = expected(model, base), tensors(base)
    assert all(
        np.abs(wanted[name] - plain[name]).max() > 0.1
        for name in wanted
        if name.endswith(("attn_q.weight", "ffn_down.weight", "token_embd.weight"))
    )
    # Blocks are quantised to 4 bits, whose widest step is 24 of 127.
    assert_near(tensors(merged), wanted, 0.5 * 24 / 127 + 0.02)
    # The adapter that is shipped, merged on the user's machine, gives the same.
    again = tmp_path / "again.gguf"
    merge(base, read_adapter(adapter), again, adapter_sha256="x", recipe=AS_IT_IS)
    assert_near(tensors(again), wanted, 0.004)  # matrices of 16 bits


def test_llama_cpp_computes_what_was_trained(model: HomeModel, base: Path, tmp_path: Path) -> None:
    """The logits of the merged file, in the agent's engine, are those of the training's forward
    pass: same attention, window, rotation, scale, adapters and special rows."""
    path = tmp_path / "merged.gguf"
    merge(
        base, to_adapter(model.trained_state(), model.alpha), path, adapter_sha256="x",
        recipe=AS_IT_IS,
    )  # fmt: skip
    torch.manual_seed(9)
    prefix = torch.randint(363, 1000, (tiny_gguf.WINDOW * 2 + 7,))
    prefix[0], prefix[3], prefix[20] = 2, 46, 47
    blocks = torch.randint(363, 1000, (2, 12))
    blocks[:, 6] = torch.tensor([48, 52])
    ids = torch.cat([prefix, blocks.flatten()])
    with torch.no_grad():
        hidden = model.hidden(ids, len(prefix), [(2, 12)])
        logits = model.logits(hidden, torch.arange(model.embedding.shape[0]))
    ours = logits[len(prefix) :].unflatten(0, (2, 12)).numpy()
    engine = LlamaEngine(path, context=tiny_gguf.CONTEXT)
    for row, block in zip(ours, blocks.tolist(), strict=True):
        for end in (1, 7, 12):
            engine.begin(prefix.tolist(), block[:end])
            found = engine.evaluate([()], [None])[0]
            np.testing.assert_allclose(found, row[end - 1], atol=0.05)
            assert np.abs(row[end - 1]).max() > 1
    engine.close()


def test_the_model_says_what_it_was_trained_on(
    model: HomeModel, base: Path, tmp_path: Path
) -> None:
    names = [f.name for f in FUNCTIONS]
    for given, told in ((names, tuple(sorted(names))), ((), None)):
        adapter, path = tmp_path / "a.lora.gguf", tmp_path / "merged.gguf"
        write_adapter(adapter, to_adapter(model.trained_state(), model.alpha, given, given[:2]))
        merge(base, read_adapter(adapter), path, adapter_sha256="x", recipe=AS_IT_IS)
        engine = LlamaEngine(path, context=tiny_gguf.CONTEXT)
        assert engine.info.functions == told
        assert engine.info.domains == (told and tuple(sorted(given[:2])))
        engine.close()


def test_names_that_are_not_known_are_refused(model: HomeModel) -> None:
    state = model.trained_state()
    with pytest.raises(KeyError, match="something"):
        to_adapter({**state, "something": torch.zeros(1)}, 1.0)
    del state["special_rows"]
    with pytest.raises(KeyError, match="special_rows"):
        to_adapter(state, 1.0)


def test_every_trained_matrix_is_in_the_adapter(model: HomeModel) -> None:
    state = model.trained_state()
    adapter: Adapter = to_adapter(state, model.alpha)
    assert to_state(adapter, state).keys() == state.keys()
    assert len(adapter.matrices) == 7 * tiny_gguf.LAYERS
    assert adapter.alpha == model.alpha
    assert adapter.special_rows is not None
    assert adapter.special_rows.shape == (7, tiny_gguf.HIDDEN)
