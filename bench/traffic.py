"""What an answer must read and compute: bytes and operations, counted from the model's file.

A batch reads every layer once, whatever its size, one row of the embedding a token, and the keys
and values of the positions it looks back on: all of them in the global layers, a window in the
others. The output head is read row by row, where there is a decision. Restoring a snapshot is not
counted: it is a copy that nobody needs in principle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from custom_components.functiongemma.core.gguf.reader import GgufHeader, TensorInfo, read_header
from custom_components.functiongemma.core.work import Step, Work

#: In Gemma 3 every sixth layer looks at everything. llama.cpp has the number, not the file.
_GLOBAL_EVERY = 6
#: The cache holds half-precision numbers.
_CACHE_BYTES = 2


@dataclass(frozen=True)
class Traffic:
    """What one batch of a model costs."""

    layers: int
    """Bytes of all tensors but the embedding and the head: read by every batch."""

    row: int
    """Bytes of one row of the embedding, or of the head."""

    operations: int
    """Multiplications and additions a token takes in the layers' matrices."""

    blocks: int
    cell: int
    """Bytes of keys and values of one position in one layer."""

    window: int
    """Positions a local layer looks back on."""

    @classmethod
    def of(cls, model: Path) -> Traffic:
        """Count a GGUF of Gemma 3; raises ModelFileError for a file that is none."""
        header = read_header(model)
        tables = [t for t in header.tensors if t.name in ("token_embd.weight", "output.weight")]
        rest = [tensor for tensor in header.tensors if tensor not in tables]
        heads = _number(header, "attention.head_count_kv")
        keys = _number(header, "attention.key_length") + _number(header, "attention.value_length")
        return cls(
            layers=sum(tensor.size or 0 for tensor in rest),
            row=max(((t.size or 0) // t.shape[-1] for t in tables), default=0),
            operations=sum(2 * _elements(tensor) for tensor in rest if len(tensor.shape) > 1),
            blocks=_number(header, "block_count"),
            cell=heads * keys * _CACHE_BYTES,
            window=_number(header, "attention.sliding_window"),
        )

    def step(self, step: Step) -> int:
        """Bytes that one batch must read, the head left out."""
        everywhere = self.blocks // _GLOBAL_EVERY
        local = (self.blocks - everywhere) * min(step.positions, self.window)
        cells = everywhere * step.positions + local
        return self.layers + step.tokens * self.row + cells * self.cell

    def steps(self, steps: Iterable[Step]) -> int:
        """Bytes that these batches must read, the head left out."""
        return sum(map(self.step, steps))

    def work(self, work: Work) -> int:
        """Bytes that an answer must read, head included."""
        return self.steps(work.steps) + work.rows * self.row


def _elements(tensor: TensorInfo) -> int:
    count = 1
    for size in tensor.shape:
        count *= size
    return count


def _number(header: GgufHeader, key: str) -> int:
    return int(header.number(f"gemma3.{key}") or 0)
