"""python -m training.export --checkpoint DIR --out FILE.lora.gguf [--model FILE.gguf]

Writes the trained adapter as a GGUF that `assemble` merges into the base; with `--model` also the
merged, quantised model itself.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
import torch

from custom_components.functiongemma.core.assemble.adapter import Adapter, write_adapter

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


def convert(state: dict[str, torch.Tensor], alpha: float) -> Adapter:
    """The trained parameters of a checkpoint as an adapter. Raises KeyError on a strange name."""
    tensors: dict[str, np.ndarray] = {}
    rows: np.ndarray | None = None
    for name, value in state.items():
        array = value.float().numpy()
        if name == "special_rows":
            rows = array
            continue
        match = _NAME.search(name)
        if match is None:
            raise KeyError(name)
        block, layer, side = match.groups()
        tensors[f"blk.{block}.{LAYERS[layer]}.weight.lora_{side.lower()}"] = array
    if rows is None:
        raise KeyError("special_rows")
    return Adapter(alpha=alpha, tensors=tensors, special_rows=rows)
