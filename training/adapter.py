"""Trained parameters to the adapter that ships, and back: what is shipped can be trained on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import numpy as np
import torch

from custom_components.functiongemma.core.assemble.adapter import DOMAINS, FUNCTIONS, Adapter

#: Linear layers of a block: transformers' name → GGUF's.
LAYERS = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_NAME = re.compile(r"layers\.(\d+)\.([\w.]+?)\.lora_(A|B)\.default\.weight$")
_ROWS = "special_rows"


def to_adapter(
    state: dict[str, torch.Tensor],
    alpha: float,
    functions: Collection[str] = (),
    domains: Collection[str] = (),
    importance: Mapping[str, np.ndarray] | None = None,
) -> Adapter:
    """The trained parameters of a checkpoint as an adapter. Raises KeyError on a strange name.

    `functions`: names of the functions trained on, from now on the only ones the model is offered;
    `domains`: those of the entities, the only ones that are listed for it. None: it does not say.
    `importance`: what `training.importance` measured; what is not adapted is left out.
    """
    tensors: dict[str, np.ndarray] = {}
    rows: np.ndarray | None = None
    for name, value in state.items():
        if name == _ROWS:
            rows = value.float().numpy()
        else:
            tensors[_stored_name(name)] = value.float().numpy()
    if rows is None:
        raise KeyError(_ROWS)
    told = {FUNCTIONS: functions, DOMAINS: domains}
    metadata = {key: " ".join(sorted(names)) for key, names in told.items() if names}
    weighed = {n: c for n, c in (importance or {}).items() if f"{n}.lora_a" in tensors}
    return Adapter(alpha, tensors, rows, metadata, weighed)


def to_state(adapter: Adapter, names: Iterable[str]) -> dict[str, torch.Tensor]:
    """The parameters called `names` from an adapter; raises KeyError for one it does not hold."""
    if adapter.special_rows is None:
        raise KeyError(_ROWS)
    arrays = {**adapter.tensors, _ROWS: adapter.special_rows}
    return {
        name: torch.tensor(arrays[name if name == _ROWS else _stored_name(name)]) for name in names
    }


def trained_on(adapter: Adapter) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the functions and domains an adapter was trained on; none where it does not say."""
    functions, domains = (str(adapter.metadata.get(key, "")) for key in (FUNCTIONS, DOMAINS))
    return frozenset(functions.split()), frozenset(domains.split())


def _stored_name(parameter: str) -> str:
    match = _NAME.search(parameter)
    if match is None:
        raise KeyError(parameter)
    block, layer, side = match.groups()
    return f"blk.{block}.{LAYERS[layer]}.weight.lora_{side.lower()}"
