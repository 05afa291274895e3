"""python -m training.quantise --out DIR [--model MERGED.gguf | --base BASE.gguf] [--types TYPE …]

A study of sizes: writes the home model in several quantisations with llama.cpp's own quantiser and
prints how large they are. `training.evaluate` asks each of them, `training.report` sets the results
side by side. Without --model the model is merged from the adapter first, in 16 bits.

A type is one of llama.cpp's, or two joined by a plus: that of the blocks and that of the embedding,
which is also the output layer. Matrices whose rows llama.cpp cannot cut into the blocks of a K type
(640 is no multiple of 256) get the next larger type that fits, so what was written is printed, too.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from custom_components.functiongemma.core.assemble import DEFAULT_ADAPTER
from custom_components.functiongemma.core.assemble.adapter import read_adapter
from custom_components.functiongemma.core.assemble.merge import EMBEDDING, merge
from custom_components.functiongemma.core.assemble.recipe import HOME_RECIPE, KEEP, Recipe
from custom_components.functiongemma.core.engine.bindings import (
    complaints,
    forget_complaints,
    runtime,
)
from custom_components.functiongemma.core.errors import ModelFileError
from custom_components.functiongemma.core.gguf.reader import read_header
from custom_components.functiongemma.core.gguf.types import TYPE_SIZES

from ..base import fetched_base

#: What is written unless --types says otherwise.
TYPES: Final = (
    "F16", "Q8_0", "Q5_K_M", "Q5_0", "Q4_K_M", "Q4_0", "Q8_0+Q4_0", "Q4_0+Q4_0",
)  # fmt: skip

#: The home model in 16 bits; the embedding has no more than the base has.
PRECISE: Final = Recipe(
    version=HOME_RECIPE.version,
    name=HOME_RECIPE.name,
    prompt=HOME_RECIPE.prompt,
    main_type="F16",
    rules=(("*_norm.weight", KEEP), ("blk.*.weight", "F16"), ("*", KEEP)),
    trim=HOME_RECIPE.trim,
)

_FLOATS: Final = ("F32", "F16", "BF16")


def merge_precisely(base: Path, adapter: Path, target: Path, *, recipe: Recipe = PRECISE) -> None:
    """Write base and adapter as a model of 16 bits. Raises what `merge` raises."""
    digest = hashlib.sha256(adapter.read_bytes()).hexdigest()
    merge(base, read_adapter(adapter), target, adapter_sha256=digest, recipe=recipe)


def quantise(
    source: Path,
    target: Path,
    type_name: str,
    *,
    threads: int = 1,
    importance: Mapping[str, np.ndarray] | None = None,
) -> None:
    """Write the model `source`, whose blocks are floats, to `target` in `type_name`.

    `importance`: what each column of a tensor counts for (`training.importance`).

    Raises ValueError for a type that llama.cpp does not have, ModelFileError for a source that is
    quantised already or that llama.cpp refuses.
    """
    check_precise(source)
    llama: Any = runtime()
    blocks, _, embedding = type_name.partition("+")
    params = llama.llama_model_quantize_default_params()
    params.ftype = file_type(llama, blocks)
    params.nthread = threads
    # The embedding comes in the base's type.
    params.allow_requantize = True
    if embedding:
        # It is the output layer too; which of the two llama.cpp asks for differs by version.
        params.token_embedding_type = params.output_tensor_type = tensor_type(embedding)
    if importance:
        entries = _entries(llama, importance)
        params.imatrix = ctypes.cast(entries, ctypes.POINTER(llama.llama_model_imatrix_data))
    forget_complaints()
    partial = target.with_name(target.name + ".part")
    try:
        status = llama.llama_model_quantize(
            str(source).encode(), str(partial).encode(), ctypes.byref(params)
        )
        if status:
            raise ModelFileError(f"{source.name} as {type_name}: {complaints()}", file=source.name)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _entries(llama: Any, importance: Mapping[str, np.ndarray]) -> Any:
    """llama.cpp's array of tensors; one without a name ends it. It keeps what it points to."""
    entries = (llama.llama_model_imatrix_data * (len(importance) + 1))()
    for entry, (name, columns) in zip(entries, importance.items(), strict=False):
        entry.name = name.encode()
        entry.data = (ctypes.c_float * len(columns))(*columns.tolist())
        entry.size = len(columns)
    return entries


def check_precise(source: Path) -> None:
    """Raise ModelFileError unless the blocks are floats: quantised twice is not what is studied."""
    types = {t.type_name for t in read_header(source).tensors if t.name.startswith("blk.")}
    if coarse := sorted(types - set(_FLOATS)):
        reason = f"{source.name} is quantised already ({', '.join(coarse)})"
        raise ModelFileError(f"{reason}; a model of 16 or 32 bits is needed", file=source.name)


def file_type(llama: Any, name: str) -> int:
    """llama.cpp's number of a quantisation. Raises ValueError for one it does not have."""
    prefix = "LLAMA_FTYPE_ALL_" if name == "F32" else "LLAMA_FTYPE_MOSTLY_"
    found = getattr(llama, prefix + name, None)
    if found is None:
        raise ValueError(f"llama.cpp knows no quantisation {name}")
    return int(found)


def tensor_type(name: str) -> int:
    """GGML's number of a tensor's type. Raises ValueError for one that is not known here."""
    if name not in TYPE_SIZES:
        raise ValueError(f"there is no tensor type {name}")
    return TYPE_SIZES[name][0]


def described(path: Path) -> str:
    """A model's size and the types it really has."""
    tensors = read_header(path).tensors
    embedding = next(t.type_name for t in tensors if t.name == EMBEDDING)
    matrices = [t for t in tensors if t.name.startswith("blk.") and len(t.shape) > 1]
    blocks = Counter(t.type_name for t in matrices)
    listed = ", ".join(f"{n} {name}" for name, n in blocks.most_common())
    size = path.stat().st_size / 1e6
    return f"{path.name:<28}{size:>8.1f} MB  embedding {embedding}; blocks {listed}"


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(
        prog="training.quantise",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--model", type=Path, help="merged model of 16 or 32 bits")
    parser.add_argument("--adapter", type=Path, default=DEFAULT_ADAPTER, help="of the merged model")
    parser.add_argument("--base", type=Path, help="of the merged model; default: downloaded")
    parser.add_argument("--types", nargs="+", default=TYPES, metavar="TYPE", help="Q4_0, Q4_0+Q8_0")
    parser.add_argument(
        "--importance",
        type=Path,
        metavar="DATA",
        help="weigh columns by what sentences of training.dataset in this folder make of them",
    )
    parser.add_argument("--homes", type=int, default=32, help="how many of its homes")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    source = args.model
    try:
        if source is None:
            source = args.out / "merged.gguf"
            merge_precisely(args.base or fetched_base(), args.adapter, source)
            print(described(source))
        importance = None
        if args.importance:
            from ..importance import importance_of  # torch is not needed for the rest

            importance = importance_of(source, args.importance, args.homes)
        for name in args.types:
            target = args.out / f"home-{name}{'-weighed' if importance else ''}.gguf"
            quantise(source, target, name, threads=args.threads, importance=importance)
            print(described(target), flush=True)
    except (ModelFileError, ValueError) as err:
        raise SystemExit(f"error: {err}") from err
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
