"""Training on a CPU in eight bits: the frozen weights and what is multiplied with them.

A LoRA step spends most of its time in products with weights that never change: forwards with the
activations, backwards with the gradients. Processors with int8 dot products (VNNI) do these four
times as fast as in float32. Here weights are int8 a row, activations and gradients int8 a position;
the LoRA matrices, norms, attention and the loss stay float32. Columns of activations that are large
are made smaller before rounding and their weights larger (the idea of SmoothQuant, arXiv
2211.10438). What is around the products is fused by `torch.compile`, since it is bound by memory.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

#: Columns below this share of the mean are not made larger for it.
_FLOOR = 0.02


def _quantise(x: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
    """Rows (M, K) times `columns` (K) as int8 and their scales (M, 1)."""
    x = x * columns
    scale = x.abs().amax(-1, keepdim=True).clamp(min=1e-12) / 127
    return (x / scale).round().to(torch.int8), scale


def _restore(product: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """An int32 product (M, N) with the scales of its rows (M, 1) and columns (N)."""
    return product * rows * columns


def _norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + eps) * weight


def _norm_back(grad: Tensor, x: Tensor, weight: Tensor, eps: float) -> Tensor:
    scale = torch.rsqrt((x * x).mean(-1, keepdim=True) + eps)
    grad = grad * weight
    return scale * (grad - x * (scale * scale) * (grad * x).mean(-1, keepdim=True))


_SLOPE, _CUBE = 0.7978845608028654, 0.044715


def _gated(gate: Tensor, up: Tensor) -> Tensor:
    inner = torch.tanh(_SLOPE * (gate + _CUBE * gate * gate * gate))
    return 0.5 * gate * (1 + inner) * up


def _gated_back(grad: Tensor, gate: Tensor, up: Tensor) -> tuple[Tensor, Tensor]:
    inner = torch.tanh(_SLOPE * (gate + _CUBE * gate * gate * gate))
    gelu = 0.5 * gate * (1 + inner)
    slope = 0.5 * (1 + inner) + 0.5 * gate * (1 - inner * inner) * _SLOPE * (
        1 + 3 * _CUBE * gate * gate
    )
    return grad * up * slope, grad * gelu


class Kernels:
    """The fused functions, compiled when first used."""

    def __init__(self, compiled: bool) -> None:
        """`compiled`: needs a C++ compiler; without, the same is computed one step at a time."""

        def ready(function: Callable[..., Any]) -> Callable[..., Any]:
            return torch.compile(function, dynamic=True) if compiled else function

        self.quantise, self.restore = ready(_quantise), ready(_restore)
        self.norm, self.norm_back = ready(_norm), ready(_norm_back)
        self.gated, self.gated_back = ready(_gated), ready(_gated_back)


@dataclass
class Frozen:
    """A frozen weight (N, K) in int8."""

    rows: Tensor
    """(N, K) int8"""
    scales: Tensor
    """(N)"""
    larger: Tensor
    """(K): what the activations' columns are divided by."""
    smaller: Tensor
    """(K): 1 / `larger`."""

    @classmethod
    def of(cls, weight: Tensor, larger: Tensor) -> Frozen:
        """`larger` (K) > 0."""
        scaled = weight * larger
        scales = scaled.abs().amax(1).clamp(min=1e-12) / 127
        rows = (scaled / scales[:, None]).round().to(torch.int8)
        return cls(rows, scales, larger, 1 / larger)


