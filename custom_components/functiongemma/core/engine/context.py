"""A loaded model and its context: what llama.cpp needs of us before it computes anything."""

from __future__ import annotations

import ctypes
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import CoreError, WorkerError
from ..work import Stage, Step, Work
from .batch import Batch, Piece
from .bindings import complaints, forget_complaints, runtime
from .check import check_file, check_model, load_error
from .head import Head
from .pages import give_back
from .snapshots import State
from .vocabulary import LlamaVocabulary

#: Tokens a physical batch; 512 reserves four times the memory and is no faster.
BATCH = 128

#: `LLAMA_FLASH_ATTN_TYPE_DISABLED`
_NO_FLASH_ATTENTION = 0

#: Points of an answer at which it can be asked at once what the model says.
OUTPUTS = 12

#: Batches remembered for `take_work`; an answer takes a few dozen.
_STEPS = 1024

#: Longest metadata value that is read, in bytes.
_METADATA = 16384


@dataclass(frozen=True)
class ModelInfo:
    """What a GGUF says about itself."""

    description: str
    bytes: int
    context: int
    """Tokens the model was trained for."""

    prompt: str | None
    """`functiongemma.prompt`: the prompt it was trained on; None for other people's models."""

    functions: tuple[str, ...] | None
    """`functiongemma.functions`: the home functions it was trained on; None: it does not say."""

    domains: tuple[str, ...] | None
    """`functiongemma.domains`: the domains of the entities it was trained on; None: likewise."""

    name: str | None


@dataclass(frozen=True)
class Row:
    """What the model says after a token: all logits, or the hidden state they come from."""

    values: npt.NDArray[np.float32]
    hidden: bool


