"""One model with one context: prompt snapshots and branches.

Nothing here loops over tokens in Python or copies the vocabulary's logits without need. The
sliding-window cache allows no rolling back: every turn restores the snapshot that was taken exactly
at the end of the static prompt, and branches are copies of whole sequences that only ever grow.
"""

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

from ..constraint import Ids
from ..decode import Logits
from ..errors import PromptTooLongError, WorkerError
from ..prompt import CONTEXT
from ..work import Stage, Step, Work
from .batch import Batch
from .bindings import complaints, forget_complaints, runtime
from .branches import Branch, Branches
from .check import check_file, check_model, load_error
from .head import Head
from .snapshots import Snapshots, State
from .vocabulary import LlamaVocabulary

#: Tokens a physical batch; 512 reserves four times the memory and is no faster.
_UBATCH = 128

#: `LLAMA_FLASH_ATTN_TYPE_DISABLED`
_NO_FLASH_ATTENTION = 0

#: Sequences for branches, beside the prompt's own.
_BRANCHES = 6

#: Batches remembered for `LlamaEngine.take_work`; an answer takes a few dozen.
_STEPS = 1024

#: Longest metadata value that is read, in bytes.
_METADATA = 16384

#: Tokens kept free for a sentence, and for an answer and its branches.
_TURN = 512
_ANSWER = 512


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
class _Row:
    """What the model says after a token: all logits, or the hidden state they come from."""

    values: npt.NDArray[np.float32]
    hidden: bool


