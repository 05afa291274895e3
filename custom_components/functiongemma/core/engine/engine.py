"""Prompts and answers: snapshots restored, branches evaluated.

Nothing here loops over tokens in Python or copies the vocabulary's logits without need. The
sliding-window cache allows no rolling back: every turn restores the snapshot that was taken exactly
at the end of the static prompt, and branches are copies of whole sequences that only ever grow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ..constraint import Ids
from ..decode import Logits
from ..errors import PromptTooLongError, WorkerError
from ..prompt import CONTEXT
from ..work import Work
from .batch import Piece
from .branches import PROMPT, Branches, TokenPath, leaves
from .context import BATCH, OUTPUTS, Context, ModelInfo, Row
from .shared import lacking
from .snapshots import Snapshots, State

#: Sequences for branches, beside the prompt's own. Each keeps 8 MB; what needs more of them at once
#: takes more batches.
_BRANCHES = 3

#: Tokens kept free for a sentence, and for an answer and its branches.
_TURN = 512
_ANSWER = 512

#: Tokens of a prompt after which is kept what was read of it: whole batches.
_STEP = 4 * BATCH

#: Tokens there is room for at first: a home of 200 devices. Longer prompts get more, in such steps.
_ROOM = 4096


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
        """`context`: most tokens of prompt and answer. `snapshots`: folder in which evaluated
        prompts outlive the process."""
        self._context = Context(path, threads, min(context, _ROOM), 1 + _BRANCHES)
        self.vocabulary = self._context.vocabulary
        self._limit = context
        self._snapshots = Snapshots(path, snapshots)
        self._unfinished: tuple[tuple[int, ...], State] | None = None
        self._branches = Branches(_BRANCHES, self._context.window, self._copy)
        self._length = 0
        self._turn: tuple[int, ...] = ()
        self._root: Row | None = None
        self.timings: dict[str, float] = {}

    def close(self) -> None:
        """Give everything back; the engine is of no use afterwards."""
        self._context.close()

    @property
    def info(self) -> ModelInfo:
        """What the model says about itself."""
        return self._context.info

    @property
    def check(self) -> Callable[[], None] | None:
        """Called between two batches of one evaluation; what it raises ends it."""
        return self._context.check

    @check.setter
    def check(self, check: Callable[[], None] | None) -> None:
        self._context.check = check

    def use_threads(self, threads: int) -> None:
        """Compute with so many threads from now on."""
        self._context.use_threads(threads)

    def time_batch(self, tokens: int) -> float:
        """Milliseconds that a batch of so many tokens takes; what was in place is gone.

        The tokens mean nothing and have nothing before them. `tokens`: 1 to 128.
        """
        self._clear()
        try:
            return self._context.time_batch(tokens)
        finally:
            self._clear()

    def take_work(self) -> Work:
        """What was done since the last call."""
        return self._context.take_work()

    def rest(self) -> None:
        """Nobody waits: give memory back that the last sentence took."""
        self._context.give_rows_back()

    def prepare(self, prefix: Sequence[int], boundary: int = 0, *, durable: bool = False) -> None:
        """Evaluate a static prompt and keep its snapshot; nothing to do when there is one.

        `boundary`: length of a beginning that changes less often and is kept as well. `durable`:
        keep them on disk. Raises PromptTooLongError when there is no room left for a sentence and
        its answer.
        """
        self._make_room(len(prefix), _TURN + _ANSWER)
        if (known := self._snapshots.get(prefix)) is not None:
            if durable:
                self._snapshots.keep(prefix, known)
            return
        began = time.perf_counter()
        self._context.stage = "prepare"
        done = self._resume(prefix)
        if done < boundary < len(prefix):
            beginning = prefix[:boundary]
            if not self._restore(beginning, often=False):
                state = self._read(beginning, self._resume(prefix))
                self._snapshots.put(beginning, state, durable=durable, often=False)
            done = boundary
        self._snapshots.put(prefix, self._read(prefix, done), durable=durable)
        self._unfinished = None
        self._context.give_back()
        self.timings["prepare"] = (time.perf_counter() - began) * 1000

    def _read(self, ids: Sequence[int], done: int) -> State:
        """Evaluate what follows the `done` tokens that are in place; the state behind it.

        What is done of it is kept: who is ended halfway, as somebody speaks, goes on from there.
        """
        while True:
            end = min(done + _STEP, len(ids))
            self._context.run([Piece(ids[done:end], done, (PROMPT,))])
            done, state = end, self._context.state()
            if done == len(ids):
                return state
            self._unfinished = tuple(ids[:done]), state

    def _resume(self, prefix: Sequence[int]) -> int:
        """Put what was read of this prompt before in place of everything; how many tokens."""
        self._clear()
        if self._unfinished is None:
            return 0
        ids, state = self._unfinished
        if len(ids) >= len(prefix) or tuple(prefix[: len(ids)]) != ids:
            return 0
        if self._context.restore(state):
            return len(ids)
        self._clear()
        return 0

    def holds(self, prefix: Sequence[int]) -> bool:
        """Whether `begin` has nothing of this prompt to evaluate."""
        return self._snapshots.get(prefix) is not None

    @property
    def trouble(self) -> str | None:
        """Why what was prepared durably is not on disk; None where it is, or need not be."""
        return self._snapshots.trouble

    def _make_room(self, length: int, free: int) -> None:
        """Have room for a prompt and `free` tokens more; what was in place is gone where it grows.

        Raises PromptTooLongError, WorkerOutOfMemoryError.
        """
        if length > self._limit - free:
            raise _too_long(length, self._limit - free)
        if (wanted := length + free) > self._context.size:
            self._clear()
            self._context.resize(min(-(-wanted // _ROOM) * _ROOM, self._limit))

    def _restore(self, prefix: Sequence[int], *, often: bool = True) -> bool:
        """Put a snapshot in place of everything; False, and nothing is there, without one."""
        self._clear()
        state = self._snapshots.get(prefix, often=often)
        if state is None:
            return False
        if self._context.restore(state):
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
        self._make_room(length, _ANSWER)
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
        """See `decode.Engine`. At most 11 paths.

        A path that another one goes on from costs nothing beside it, and what several begin with
        is evaluated once. More than three that none goes on from take a second batch.
        """
        asked = [tuple(path) for path in paths]
        if len(asked) >= OUTPUTS:
            raise ValueError(f"{len(asked)} paths at once, {OUTPUTS - 1} at most")
        self._context.stage = "prefill" if self._turn else "decode"
        if self._context.head is not None:
            self._context.head.whole = any(ids is None for ids in wanted)
        ends = list(leaves(asked).items())
        rows: dict[TokenPath, Row] = {}
        while ends or self._turn or () not in rows:
            rows |= self._extend(dict(ends[:_BRANCHES]), frozenset(asked) - rows.keys())
            del ends[:_BRANCHES]
        return [self._pick(rows[path], ids) for path, ids in zip(asked, wanted, strict=True)]

    def _pick(self, row: Row, ids: Ids | None) -> Logits:
        context = self._context
        context.rows += len(ids) if ids is not None and row.hidden else self.vocabulary.size
        if row.hidden and context.head is not None:
            return context.head.logits(row.values, ids)
        return row.values if ids is None else row.values[ids]

    def _copy(self, source: int, target: int, length: int) -> None:
        """Make the sequence `target` the prompt and `length` tokens more of `source`."""
        self._context.copy(source, target, self._length + length)

    def _extend(
        self, branches: dict[TokenPath, int], asked: frozenset[TokenPath]
    ) -> dict[TokenPath, Row]:
        """Read the turn, if that is still to do, and what each branch lacks: rows of `asked`."""
        if len(self._turn) > BATCH:
            self._read_long_turn()
        jobs = self._branches.place(branches)
        pieces: list[Piece] = []
        ends: list[TokenPath] = []
        if self._turn:
            pieces.append(self._turn_piece(tuple(branch.sequence for branch, _ in jobs)))
            ends.append(())
        for piece, outputs in lacking(jobs, asked):
            pieces.append(piece.moved(self._length))
            ends += outputs
        for branch, path in jobs:
            branch.path = path
        rows = dict(zip(ends, self._context.run(pieces), strict=True))
        self._root = rows.get((), self._root)
        if self._root is None:
            raise ValueError("evaluate comes after begin")
        return {(): self._root, **rows}

    def _read_long_turn(self) -> None:
        """Read the turn before there are branches, and leave them only the window it ends with.

        What is behind the window stays in the cache until its place is needed, and copies of it
        would take all places there are. A snapshot leaves it out.
        """
        self._root = self._context.run([self._turn_piece(())])[0]
        state = self._context.state()
        self._context.clear()
        if not self._context.restore(state):
            raise WorkerError("llama.cpp did not take its own snapshot back")

    def _turn_piece(self, sequences: tuple[int, ...]) -> Piece:
        """The turn, to be read now, for the prompt's sequence and these."""
        turn, self._turn = self._turn, ()
        return Piece(turn, self._length - len(turn), (PROMPT, *sequences), (len(turn) - 1,))

    def _clear(self) -> None:
        self._context.clear()
        self._length = 0
        self._turn, self._root = (), None
        self._branches.clear()


def _too_long(tokens: int, limit: int) -> PromptTooLongError:
    return PromptTooLongError(
        f"The prompt has {tokens} tokens, {limit} at most", tokens=tokens, limit=limit
    )
