"""The worker's side of the pipes: one model, requests one after another.

A thread of its own reads the requests, so that a cancellation is seen while llama.cpp computes
(the bindings let go of the interpreter meanwhile) and so that the end of the pipe, which is the end
of the parent, ends this process at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import queue
import signal
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from .. import linking, spoken, tokens
from ..calls import FunctionCall
from ..changes import added_listing, gone_names, with_gone, without_gone
from ..constraint import Constraint
from ..decode import SaidEvidence, decode, speak
from ..draft import Guesser, SentenceGuess
from ..engine import LlamaEngine
from ..errors import HomeForgottenError, WorkerError, WorkerTimeoutError
from ..functions import Function
from ..home import Home
from ..prompt import StaticPrompt, build_static, known, listed, words
from ..said import Said
from ..work import Step
from .machine import most_threads
from .pace import BUSY, Pace, choose_threads
from .protocol import (
    REMEMBERED,
    Json,
    decoded_to_dict,
    error_to_dict,
    function_from_dict,
    home_from_dict,
    pack,
    read_frame,
    search_from_dict,
)

#: How much nicer than the parent: the house comes first.
_NICENESS = 5
#: What the kernel adds to its size when memory is short, in thousandths of all memory: it is to
#: take this process, which is soon there again, and not Home Assistant.
_DISPENSABLE = 500

#: Seconds until cores that were busy may be free again.
_BUSY_SECONDS = 600.0

#: prctl(2): the signal to get when the parent dies.
_PR_SET_PDEATHSIG = 1


class _Cancelled(Exception):
    """The parent does not want the answer any more."""


@dataclass
class _Prepared:
    """A home ready to be asked about."""

    home: Home
    static: StaticPrompt
    prefix: list[int]
    constraint: Constraint
    functions: tuple[Function, ...]
    added: str = ""
    """Lines between the listing and every sentence: see `changes`."""

    gone: frozenset[str] = frozenset()
    """Names that the listing still has and the home has no more."""

    numbered: tuple[str, ...] = ()
    """Names of devices and areas that have a number."""


class Worker:
    """The requests, without the pipes."""

    def __init__(self) -> None:
        self._engine: LlamaEngine | None = None
        self._prepared: OrderedDict[str, _Prepared] = OrderedDict()
        self._guesser = Guesser()
        self._answered: tuple[SentenceGuess, tuple[FunctionCall, ...]] | None = None
        self._cancelled: set[int] = set()
        self._current = 0
        self._pace: Pace | None = None
        self._slow = False
        self._try_again = math.inf

    def cancel(self, request: int) -> None:
        """End a request early; called from another thread."""
        self._cancelled.add(request)

    def handle(self, message: Json) -> Json:
        """The answer to a request; raises MemoryError, after which the process is of no use."""
        self._current = message["id"]
        try:
            if self._is_cancelled():
                raise _Cancelled
            result = getattr(self, f"_op_{message['op']}")(message)
        except MemoryError:
            raise
        except Exception as error:
            if not isinstance(error, _Cancelled):
                sys.excepthook(type(error), error, error.__traceback__)
            return {"id": message["id"], "error": error_to_dict(error)}
        finally:
            self._cancelled.discard(message["id"])
        return {"id": message["id"], "result": result}

    def _is_cancelled(self) -> bool:
        return self._current in self._cancelled

    def rest(self) -> None:
        """Nobody waits: learn from the answer, give memory back, try threads that were slow."""
        if self._engine is not None:
            self._engine.rest()
        if self._answered is not None:
            self._guesser.learn(*self._answered)
            self._answered = None
        if self._engine is not None and time.monotonic() >= self._try_again:
            self._choose_threads()
            # They are fewer now, perhaps, than what is best when the cores are free again.
            self._try_again = time.monotonic() + _BUSY_SECONDS if self._slow else math.inf
            self._slow = False

    def _choose_threads(self) -> None:
        self._pace = choose_threads(self._loaded, most_threads())

    def _watch(self, steps: Iterable[Step]) -> None:
        """A sentence that took far longer than it should met cores that have become busy."""
        if self._pace is not None and self._pace.slowness(steps) > BUSY:
            self._slow, self._try_again = True, 0.0

    @property
    def _loaded(self) -> LlamaEngine:
        if self._engine is None:
            raise WorkerError("No model is loaded")
        return self._engine

    def _op_ping(self, message: Json) -> Json:
        return {"pid": os.getpid(), "loaded": self._engine is not None}

    def _op_load(self, message: Json) -> Json:
        self._op_unload(message)
        began = time.perf_counter()
        self._engine = LlamaEngine(
            Path(message["path"]),
            threads=message["threads"] or 1,
            context=message["context"],
            snapshots=Path(folder) if (folder := message["snapshots"]) else None,
        )
        if message["threads"] is None:
            self._choose_threads()
        return {
            **asdict(self._engine.info),
            "pace": self._told_pace,
            "milliseconds": (time.perf_counter() - began) * 1000,
        }

    def _op_pace(self, message: Json) -> Json:
        self._choose_threads()
        return {"pace": self._told_pace}

    @property
    def _told_pace(self) -> Json | None:
        return None if self._pace is None else asdict(self._pace)

    def _op_unload(self, message: Json) -> Json:
        self._prepared.clear()
        self._guesser = Guesser()
        self._pace, self._slow, self._try_again = None, False, math.inf
        if self._engine is not None:
            self._engine.close()
            self._engine = None
        return {}

    def _op_prepare(self, message: Json) -> Json:
        engine = self._loaded
        home: Home = home_from_dict(message["home"])
        given: list[Function] = [function_from_dict(f) for f in message["functions"]]
        functions = known(given, engine.info.functions)
        home = listed(home, engine.info.domains)
        before = home
        if (earlier := message.get("before")) is not None:
            before = listed(home_from_dict(earlier), engine.info.domains)
        style, text = message["style"], message["text"]
        static = build_static(before, functions, style=style, text=text, now=home)
        prefix = tokens.encode(static.segments, engine.vocabulary.tokenize)
        constraint = Constraint(with_gone(before, home), functions, engine.vocabulary)
        self._guesser.prepare(constraint)
        # Now, not when somebody speaks.
        linking.load()
        spoken.load()
        boundary = len(
            tokens.encode(static.segments[: static.declared], engine.vocabulary.tokenize)
        )
        with self._checked(engine, None):
            engine.prepare(prefix, boundary, durable=message["durable"])
        self._prepared[message["key"]] = _Prepared(
            home,
            static,
            prefix,
            constraint,
            functions,
            added_listing(before, home),
            gone_names(before, home),
            tuple(name for name in home.names if any(map(str.isdigit, name))),
        )
        self._prepared.move_to_end(message["key"])
        while len(self._prepared) > REMEMBERED:
            self._prepared.popitem(last=False)
        milliseconds = engine.timings.get("prepare", 0.0)
        return {"tokens": len(prefix), "milliseconds": milliseconds, "trouble": engine.trouble}

    def _op_decode(self, message: Json) -> Json:
        engine = self._loaded
        prepared = self._recall(message["key"])
        deadline = time.monotonic() + message["seconds"]
        said = message["sentence"] if "sentence" in message else message["segments"]
        segments = prepared.static.turn(said)
        turn = tokens.encode((prepared.added, *segments), engine.vocabulary.tokenize)
        engine.timings.clear()
        speaks, search = message["speaks"], search_from_dict(message["search"])
        heard = Said(words(said))
        guess = self._guesser.of(heard, prepared.home, prepared.constraint)
        evidence = (
            None
            if speaks
            else SaidEvidence(heard, prepared.constraint, prepared.home, prepared.numbered)
        )
        with self._checked(engine, deadline):
            engine.begin(prepared.prefix, turn)
            decoded = decode(
                prepared.constraint,
                engine,
                search,
                deadline=deadline,
                cancelled=self._is_cancelled,
                speaks=speaks,
                guess=guess,
                evidence=evidence,
            )
        decoded = without_gone(decoded, prepared.gone, prepared.functions)
        if decoded.best is not None:
            self._answered = guess, decoded.best.calls
        found = decoded_to_dict(decoded)
        found["timings"] |= engine.timings
        found["prompt_tokens"], found["turn_tokens"] = len(prepared.prefix), len(turn)
        if speaks and found["answers"] and not found["answers"][0]["calls"]:
            ids = speak(engine, deadline=deadline, cancelled=self._is_cancelled)
            found["text"] = engine.vocabulary.detokenize(ids).strip()
        work = engine.take_work()
        self._watch(work.steps)
        found["work"] = asdict(work)
        # What was chosen before this sentence, or after the one before it.
        found["pace"] = self._told_pace
        return found

    def _recall(self, key: str) -> _Prepared:
        """What was prepared under a key; raises HomeForgottenError.

        Also where the prompt would have to be evaluated again: that has no place in the time of a
        sentence. The parent forgets the longest unused in the same order.
        """
        prepared = self._prepared.get(key)
        if prepared is None or not self._loaded.holds(prepared.prefix):
            raise HomeForgottenError
        self._prepared.move_to_end(key)
        return prepared

    @contextlib.contextmanager
    def _checked(self, engine: LlamaEngine, deadline: float | None) -> Iterator[None]:
        """Evaluating inside ends when the request is cancelled, and at the deadline."""

        def check() -> None:
            if self._is_cancelled():
                raise _Cancelled
            if deadline is not None and time.monotonic() > deadline:
                raise WorkerTimeoutError

        engine.check = check
        try:
            yield
        finally:
            engine.check = None


def _claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep standard input and output for frames: what libraries print goes to standard error."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, answers


def _be_a_good_neighbour() -> None:
    """Give way to the house, and die with the parent."""
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(_DISPENSABLE), encoding="ascii")
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to act on


def _read(requests: BinaryIO, worker: Worker, inbox: queue.SimpleQueue[Json]) -> None:
    """Take requests from the pipe; ends the process with it."""
    while (message := read_frame(requests)) is not None:
        if message["op"] == "cancel":
            worker.cancel(message["id"])
        else:
            inbox.put(message)
    os._exit(0)


def main() -> None:
    """Serve the pipes until they close."""
    _be_a_good_neighbour()
    requests, answers = _claim_pipes()
    worker = Worker()
    inbox: queue.SimpleQueue[Json] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests, worker, inbox), daemon=True).start()
    while True:
        answers.write(pack(worker.handle(inbox.get())))
        answers.flush()
        if inbox.empty():
            worker.rest()