class LlamaEngine:
    """One model with one context. Not thread-safe.

    Raises RuntimeMissingError without a usable llama-cpp-python, NotGgufError, TruncatedModelError,
    WrongArchitectureError or ModelFileError for a file it cannot use, WorkerOutOfMemoryError.
    """

    def __init__(
        self,
        path: Path,
        *,
        threads: int = 1,
        context: int = CONTEXT,
        snapshots: Path | None = None,
    ) -> None:
        """`snapshots`: folder in which evaluated prompts outlive the process."""
        self._llama = runtime()
        self._model: Any = None
        self._context: Any = None
        check_file(path)
        self._load(path, threads, context)
        self._size = context
        self._batch = Batch(self._llama, _UBATCH)
        self._snapshots = Snapshots(path, snapshots)
        self._memory = self._llama.llama_get_memory(self._context)
        self._branches = Branches(_BRANCHES, self._copy)
        self._length = 0
        self._root: _Row | None = None
        #: Called before every batch; what it raises ends the evaluation.
        self.check: Callable[[], None] | None = None
        self.timings: dict[str, float] = {}
        self._stage: Stage = "prepare"
        self._steps: deque[Step] = deque(maxlen=_STEPS)
        self._rows = 0

    def _load(self, path: Path, threads: int, context: int) -> None:
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
            parameters = llama.llama_context_default_params()
            parameters.n_ctx = context
            parameters.n_batch = parameters.n_ubatch = _UBATCH
            parameters.n_seq_max = 1 + _BRANCHES
            parameters.n_outputs_max = 1 + _BRANCHES
            parameters.n_threads = parameters.n_threads_batch = threads
            parameters.swa_full = False
            # On a processor the plain way is faster: 77 ms for ten tokens behind 1,443, not 101.
            parameters.flash_attn_type = _NO_FLASH_ATTENTION
            parameters.kv_unified = True
            parameters.no_perf = True
            self._head = Head.open(llama, path)
            if self._head is not None:
                parameters.cb_eval = self._head.callback
            self._context = llama.llama_init_from_model(self._model, parameters)
            if not self._context:
                raise load_error(complaints())
        except BaseException:
            self.close()
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

    def prepare(self, prefix: Sequence[int], boundary: int = 0, *, durable: bool = False) -> None:
        """Evaluate a static prompt and keep its snapshot; nothing to do when there is one.

        `boundary`: length of a beginning that changes less often and is kept as well. `durable`:
        keep them on disk. Raises PromptTooLongError when there is no room left for a sentence and
        its answer.
        """
        if self._snapshots.get(prefix) is not None:
            return
        if len(prefix) > self._size - _TURN - _ANSWER:
            raise _too_long(len(prefix), self._size - _TURN - _ANSWER)
        began = time.perf_counter()
        self._stage = "prepare"
        done = 0
        if 0 < boundary < len(prefix):
            beginning = prefix[:boundary]
            if not self._restore(beginning):
                self._append(beginning, 0, 0)
                self._snapshots.put(beginning, self._state(), durable=durable)
            done = boundary
        else:
            self._clear()
        self._append(prefix[done:], done, 0)
        self._snapshots.put(prefix, self._state(), durable=durable)
        self.timings["prepare"] = (time.perf_counter() - began) * 1000

    def _state(self) -> State:
        """What the context keeps of the prompt, copied."""
        size = self._llama.llama_state_seq_get_size(self._context, 0)
        state = np.empty(size, np.uint8)
        written = self._llama.llama_state_seq_get_data(self._context, _bytes(state), size, 0)
        return state[:written]

    def _restore(self, prefix: Sequence[int]) -> bool:
        """Put a snapshot in place of everything; False, and nothing is there, without one."""
        self._clear()
        state = self._snapshots.get(prefix)
        if state is None:
            return False
        if self._llama.llama_state_seq_set_data(self._context, _bytes(state), len(state), 0):
            return True
        self._snapshots.forget(prefix)
        self._clear()
        return False

    def begin(self, prefix: Sequence[int], turn: Sequence[int], *, whole: bool = False) -> None:
        """Put the prompt `prefix + turn` in place; `evaluate` goes on from its end.

        `whole`: the logits of the whole vocabulary are needed there. Raises PromptTooLongError when
        prompt and answer do not fit into the context.
        """
        if not turn:
            raise ValueError("a turn has at least one token")
        self.prepare(prefix)
        length = len(prefix) + len(turn)
        if length > self._size - _ANSWER:
            raise _too_long(length, self._size - _ANSWER)
        began = time.perf_counter()
        if not self._restore(prefix):  # one from a disk, that is not what it should be
            self.prepare(prefix)
            if not self._restore(prefix):
                raise WorkerError("llama.cpp did not take its own snapshot back")
        middle = time.perf_counter()
        self._stage = "prefill"
        self._compute_head(whole)
        last = self._append(turn, len(prefix), 0, logits=True)
        self._length = length
        self._root = self._row(0, last, copy=True)
        self.timings["restore"] = (middle - began) * 1000
        self.timings["prefill"] = (time.perf_counter() - middle) * 1000

    def evaluate(
        self, paths: Sequence[Sequence[int]], wanted: Sequence[Ids | None]
    ) -> list[Logits]:
        """See `decode.Engine`. At most 5 paths; the arrays are views until the next call."""
        if len(paths) >= _BRANCHES:
            raise ValueError(f"{len(paths)} branches at once, {_BRANCHES - 1} at most")
        self._stage = "decode"
        jobs = self._branches.place([tuple(path) for path in paths if path])
        self._compute_head(any(ids is None for ids in wanted))
        found = iter(self._extend(jobs))
        rows = [next(found) if path else self._root for path in paths]
        return [self._pick(row, ids) for row, ids in zip(rows, wanted, strict=True)]

    def _pick(self, row: _Row | None, ids: Ids | None) -> Logits:
        if row is None:
            raise ValueError("evaluate comes after begin")
        self._rows += len(ids) if ids is not None and row.hidden else self.vocabulary.size
        if row.hidden and self._head is not None:
            return self._head.logits(row.values, ids)
        return row.values if ids is None else row.values[ids]

    def _copy(self, source: int, target: int, length: int) -> None:
        """Make the sequence `target` the prompt and `length` tokens more of `source`."""
        self._llama.llama_memory_seq_rm(self._memory, target, -1, -1)
        end = self._length + length
        self._llama.llama_memory_seq_cp(self._memory, source, target, 0, end)

    def _extend(self, jobs: list[tuple[Branch, tuple[int, ...]]]) -> list[_Row]:
        """Evaluate what each branch lacks, all in one batch where it fits."""
        fresh = [path[len(branch.path) :] for branch, path in jobs]
        rows: list[_Row] = []
        if sum(map(len, fresh)) <= _UBATCH:
            self._batch.clear()
            ends = []
            for (branch, _), ids in zip(jobs, fresh, strict=True):
                position = self._length + len(branch.path)
                ends.append(self._batch.add(ids, position, branch.sequence, logits=True))
            if ends:
                self._decode()
            rows = [self._row(output, end) for output, end in enumerate(ends)]
        else:
            for (branch, _), ids in zip(jobs, fresh, strict=True):
                position = self._length + len(branch.path)
                end = self._append(ids, position, branch.sequence, logits=True)
                rows.append(self._row(0, end, copy=True))
        for branch, path in jobs:
            branch.path = path
        return rows

    def _append(
        self, ids: Sequence[int], position: int, sequence: int, *, logits: bool = False
    ) -> int:
        """Evaluate `ids` in sequence, in batches; index of the last one in its batch."""
        last = -1
        for start in range(0, len(ids), _UBATCH):
            part = ids[start : start + _UBATCH]
            self._batch.clear()
            ends = start + len(part) == len(ids)
            last = self._batch.add(part, position + start, sequence, logits=logits and ends)
            self._decode()
        return last

    def _compute_head(self, whole: bool) -> None:
        if self._head is not None:
            self._head.whole = whole

    def _decode(self) -> None:
        if self.check is not None:
            self.check()
        if self._head is not None:
            self._head.hidden = None
        began = time.perf_counter()
        result = self._llama.llama_decode(self._context, self._batch.batch)
        took = (time.perf_counter() - began) * 1000
        self._steps.append(Step(self._stage, len(self._batch), self._batch.positions, took))
        if result:
            raise WorkerError(f"llama_decode returned {result}: {complaints()}")

    def take_work(self) -> Work:
        """What was done since the last call."""
        work = Work(tuple(self._steps), self._rows)
        self._steps.clear()
        self._rows = 0
        return work

    def _row(self, output: int, index: int, *, copy: bool = False) -> _Row:
        """The `output`th row of the last batch; its token's `index` in it."""
        if self._head is not None and self._head.hidden is not None:
            return _Row(self._head.hidden[output], hidden=True)
        row = self._llama.llama_get_logits_ith(self._context, index)
        values = np.ctypeslib.as_array(row, (self.vocabulary.size,))
        return _Row(values.copy() if copy else values, hidden=False)

    def _clear(self) -> None:
        self._llama.llama_memory_clear(self._memory, False)
        self._length = 0
        self._branches.clear()


def _too_long(tokens: int, limit: int) -> PromptTooLongError:
    return PromptTooLongError(
        f"The prompt has {tokens} tokens, {limit} at most", tokens=tokens, limit=limit
    )


def _bytes(array: npt.NDArray[np.uint8]) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
