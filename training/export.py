"""python -m training.export --checkpoint DIR --out FILE.lora.gguf [--model FILE.gguf]

Writes the trained adapter as a GGUF that `assemble` merges into the base; with `--model` also the
merged, quantised model itself. `--importance` measures on a dataset what each column of a matrix
counts for, so that quantising loses less; an adapter that is shipped should have it.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
from pathlib import Path
from typing import Any

import torch

from custom_components.functiongemma.core.assemble import assemble
from custom_components.functiongemma.core.assemble.adapter import write_adapter
from custom_components.functiongemma.core.assemble.merge import merge

from .adapter import to_adapter
from .base import fetched_base
from .importance import Importance, importance_in
from .model import HomeModel
from .paths import ADAPTER, model_cache


def measured(state: dict[str, Any], base: Path, data: Path, homes: int) -> Importance:
    """What the columns of a checkpoint's model count for, on `homes` records of a dataset."""
    config = state["config"]
    model = HomeModel.from_gguf(base, config["rank"], config["alpha"], torch.float32)
    model.load_trained_state(state["model"])
    return importance_in(model, base, data, homes)


def main(argv: list[str] | None = None) -> None:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(prog="training.export", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder of training.train")
    parser.add_argument("--out", type=Path, default=ADAPTER, help="adapter to write")
    parser.add_argument("--model", type=Path, help="also write the merged, quantised model here")
    parser.add_argument("--base", type=Path, help="base GGUF; default: downloaded where needed")
    parser.add_argument("--importance", type=Path, metavar="DATA", help="folder of the dataset")
    parser.add_argument("--homes", type=int, default=32, help="how many of its homes to measure on")
    args = parser.parse_args(argv)
    state = torch.load(args.checkpoint / "checkpoint.pt", map_location="cpu")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    importance = None
    if args.importance:
        try:
            importance = measured(state, args.base or fetched_base(), args.importance, args.homes)
        except ValueError as err:
            raise SystemExit(f"error: {err}") from err
    adapter = to_adapter(
        state["model"], state["config"]["alpha"], state["functions"], state["domains"], importance
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
