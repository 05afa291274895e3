"""python -m training.export --checkpoint DIR --out FILE.lora.gguf [--model FILE.gguf]

Writes the trained adapter as a GGUF that `assemble` merges into the base; with `--model` also the
merged, quantised model itself.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
from pathlib import Path

import numpy as np
import torch

from custom_components.functiongemma.core.assemble import assemble
from custom_components.functiongemma.core.assemble.adapter import Adapter, write_adapter
from custom_components.functiongemma.core.assemble.merge import merge

from .paths import ADAPTER, model_cache

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


def main(argv: list[str] | None = None) -> None:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(prog="training.export", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder of training.train")
    parser.add_argument("--out", type=Path, default=ADAPTER, help="adapter to write")
    parser.add_argument("--model", type=Path, help="also write the merged, quantised model here")
    parser.add_argument("--base", type=Path, help="base GGUF for --model; default: downloaded")
    args = parser.parse_args(argv)
    state = torch.load(args.checkpoint / "checkpoint.pt", map_location="cpu")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    adapter = convert(state["model"], state["config"]["alpha"])
    write_adapter(args.out, adapter)
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.1f} MB")
    if args.model:
        if args.base:
            digest = hashlib.sha256(args.out.read_bytes()).hexdigest()
            merge(args.base, adapter, args.model, adapter_sha256=digest)
        else:
            shutil.copyfile(assemble(model_cache(), args.out), args.model)
        print(f"{args.model}: {args.model.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