class Context:
    """A model and its cache of keys and values, for a few sequences."""

    def __init__(self, path: Path, threads: int, size: int, sequences: int) -> None:
        """`size`: tokens, 3 MB a thousand. `sequences`: each takes a window's worth, 8 MB.

        Raises what `LlamaEngine` raises.
        """
        self._llama = runtime()
        self._model: Any = None
        self._context: Any = None
        self._threads, self._sequences = threads, sequences
        check_file(path)
        self._load(path, size)
        self._path = path
        self.give_back()
        self.window: int = self._llama.llama_model_n_swa(self._model) or size
        self._batch = Batch(self._llama, BATCH, sequences)
        #: Called between two batches of one evaluation; what it raises ends it.
        self.check: Callable[[], None] | None = None
        self.stage: Stage = "prepare"
        self._steps: deque[Step] = deque(maxlen=_STEPS)
        self.rows = 0

    def give_back(self) -> None:
        """Give the file's memory back that the next sentence will hardly need (`pages.py`)."""
        give_back(self._path)

    def give_rows_back(self) -> None:
        """Give the embedding's memory back: another sentence needs other rows of it."""
        if self.head is not None:
            give_back(self._path, self.head.place)

    def _load(self, path: Path, size: int) -> None:
        llama = self._llama
        forget_complaints()
        model_parameters = llama.llama_model_default_params()
        model_parameters.n_gpu_layers = 0
        self._model = llama.llama_model_load_from_file(str(path).encode(), model_parameters)
        if not self._model:
            raise load_error(complaints())
        try:
            self.vocabulary = LlamaVocabulary(llama, self._model)
            check_model(self.metadata("general.architecture"), self.vocabulary)
            self.head = Head.open(llama, path)
            self._open(size)
        except BaseException:
            self.close()
            raise

    def _open(self, size: int) -> None:
        """Make llama.cpp's context, of which there is none."""
        llama = self._llama
        parameters = llama.llama_context_default_params()
        parameters.n_ctx = self.size = size
        parameters.n_batch = parameters.n_ubatch = BATCH
        parameters.n_seq_max = self._sequences
        parameters.n_outputs_max = OUTPUTS
        parameters.n_threads = parameters.n_threads_batch = self._threads
        parameters.swa_full = False
        # On a processor the plain way is faster: 77 ms for ten tokens behind 1,443, not 101.
        parameters.flash_attn_type = _NO_FLASH_ATTENTION
        parameters.kv_unified = True
        parameters.no_perf = True
        if self.head is not None:
            parameters.cb_eval = self.head.callback
        self._context = llama.llama_init_from_model(self._model, parameters)
        if not self._context:
            raise load_error(complaints())
        self.memory = llama.llama_get_memory(self._context)

    def resize(self, size: int) -> None:
        """Have room for so many tokens; all sequences are forgotten.

        Raises what `load_error` gives where llama.cpp says that it cannot; there is room for as
        many as before then. MemoryError where not even that is left: this is of no use any more.
        """
        before = self.size
        forget_complaints()
        self._llama.llama_free(self._context)
        self._context = self.memory = None
        try:
            self._open(size)
        except CoreError as error:
            try:
                self._open(before)
            except CoreError:
                raise MemoryError from error
            raise

    def close(self) -> None:
        """Give everything back; the engine is of no use afterwards."""
        if self._context:
            self._llama.llama_free(self._context)
            self._context = None
        if self._model:
            self._llama.llama_model_free(self._model)
            self._model = None

    def metadata(self, key: str) -> str | None:
        """A metadata value of the GGUF as text; None when it has no such key."""
        buffer = ctypes.create_string_buffer(_METADATA)
        count = self._llama.llama_model_meta_val_str(self._model, key.encode(), buffer, _METADATA)
        return buffer.value.decode("utf-8", "replace") if count >= 0 else None

    def _words(self, key: str) -> tuple[str, ...] | None:
        value = self.metadata(key)
        return None if value is None else tuple(value.split())

    @property
    def info(self) -> ModelInfo:
        """What the model says about itself."""
        buffer = ctypes.create_string_buffer(256)
        self._llama.llama_model_desc(self._model, buffer, 256)
        return ModelInfo(
            description=buffer.value.decode("utf-8", "replace"),
            bytes=self._llama.llama_model_size(self._model),
            context=self._llama.llama_model_n_ctx_train(self._model),
            prompt=self.metadata("functiongemma.prompt"),
            functions=self._words("functiongemma.functions"),
            domains=self._words("functiongemma.domains"),
            name=self.metadata("general.name"),
        )

    def use_threads(self, threads: int) -> None:
        """Compute with so many threads from now on."""
        self._threads = threads
        self._llama.llama_set_n_threads(self._context, threads, threads)

    def run(self, pieces: Sequence[Piece]) -> list[Row]:
        """Evaluate pieces, in as few batches as they need; what is wanted of them, in order."""
        rows: list[Row] = []
        self._batch.clear()
        for piece in pieces:
            done = 0
            while done < len(piece.ids):
                if len(self._batch) == self._batch.size:
                    rows += self._decode()
                    if self.check is not None:
                        self.check()
                done += self._batch.add(piece, done)
        if len(self._batch):
            rows += self._decode()
        return rows

    def _decode(self) -> list[Row]:
        """Evaluate the batch and empty it; the rows of its outputs."""
        if self.head is not None:
            self.head.hidden = None
        began = time.perf_counter()
        result = self._llama.llama_decode(self._context, self._batch.batch)
        took = (time.perf_counter() - began) * 1000
        self._steps.append(Step(self.stage, len(self._batch), self._batch.positions, took))
        if result:
            raise WorkerError(f"llama_decode returned {result}: {complaints()}")
        rows = [self._row(*output) for output in enumerate(self._batch.outputs)]
        self._batch.clear()
        return rows

    def take_work(self) -> Work:
        """What was done since the last call."""
        work = Work(tuple(self._steps), self.rows)
        self._steps.clear()
        self.rows = 0
        return work

    def _row(self, output: int, index: int) -> Row:
        """The `output`th row of the last batch; its token's `index` in it."""
        if self.head is not None and self.head.hidden is not None:
            return Row(self.head.hidden[output], hidden=True)
        row = self._llama.llama_get_logits_ith(self._context, index)
        return Row(np.ctypeslib.as_array(row, (self.vocabulary.size,)).copy(), hidden=False)

    def clear(self) -> None:
        """Forget all sequences."""
        self._llama.llama_memory_clear(self.memory, False)

    def copy(self, source: int, target: int, end: int) -> None:
        """Make the sequence `target` the first `end` tokens of `source`, which it may be itself."""
        if source == target:
            self._llama.llama_memory_seq_rm(self.memory, target, end, -1)
            return
        self._llama.llama_memory_seq_rm(self.memory, target, -1, -1)
        self._llama.llama_memory_seq_cp(self.memory, source, target, 0, end)

    def state(self) -> State:
        """What is kept of the first sequence, copied."""
        size = self._llama.llama_state_seq_get_size(self._context, 0)
        state = np.empty(size, np.uint8)
        written = self._llama.llama_state_seq_get_data(self._context, _bytes(state), size, 0)
        return state[:written]

    def restore(self, state: State) -> bool:
        """Put back what `state` gave; False when llama.cpp does not take it."""
        taken = self._llama.llama_state_seq_set_data(self._context, _bytes(state), len(state), 0)
        return bool(taken)

    def time_batch(self, tokens: int) -> float:
        """Milliseconds that a batch of so many tokens takes, the first sequence being empty."""
        steps, self._steps = self._steps, deque(maxlen=1)
        if self.head is not None:
            self.head.whole = False
        try:
            self.run([Piece(range(tokens), 0, (0,), (tokens - 1,))])
            return self._steps[-1].milliseconds
        finally:
            self._steps = steps


def _bytes(array: npt.NDArray[np.uint8]) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
