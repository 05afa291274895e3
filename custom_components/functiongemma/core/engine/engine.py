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
from .batch import Batch, Piece
from .bindings import complaints, forget_complaints, runtime
from .branches import PROMPT, Branches, TokenPath
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

#: Points of an answer at which it can be asked at once what the model says.
_OUTPUTS = 12

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
        self._batch = Batch(self._llama, _UBATCH, 1 + _BRANCHES)
        self._snapshots = Snapshots(path, snapshots)
        self._memory = self._llama.llama_get_memory(self._context)
        window = self._llama.llama_model_n_swa(self._model) or context
        self._branches = Branches(_BRANCHES, window, self._copy)
        self._length = 0
        self._turn: tuple[int, ...] = ()
        self._root: _Row | None = None
        #: Called between two batches of one evaluation; what it raises ends it.
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
            parameters.n_outputs_max = _OUTPUTS
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

    def use_threads(self, threads: int) -> None:
        """Compute with so many threads from now on."""
        self._llama.llama_set_n_threads(self._context, threads, threads)

    def time_batch(self, tokens: int) -> float:
        """Milliseconds that a batch of so many tokens takes; what was in place is gone.

        The tokens mean nothing and have nothing before them. `tokens`: 1 to 128.
        """
        self._clear()
        steps, self._steps = self._steps, deque(maxlen=1)
        if self._head is not None:
            self._head.whole = False
        try:
            self._run([Piece(range(tokens), 0, (PROMPT,), (tokens - 1,))])
            return self._steps[-1].milliseconds
        finally:
            self._steps = steps
            self._clear()

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
                self._run([Piece(beginning, 0, (PROMPT,))])
                self._snapshots.put(beginning, self._state(), durable=durable)
            done = boundary
        else:
            self._clear()
        self._run([Piece(prefix[done:], done, (PROMPT,))])
        self._snapshots.put(prefix, self._state(), durable=durable)
        self.timings["prepare"] = (time.perf_counter() - began) * 1000

    @property
    def trouble(self) -> str | None:
        """Why what was prepared durably is not on disk; None where it is, or need not be."""
        return self._snapshots.trouble

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

    def begin(self, prefix: Sequence[int], turn: Sequence[int]) -> None:
        """Put the static prompt in place; the next `evaluate` reads the `turn` and goes on from it.

        Raises PromptTooLongError when prompt and answer do not fit into the context.
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
        self._length, self._turn = length, tuple(turn)
        self.timings["restore"] = (time.perf_counter() - began) * 1000

    def evaluate(
        self, paths: Sequence[Sequence[int]], wanted: Sequence[Ids | None]
    ) -> list[Logits]:
        """See `decode.Engine`. At most 5 branches and 12 paths.

        A path that another one goes on from costs nothing beside it.
        """
        asked = [tuple(path) for path in paths]
        branches = _branches(asked)
        if len(branches) >= _BRANCHES or len(asked) > _OUTPUTS - 1:
            message = f"{len(branches)} branches and {len(asked)} paths at once"
            raise ValueError(f"{message}, {_BRANCHES - 1} and {_OUTPUTS - 1} at most")
        self._stage = "prefill" if self._turn else "decode"
        if self._head is not None:
            self._head.whole = any(ids is None for ids in wanted)
        rows = self._extend(branches, frozenset(asked))
        return [self._pick(rows.get(path), ids) for path, ids in zip(asked, wanted, strict=True)]

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

    def _extend(
        self, branches: dict[TokenPath, int], asked: frozenset[TokenPath]
    ) -> dict[TokenPath, _Row | None]:
        """Read the turn, if that is still to do, and what each branch lacks: rows of `asked`."""
        jobs = self._branches.place(branches)
        pieces: list[Piece] = []
        ends: list[TokenPath] = []
        if turn := self._turn:
            sequences = (PROMPT, *(branch.sequence for branch, _ in jobs))
            pieces.append(Piece(turn, self._length - len(turn), sequences, (len(turn) - 1,)))
            ends.append(())
            self._turn = ()
        for branch, path in jobs:
            held = len(branch.path)
            outputs = [end for end in range(held, len(path)) if path[: end + 1] in asked]
            indices = tuple(end - held for end in outputs)
            pieces.append(Piece(path[held:], self._length + held, (branch.sequence,), indices))
            ends += [path[: end + 1] for end in outputs]
            branch.path = path
        rows: dict[TokenPath, _Row | None] = dict(zip(ends, self._run(pieces), strict=True))
        self._root = rows.setdefault((), self._root)
        return rows

    def _run(self, pieces: Sequence[Piece]) -> list[_Row]:
        """Evaluate pieces, in as few batches as they need; what is wanted of them, in order."""
        rows: list[_Row] = []
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

    def _decode(self) -> list[_Row]:
        """Evaluate the batch and empty it; the rows of its outputs."""
        if self._head is not None:
            self._head.hidden = None
        began = time.perf_counter()
        result = self._llama.llama_decode(self._context, self._batch.batch)
        took = (time.perf_counter() - began) * 1000
        self._steps.append(Step(self._stage, len(self._batch), self._batch.positions, took))
        if result:
            raise WorkerError(f"llama_decode returned {result}: {complaints()}")
        rows = [self._row(*output) for output in enumerate(self._batch.outputs)]
        self._batch.clear()
        return rows

    def take_work(self) -> Work:
        """What was done since the last call."""
        work = Work(tuple(self._steps), self._rows)
        self._steps.clear()
        self._rows = 0
        return work

    def _row(self, output: int, index: int) -> _Row:
        """The `output`th row of the last batch; its token's `index` in it."""
        if self._head is not None and self._head.hidden is not None:
            return _Row(self._head.hidden[output], hidden=True)
        row = self._llama.llama_get_logits_ith(self._context, index)
        return _Row(np.ctypeslib.as_array(row, (self.vocabulary.size,)).copy(), hidden=False)

    def _clear(self) -> None:
        self._llama.llama_memory_clear(self._memory, False)
        self._length = 0
        self._turn, self._root = (), None
        self._branches.clear()


def _branches(paths: Sequence[TokenPath]) -> dict[TokenPath, int]:
    """The paths that no other goes on from.

    With how much of each may be known already: what comes before the first one that is asked for.
    """
    found: dict[TokenPath, int] = {}
    for path in sorted({path for path in paths if path}, key=len, reverse=True):
        for longer in found:
            if longer[: len(path)] == path:
                found[longer] = len(path) - 1
                break
        else:
            found[path] = len(path) - 1
    return found


def _too_long(tokens: int, limit: int) -> PromptTooLongError:
    return PromptTooLongError(
        f"The prompt has {tokens} tokens, {limit} at most", tokens=tokens, limit=limit
    )


def _bytes(array: npt.NDArray[np.uint8]) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
