"""Training in int8 goes where training in float32 goes, and is refused nothing it needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from training import eight_bits
from training.eight_bits import Frozen, Kernels, measure_columns, use_eight_bits
from training.model import HomeModel
from training.sequences import Encoder, Sequence
from training.tokenizer import GgufTokenizer
from training.train import Config, Trainer, answer_vocabulary

MakeModel = Callable[..., HomeModel]


@pytest.fixture(scope="session")
def sequence(tokenize: GgufTokenizer, records: dict[str, list[dict[str, Any]]]) -> Sequence:
    small = min(records["en"], key=lambda row: len(row["home"]["entities"]))
    return next(iter(Encoder(tokenize).sequences(small, blocks=6, limit=4000)))


@pytest.fixture
def trainer(make_model: MakeModel, tmp_path: Path) -> Trainer:
    model = make_model()
    torch.manual_seed(6)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:  # which is zero at first: nothing would reach lora_A
                parameter.copy_(torch.randn_like(parameter) * 0.02)
    return Trainer(model, Config(rank=4, alpha=8, learning_rate=2e-2, warmup=0), tmp_path, "cpu")


def gradients(trainer: Trainer, sequence: Sequence) -> tuple[float, Tensor]:
    trainer.model.zero_grad()
    loss = trainer.loss(sequence, answer_vocabulary([sequence]))
    loss.backward()  # type: ignore[no-untyped-call]
    found = [p.grad for p in trainer.model.parameters() if p.requires_grad]
    return float(loss.detach()), torch.cat([g.flatten() for g in found if g is not None])


def test_loss_and_gradients_are_nearly_those_of_float32(
    trainer: Trainer, sequence: Sequence
) -> None:
    loss, exact = gradients(trainer, sequence)
    trainer.use_eight_bits(sequence)
    rounded, rough = gradients(trainer, sequence)
    assert rounded != loss, "still float32"
    assert rounded == pytest.approx(loss, rel=0.01)
    assert len(rough) == len(exact)
    assert torch.cosine_similarity(exact, rough, 0) > 0.99
    assert rough.norm() == pytest.approx(float(exact.norm()), rel=0.05)


def test_a_run_learns(trainer: Trainer, sequence: Sequence) -> None:
    vocabulary = answer_vocabulary([sequence])
    trainer.use_eight_bits(sequence)
    losses = [trainer.step([sequence], vocabulary) for _ in range(15)]
    assert losses[-1] < 0.7 * losses[0]


def test_a_column_much_larger_than_the_others_does_not_drown_them() -> None:
    torch.manual_seed(1)
    x, weight = torch.randn(50, 64), torch.randn(32, 64)
    x[:, 7] *= 300
    kernels = Kernels(compiled=False)

    def error(larger: Tensor) -> float:
        frozen = Frozen.of(weight, larger)
        rows, scales = kernels.quantise(x, frozen.smaller)
        product = torch._int_mm(rows, frozen.rows.t())
        exact = x @ weight.t()
        return float((kernels.restore(product, scales, frozen.scales) - exact).norm())

    assert error(x.pow(2).mean(0).sqrt().sqrt()) < 0.5 * error(torch.ones(64))


@pytest.mark.parametrize("kind", ["norm", "gated"])
def test_what_is_fused_has_the_gradient_of_what_it_computes(kind: str) -> None:
    torch.manual_seed(2)
    x, y = (torch.randn(5, 8, requires_grad=True) for _ in range(2))
    grad, weight, kernels = torch.randn(5, 8), torch.randn(8), Kernels(compiled=False)
    if kind == "norm":
        value = eight_bits._norm(x, weight, 1e-6)
        fused = (kernels.norm_back(grad, x, weight, 1e-6),)
        inputs: tuple[Tensor, ...] = (x,)
    else:
        value = torch.nn.functional.gelu(x, approximate="tanh") * y
        torch.testing.assert_close(kernels.gated(x, y), value)
        fused, inputs = kernels.gated_back(grad, x, y), (x, y)
    expected = torch.autograd.grad(value, inputs, grad)
    for one, other in zip(fused, expected, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


def test_every_layer_with_an_adapter_is_changed(make_model: MakeModel, sequence: Sequence) -> None:
    model = make_model()
    layers = eight_bits.lora_layers(model)
    columns = measure_columns(
        model, lambda: model.hidden(sequence.ids, sequence.prefix, sequence.groups)
    )
    assert columns.keys() == layers.keys()
    use_eight_bits(model, columns)
    assert all("forward" in vars(layer) for layer in layers.values())
