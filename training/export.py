"""python -m training.export --checkpoint DIR --out FILE.lora.gguf [--model FILE.gguf]

Writes the trained adapter as a GGUF that `assemble` merges into the base; with `--model` also the
merged, quantised model itself.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
from pathlib import Path

import torch

from custom_components.functiongemma.core.assemble import assemble
from custom_components.functiongemma.core.assemble.adapter import write_adapter
from custom_components.functiongemma.core.assemble.merge import merge

from .adapter import to_adapter
from .paths import ADAPTER, model_cache


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
    adapter = to_adapter(
        state["model"], state["config"]["alpha"], state["functions"], state["domains"]
    )
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