class _Product(torch.autograd.Function):
    """x (M, K) with a frozen weight and its LoRA matrices → (M, N)."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, a: Tensor, b: Tensor, frozen: Frozen, scaling: float,
        quantised: tuple[Tensor, Tensor], kernels: Kernels,
    ) -> Tensor:  # fmt: skip
        rows, scales = quantised
        product = torch._int_mm(rows, frozen.rows.t())
        y = kernels.restore(product, scales, frozen.scales)
        inner = x @ a.t()
        inner *= scaling
        y.addmm_(inner, b.t())
        ctx.save_for_backward(x, inner, a, b)
        ctx.frozen, ctx.scaling, ctx.kernels = frozen, scaling, kernels
        return y

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,) = grads
        grad = grad.contiguous()
        x, inner, a, b = ctx.saved_tensors
        below = grad @ b
        below *= ctx.scaling
        rows, scales = ctx.kernels.quantise(grad, ctx.frozen.scales)
        product = torch._int_mm(rows, ctx.frozen.rows)
        grad_x = ctx.kernels.restore(product, scales, ctx.frozen.smaller)
        grad_x.addmm_(below, a)
        return grad_x, below.t() @ x, grad.t() @ inner, None, None, None, None


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float, kernels: Kernels) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.eps, ctx.kernels = eps, kernels
        return kernels.norm(x, weight, eps)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        return ctx.kernels.norm_back(grads[0], x, weight, ctx.eps), None, None, None


class _Gated(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, gate: Tensor, up: Tensor, kernels: Kernels) -> Tensor:
        ctx.save_for_backward(gate, up)
        ctx.kernels = kernels
        return kernels.gated(gate, up)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        return *ctx.kernels.gated_back(grads[0], *ctx.saved_tensors), None


class _Inputs:
    """Quantised activations of the last input: several layers have the same one."""

    def __init__(self, kernels: Kernels) -> None:
        self.kernels = kernels
        self._last: tuple[Tensor, tuple[Tensor, Tensor]] | None = None

    def of(self, x: Tensor, columns: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """`x` (1, M, K) as (M, K), and that quantised."""
        if self._last is None or self._last[0] is not x:
            flat = x.detach().flatten(0, -2)
            self._last = (x, self.kernels.quantise(flat, columns))
        return x.flatten(0, -2), self._last[1]


def lora_layers(model: nn.Module) -> dict[str, Any]:
    """peft's LoRA layers by name."""
    return {n: m for n, m in model.named_modules() if hasattr(m, "lora_A")}


def measure_columns(model: nn.Module, run: Callable[[], Any]) -> dict[str, Tensor]:
    """How large each column of every LoRA layer's input is (root mean square) while `run` runs."""
    found: dict[str, Tensor] = {}

    def hook(name: str) -> Callable[..., None]:
        def note(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            found[name] = inputs[0].detach().flatten(0, -2).pow(2).mean(0).sqrt()

        return note

    hooks = [m.register_forward_pre_hook(hook(n)) for n, m in lora_layers(model).items()]
    try:
        with torch.no_grad():
            run()
    finally:
        for handle in hooks:
            handle.remove()
    return found


def has_compiler() -> bool:
    """Whether there is the C++ compiler that `torch.compile` needs on a CPU."""
    return any(map(shutil.which, (os.environ.get("CXX", "c++"), "g++", "clang++")))


def use_eight_bits(model: nn.Module, columns: dict[str, Tensor]) -> None:
    """Change the forward of every LoRA layer, norm and gated layer of `model`, in place.

    `columns`: of `measure_columns`. The float32 weights stay where they are.
    """
    kernels = Kernels(has_compiler())
    inputs = _Inputs(kernels)
    for name, layer in lora_layers(model).items():
        size = columns[name]
        larger = size.clamp(min=float(size.mean()) * _FLOOR).sqrt()
        frozen = Frozen.of(layer.base_layer.weight.data, larger / larger.mean())
        layer.forward = _linear(layer, frozen, inputs, kernels)
    for module in model.modules():
        kind = type(module).__name__
        if kind.endswith("RMSNorm"):
            module.forward = _rms_norm(module, kernels)
        elif kind.endswith("MLP"):
            module.forward = _gated_layer(module, kernels)


def _linear(layer: Any, frozen: Frozen, inputs: _Inputs, kernels: Kernels) -> Callable[..., Tensor]:
    a, b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
    scaling = layer.scaling["default"]

    def forward(x: Tensor) -> Tensor:
        flat, quantised = inputs.of(x, frozen.smaller)
        y: Tensor = _Product.apply(flat, a, b, frozen, scaling, quantised, kernels)
        return y.unflatten(0, x.shape[:-1])

    return forward


def _rms_norm(module: Any, kernels: Kernels) -> Callable[..., Tensor]:
    weight = 1 + module.weight.detach().float()

    def forward(x: Tensor) -> Tensor:
        y: Tensor = _Norm.apply(x, weight, module.eps, kernels)
        return y

    return forward


def _gated_layer(module: Any, kernels: Kernels) -> Callable[..., Tensor]:
    def forward(x: Tensor) -> Tensor:
        hidden = _Gated.apply(module.gate_proj(x), module.up_proj(x), kernels)
        y: Tensor = module.down_proj(hidden)
        return y

    return forward
