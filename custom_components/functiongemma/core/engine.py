"""llama.cpp through its low-level functions: vocabulary, prompt snapshots, branches.

Nothing here loops over tokens in Python or copies the vocabulary's logits without need. The
sliding-window cache allows no rolling back: every turn restores the snapshot that was taken exactly
at the end of the static prompt, and branches are copies of whole sequences that only ever grow.
"""

from __future__ import annotations

import ctypes
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .decode import Logits
from .errors import (
    ModelLoadError,
    PromptTooLongError,
    RuntimeMissingError,
    WrongArchitectureError,
)

#: The only architecture the format exists for.
ARCHITECTURE = "gemma3"

#: Tokens a physical batch; 512 reserves four times the memory and is no faster.
_UBATCH = 128

#: Sequences for branches, beside the prompt's own.
_BRANCHES = 6

#: Snapshots of static prompts kept in memory: about 11 MB each.
_SNAPSHOTS = 3

#: Token attributes of llama.h: unused, control and byte tokens, unknown.
_ATTR_SPECIAL = 1 << 0 | 1 << 1 | 1 << 3
_BYTE = 1 << 5

Ids32 = npt.NDArray[np.int32]


def runtime() -> Any:
    """The `llama_cpp` bindings, silenced; raises RuntimeMissingError where they are not usable."""
    try:
        from llama_cpp import llama_cpp as bindings
    except (ImportError, OSError, RuntimeError) as error:
        raise RuntimeMissingError(str(error)) from error
    if not hasattr(bindings, "_functiongemma_log"):
        # The callback must outlive the library's use of it.
        bindings._functiongemma_log = bindings.llama_log_callback(_log)
        bindings.llama_log_set(bindings._functiongemma_log, None)
        bindings.llama_backend_init()
    return bindings


#: The library's latest complaints, for the message when loading fails.
_complaints: list[str] = []


def _log(level: int, text: bytes | None, _: object) -> None:
    if level in (3, 4) and text:  # warnings and errors
        _complaints.append(text.decode("utf-8", "replace").strip())
        del _complaints[:-20]


class LlamaVocabulary:
    """The tokenizer of a loaded model."""

    def __init__(self, bindings: Any, model: Any) -> None:
        self._llama = bindings
        self._vocab = bindings.llama_model_get_vocab(model)
        self.size: int = bindings.llama_vocab_n_tokens(self._vocab)
        self._pieces: dict[int, bytes] = {}
        self._ordinary: npt.NDArray[np.bool_] | None = None

    def tokenize(self, text: str) -> list[int]:
        """Ids of plain `text`; nothing in it is taken for a control token, nothing is added."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 1
        buffer = (ctypes.c_int32 * room)()
        count = self._llama.llama_tokenize(self._vocab, data, len(data), buffer, room, False, False)
        if count < 0:
            raise ValueError(f"the tokenizer refused a text of {len(text)} characters")
        return buffer[:count]

    def detokenize(self, ids: Sequence[int]) -> str:
        """The text `ids` stand for; control tokens are nothing."""
        return b"".join(self._piece(token) for token in ids).decode("utf-8", "replace")

    def ordinary(self) -> npt.NDArray[np.bool_]:
        """Shape (size,): True for tokens that may stand in free text on one line."""
        if self._ordinary is None:
            attributes = self._llama.llama_vocab_get_attr
            found = np.fromiter(
                (not attributes(self._vocab, i) & _ATTR_SPECIAL for i in range(self.size)),
                dtype=np.bool_,
                count=self.size,
            )
            for token in np.flatnonzero(found).tolist():
                text = self._llama.llama_vocab_get_text(self._vocab, token) or b""
                if b"\n" in text or b"\r" in text or _is_control_byte(text):
                    found[token] = False
            self._ordinary = found
        return self._ordinary

    def _piece(self, token: int) -> bytes:
        piece = self._pieces.get(token)
        if piece is None:
            buffer = ctypes.create_string_buffer(256)
            count = self._llama.llama_token_to_piece(self._vocab, token, buffer, 256, 0, False)
            piece = self._pieces[token] = buffer.raw[: max(0, count)]
        return piece


def _is_control_byte(text: bytes) -> bool:
    """Whether `text` is the name of a byte token below 0x20, such as `<0x0A>`."""
    return len(text) == 6 and text.startswith((b"<0x0", b"<0x1")) and text.endswith(b">")


@dataclass(frozen=True)
class ModelInfo:
    """What a GGUF says about itself."""

    description: str
    bytes: int
    context: int
    """Tokens the model was trained for."""

    prompt: str | None
    """`functiongemma.prompt`: the prompt it was trained on; None for other people's models."""

    name: str | None


@dataclass
class _Slot:
    """A branch: its sequence and the tokens it holds after the prompt."""

    sequence: int
    path: tuple[int, ...] = ()
    used: int = 0


