"""Which columns of a model's matrices matter; llama.cpp calls it an importance matrix.

The mean square of what each matrix is multiplied with, over the prompts and answers of generated
homes, which are never those of an evaluation. A quantiser that knows it spends its precision where
the model's numbers are large.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.assemble.merge import EMBEDDING

from .adapter import LAYERS
from .model import HomeModel
from .sequences import Encoder, Sequence, read_records
from .tokenizer import GgufTokenizer

#: Most tokens of a home's prompt, and sentences behind it.
_PREFIX, _BLOCKS = 1024, 24

Importance = dict[str, np.ndarray]
"""Tensor name → float32 of shape (columns,), 0 or more."""


def importance_of(path: Path, data: Path, homes: int) -> Importance:
    """Measure the merged model `path`, see `importance_in`."""
    # A fresh adapter changes nothing.
    return importance_in(HomeModel.from_gguf(path, 1, 1.0, torch.float32), path, data, homes)


def importance_in(model: HomeModel, vocabulary: Path, data: Path, homes: int) -> Importance:
    """Measure `model` on `homes` records of a folder of the dataset, some of each language.

    `vocabulary`: a GGUF with the model's tokenizer. Raises ValueError where no record fits.
    """
    encoder = Encoder(GgufTokenizer(vocabulary))
    records = read_records(data)
    # Files are by language: some homes of each.
    chosen = records[:: max(1, len(records) // homes)][:homes]
    sequences = [
        sequence
        for record in chosen
        for sequence in encoder.sequences(record, blocks=_BLOCKS, limit=_PREFIX)
    ]
    if not sequences:
        raise ValueError(f"{data} has no homes to measure with")
    return measure(model, sequences)


def measure(model: HomeModel, sequences: Iterable[Sequence]) -> Importance:
    """Mean squares of the inputs of every matrix; padding does not count."""
    sums: dict[str, Tensor] = {}
    kept, counted = torch.zeros(0, dtype=torch.bool), 0

    def listen(name: str) -> Callable[[Any, tuple[Tensor, ...]], None]:
        def add(_: Any, inputs: tuple[Tensor, ...]) -> None:
            rows = inputs[0].detach().float().reshape(-1, inputs[0].shape[-1])[kept]
            sums[name] = sums.get(name, torch.zeros(rows.shape[1])) + rows.square().sum(0)

        return add

    hooks = [
        layer.get_submodule(path).register_forward_pre_hook(listen(f"blk.{number}.{name}.weight"))
        for number, layer in enumerate(model.peft.base_model.model.model.layers)
        for path, name in LAYERS.items()
    ]
    add_output = listen(EMBEDDING)
    try:
        with torch.no_grad():
            for sequence in sequences:
                kept = sequence.ids != tokens.PAD
                counted += int(kept.sum())
                # The embedding is the output layer, too.
                add_output(None, (model.hidden(sequence.ids, sequence.prefix, sequence.groups),))
    finally:
        for hook in hooks:
            hook.remove()
    return {name: (total / counted).numpy().astype(np.float32) for name, total in sums.items()}