class LlamaEngine:
    """One model with one context. Not thread-safe.

    Raises RuntimeMissingError without a usable llama-cpp-python, ModelLoadError for a file that is
    no GGUF, is cut short or does not fit into memory, WrongArchitectureError for another
    architecture than Gemma 3.
    """

    def __init__(self, path: Path, *, threads: int = 1, context: int = 4096) -> None:
        self._llama = runtime()
        self._model: Any = None
        self._context: Any = None
        _check_file(path)
        self._load(path, threads, context)
        self.vocabulary = LlamaVocabulary(self._llama, self._model)
        self._size = context
        self._batch = _Batch(self._llama, _UBATCH)
        self._snapshots: OrderedDict[tuple[int, ...], npt.NDArray[np.uint8]] = OrderedDict()
        self._memory = self._llama.llama_get_memory(self._context)
        self._slots = [_Slot(sequence + 1) for sequence in range(_BRANCHES)]
        self._length = 0
        self._root: Logits = np.empty(0, np.float32)
        self._clock = 0
        #: Called before every batch; what it raises ends the evaluation.
        self.check: Callable[[], None] | None = None
        self.timings: dict[str, float] = {}

    def _load(self, path: Path, threads: int, context: int) -> None:
        llama = self._llama
        _complaints.clear()
        model_parameters = llama.llama_model_default_params()
        model_parameters.n_gpu_layers = 0
        self._model = llama.llama_model_load_from_file(str(path).encode(), model_parameters)
        if not self._model:
            raise ModelLoadError(path, _reason())
        try:
            architecture = self.metadata("general.architecture")
            if architecture != ARCHITECTURE:
                raise WrongArchitectureError(architecture or "?", ARCHITECTURE)
            parameters = llama.llama_context_default_params()
            parameters.n_ctx = context
            parameters.n_batch = parameters.n_ubatch = _UBATCH
            parameters.n_seq_max = 1 + _BRANCHES
            parameters.n_outputs_max = 1 + _BRANCHES
            parameters.n_threads = parameters.n_threads_batch = threads
            parameters.swa_full = False
            parameters.kv_unified = True
            parameters.no_perf = True
            self._context = llama.llama_init_from_model(self._model, parameters)
            if not self._context:
                raise ModelLoadError(path, _reason())
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
        buffer = ctypes.create_string_buffer(1024)
        count = self._llama.llama_model_meta_val_str(self._model, key.encode(), buffer, 1024)
        return buffer.value.decode("utf-8", "replace") if count >= 0 else None

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
            name=self.metadata("general.name"),
        )

    def prepare(self, prefix: Sequence[int]) -> None:
        """Evaluate a static prompt and keep its snapshot; nothing to do when there is one.

        Raises PromptTooLongError when it leaves no room for a sentence and its answer.
        """
        key = tuple(prefix)
        if key in self._snapshots:
            self._snapshots.move_to_end(key)
            return
        if len(key) > self._size // 2:
            raise PromptTooLongError(len(key), self._size // 2)
        began = time.perf_counter()
        self._clear()
        self._append(key, 0, 0)
        size = self._llama.llama_state_seq_get_size(self._context, 0)
        snapshot = np.empty(size, np.uint8)
        written = self._llama.llama_state_seq_get_data(self._context, _bytes(snapshot), size, 0)
        self._snapshots[key] = snapshot[:written]
        while len(self._snapshots) > _SNAPSHOTS:
            self._snapshots.popitem(last=False)
        self.timings["prepare"] = (time.perf_counter() - began) * 1000

    def begin(self, prefix: Sequence[int], turn: Sequence[int]) -> None:
        """Put the prompt `prefix + turn` in place; `evaluate` goes on from its end.

        Raises PromptTooLongError when prompt and answer do not fit into the context.
        """
        if not turn:
            raise ValueError("a turn has at least one token")
        self.prepare(prefix)
        key = tuple(prefix)
        if len(key) + len(turn) > self._size - 512:
            raise PromptTooLongError(len(key) + len(turn), self._size - 512)
        began = time.perf_counter()
        snapshot = self._snapshots[key]
        self._clear()
        restored = self._llama.llama_state_seq_set_data(
            self._context, _bytes(snapshot), len(snapshot), 0
        )
        if restored == 0:
            raise RuntimeError("llama.cpp did not take its own snapshot back")
        middle = time.perf_counter()
        last = self._append(turn, len(key), 0, logits=True)
        self._length = len(key) + len(turn)
        self._root = self._logits(last).copy()
        self.timings["restore"] = (middle - began) * 1000
        self.timings["prefill"] = (time.perf_counter() - middle) * 1000

    def evaluate(self, paths: Sequence[Sequence[int]]) -> list[Logits]:
        """See `decode.Engine`. At most 5 paths; the arrays are views until the next call."""
        if len(paths) >= len(self._slots):
            raise ValueError(f"{len(paths)} branches at once, {len(self._slots) - 1} at most")
        jobs = self._place([tuple(path) for path in paths if path])
        found = iter(self._extend(jobs))
        return [next(found) if path else self._root for path in paths]

    def _place(self, paths: list[tuple[int, ...]]) -> list[tuple[_Slot, tuple[int, ...]]]:
        """Give every path a slot that holds a beginning of it."""
        self._clock += 1
        placed: dict[tuple[int, ...], _Slot] = {}
        taken: set[int] = set()
        held: dict[int, tuple[int, ...]] = {slot.sequence: slot.path for slot in self._slots}
        for path in paths:  # first those that go on where a slot ended
            for slot in self._slots:
                ends_here = slot.path and path[: len(slot.path)] == slot.path != path
                if slot.sequence not in taken and ends_here:
                    placed[path] = slot
                    taken.add(slot.sequence)
                    break
        for path in paths:
            if path not in placed:
                placed[path] = self._fork(path, taken, held)
        for slot in placed.values():
            slot.used = self._clock
        return [(placed[path], path) for path in paths]

    def _fork(
        self, path: tuple[int, ...], taken: set[int], held: dict[int, tuple[int, ...]]
    ) -> _Slot:
        """A slot with the longest beginning of `path` that any sequence has, without its end."""
        sequence, length = 0, 0
        for candidate, tokens in held.items():
            common = min(_common(tokens, path), len(path) - 1)
            if common > length:
                sequence, length = candidate, common
        free = [slot for slot in self._slots if slot.sequence not in taken]
        others = [slot for slot in free if slot.sequence != sequence]
        slot = min(others, key=lambda slot: slot.used)
        llama, memory = self._llama, self._memory
        llama.llama_memory_seq_rm(memory, slot.sequence, -1, -1)
        llama.llama_memory_seq_cp(memory, sequence, slot.sequence, 0, self._length + length)
        slot.path = held[slot.sequence] = path[:length]
        taken.add(slot.sequence)
        return slot

    def _extend(self, jobs: list[tuple[_Slot, tuple[int, ...]]]) -> list[Logits]:
        """Evaluate what each slot lacks, all in one batch where it fits."""
        fresh = [path[len(slot.path) :] for slot, path in jobs]
        rows: list[Logits] = []
        if sum(map(len, fresh)) <= _UBATCH:
            self._batch.clear()
            ends = []
            for (slot, _), ids in zip(jobs, fresh, strict=True):
                position = self._length + len(slot.path)
                ends.append(self._batch.add(ids, position, slot.sequence, logits=True))
            if ends:
                self._decode()
            rows = [self._logits(end) for end in ends]
        else:
            for (slot, _), ids in zip(jobs, fresh, strict=True):
                position = self._length + len(slot.path)
                end = self._append(ids, position, slot.sequence, logits=True)
                rows.append(self._logits(end).copy())
        for slot, path in jobs:
            slot.path = path
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

    def _decode(self) -> None:
        if self.check is not None:
            self.check()
        result = self._llama.llama_decode(self._context, self._batch.batch)
        if result:
            raise RuntimeError(f"llama_decode returned {result}: {_reason()}")

    def _logits(self, index: int) -> Logits:
        row = self._llama.llama_get_logits_ith(self._context, index)
        return np.ctypeslib.as_array(row, (self.vocabulary.size,))

    def _clear(self) -> None:
        self._llama.llama_memory_clear(self._memory, False)
        self._length = 0
        for slot in self._slots:
            slot.path = ()


class _Batch:
    """A `llama_batch` over numpy arrays that are allocated once."""

    def __init__(self, bindings: Any, size: int) -> None:
        self._tokens = np.zeros(size, np.int32)
        self._positions = np.zeros(size, np.int32)
        self._sequences = np.zeros(size, np.int32)
        self._counts = np.ones(size, np.int32)
        self._logits = np.zeros(size, np.int8)
        # Every token belongs to one sequence: its pointer never changes, what it points at does.
        self._pointers = self._sequences.ctypes.data + 4 * np.arange(size, dtype=np.uintp)
        self.batch = bindings.llama_batch(
            0,
            self._tokens.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            None,
            self._positions.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            self._counts.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            self._pointers.ctypes.data_as(ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))),
            self._logits.ctypes.data_as(ctypes.POINTER(ctypes.c_int8)),
        )

    def clear(self) -> None:
        """Start over."""
        self.batch.n_tokens = 0

    def add(self, ids: Sequence[int], position: int, sequence: int, *, logits: bool) -> int:
        """Add tokens of one sequence; index of the last one, with logits if asked for."""
        start = self.batch.n_tokens
        stop = start + len(ids)
        self._tokens[start:stop] = ids
        self._positions[start:stop] = np.arange(position, position + len(ids))
        self._sequences[start:stop] = sequence
        self._logits[start:stop] = 0
        self._logits[stop - 1] = logits
        self.batch.n_tokens = stop
        return stop - 1


def _check_file(path: Path) -> None:
    """Tell what is no GGUF at all from what llama.cpp cannot load."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelLoadError(path, error.strerror or str(error)) from error
    if magic != b"GGUF":
        raise ModelLoadError(path, "not a GGUF file")


def _reason() -> str:
    return "; ".join(_complaints[-3:]) or "llama.cpp gave no reason"


def _bytes(array: npt.NDArray[np.uint8]) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the common beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
