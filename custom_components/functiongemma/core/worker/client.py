"""The parent's side of the pipes.

One request at a time; others wait their turn. A request past its deadline, or one whose caller was
cancelled and that does not stop, ends with the process killed. A dead process is replaced on the
next request, and what it had loaded and prepared is loaded and prepared again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..decode import Decoded, Search
from ..errors import HomeForgottenError, RuntimeMissingError, WorkerError
from ..functions import Function
from ..home import Home
from ..prompt import CONTEXT
from ..tokens import Segment
from . import protocol
from .machine import resident
from .pace import Pace
from .process import GRACE_SECONDS, WorkerProcess
from .protocol import REMEMBERED, Json

_LOGGER = logging.getLogger(__name__)

#: Seconds for what has no deadline of its own: a slow card, a slow processor. Another model's long
#: prompt takes minutes on a Raspberry Pi 4, and what is given up on begins at the beginning.
LOAD_SECONDS = 120.0
PREPARE_SECONDS = 600.0
#: Seconds a sentence may take.
DECODE_SECONDS = 10.0


#: What the child tells about a model, by WorkerInfo's names.
_FACTS = ("description", "name", "prompt", "functions", "domains", "bytes", "context")


@dataclass(frozen=True)
class WorkerInfo:
    """The process and its model."""

    pid: int
    rss: int | None
    """Resident memory in bytes; None where the system does not tell."""

    path: Path
    threads: int
    description: str
    """Such as `gemma3 270M Q4_K - Medium`."""

    name: str | None
    prompt: str | None
    """The prompt the model was trained on (`functiongemma.prompt`); None: not one of ours."""

    functions: Sequence[str] | None
    """The home functions it was trained on (`functiongemma.functions`); None: it does not say."""

    domains: Sequence[str] | None
    """The domains of the entities it was trained on (`functiongemma.domains`); None: likewise."""

    bytes: int
    """Size of the weights."""

    context: int
    """Tokens the model was trained for."""

    pace: Pace | None = None
    """How `threads` were chosen; None where they were given."""


class WorkerClient:
    """A worker process and what it has to know.

    Every method raises WorkerCrashedError when the process dies (WorkerOutOfMemoryError when the
    system killed it for memory) and WorkerTimeoutError past the deadline.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._process: WorkerProcess | None = None
        self._model: Json | None = None
        self._facts: Json = {}
        self._specs: OrderedDict[str, Json] = OrderedDict()
        self._at_rest = False
        self._trouble: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def info(self) -> WorkerInfo | None:
        """The process and its model; None when none is loaded."""
        if self._process is None or not self._process.loaded or self._model is None:
            return None
        pid = self._process.pid
        facts = {key: self._facts[key] for key in _FACTS}
        pace = protocol.pace_from_dict(self._facts["pace"])
        threads = self._model["threads"] if pace is None else pace.threads
        path = Path(self._model["path"])
        return WorkerInfo(pid, resident(pid), path, threads, **facts, pace=pace)

    async def start(self) -> None:
        """Start the process ahead of the first request."""
        async with self._lock:
            await self._running()

    async def load(
        self,
        path: Path,
        *,
        threads: int | None = None,
        context: int = CONTEXT,
        snapshots: Path | None = None,
    ) -> WorkerInfo:
        """Load a GGUF, in place of the one before.

        `threads` None: as many as `choose_threads` finds, now and when something is prepared
        durably for the first time: the machine that was starting is at rest then. Also after a
        sentence that took far longer than it should.
        `snapshots`: folder for what is prepared durably; it is made when it is needed.

        Raises ModelFileError or one of its leaves, or RuntimeMissingError; nothing is loaded then.
        """
        async with self._lock:
            self._specs.clear()
            self._model = None
            process = await self._running()
            process.forget()
            model = {
                "path": str(path),
                "threads": threads,
                "context": context,
                "snapshots": str(snapshots) if snapshots else None,
            }
            await self._load(process, model)
            self._model = model
            self._at_rest = False
        info = self.info
        assert info is not None
        return info

    async def prepare(
        self,
        home: Home,
        functions: Sequence[Function],
        *,
        style: str | None,
        text: str = "",
        durable: bool = False,
        before: Home | None = None,
    ) -> str:
        """Evaluate a home's static prompt ahead of the sentences; the key to ask about it with.

        `style` and `text` are those of `prompt.build_static`; `info.prompt` is the model's style.
        `before`: a home that has been prepared with the same functions. Its listing stays, and what
        is new in `home` is read with every sentence: nothing is evaluated now.
        `durable`: after a restart it needs no evaluation any more. Does nothing when it has been
        done. Raises PromptTooLongError.
        """
        # A large home takes milliseconds, in which Home Assistant has other things to do.
        spec, key = await asyncio.to_thread(_spec, home, functions, style, text, before)
        async with self._lock:
            if durable and not self._specs.get(key, {}).get("durable") and self._process:
                self._process.prepared.pop(key, None)  # it is in memory only
            self._specs[key] = {**spec, "durable": durable}
            self._specs.move_to_end(key)
            while len(self._specs) > REMEMBERED:
                self._specs.popitem(last=False)
            try:
                process = await self._ready(key)
                if durable:
                    await self._try_threads_again(process)
            except BaseException:
                self._specs.pop(key, None)
                raise
        return key

    async def _try_threads_again(self, process: WorkerProcess) -> None:
        """Choose the number of threads anew, once: loading was part of a busy start."""
        assert self._model is not None
        if self._model["threads"] is None and not self._at_rest:
            self._facts.update(await process.request("pace", PREPARE_SECONDS))
            self._at_rest = True

    async def decode(
        self,
        key: str,
        sentence: str | Sequence[Segment],
        *,
        seconds: float = DECODE_SECONDS,
        search: Search | None = None,
        speaks: bool = False,
    ) -> Decoded:
        """Understand a sentence about a prepared home.

        `sentence` may also be all segments after the static prompt, for conversations that go on
        after a tool's response. `speaks`: see `decode.decode`. Raises KeyError for a key that is
        not among the latest prepared, PromptTooLongError for too long a sentence.
        """
        end = asyncio.get_running_loop().time() + seconds
        request: Json = {
            "key": key,
            "search": asdict(search or Search()),
            "speaks": speaks,
            **({"sentence": sentence} if isinstance(sentence, str) else {"segments": [*sentence]}),
        }
        async with self._lock:
            if key not in self._specs:
                raise KeyError(key)
            self._specs.move_to_end(key)
            try:
                answer = await self._answer(key, end, request)
            except (WorkerError, asyncio.CancelledError):
                # Also when the caller's patience ended while a dead process was being replaced:
                # the next sentence would meet the same wait, for ever on a slow machine.
                if not self._is_ready(key):
                    self._in_background(self._restart(key))
                raise
            self._facts["pace"] = answer.pop("pace")
        return protocol.decoded_from_dict(answer)

    async def _answer(self, key: str, end: float, request: Json) -> Json:
        """`end`: the loop's time by which there is an answer, waiting for others included."""
        while True:
            process = await self._ready(key)
            seconds = max(end - asyncio.get_running_loop().time(), 0.0)
            try:
                return await process.request(
                    "decode", seconds + GRACE_SECONDS, seconds=seconds, **request
                )
            except HomeForgottenError:
                process.prepared.pop(key, None)
                if not seconds:
                    raise

    async def unload(self) -> None:
        """Give the model's memory back; the process ends with it."""
        async with self._lock:
            self._model = None
            self._specs.clear()
            await self._end()

    def kill(self) -> None:
        """End the process at once, whatever it does; whoever waits gets WorkerTimeoutError."""
        if self._process is not None:
            self._process.kill()

    async def stop(self) -> None:
        """End everything."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.unload()

    def keep_ready(self, key: str) -> None:
        """Start a worker again in the background, where it has died and nobody has noticed."""
        if key in self._specs and not self._is_ready(key):
            self._in_background(self._restart(key))

    def _is_ready(self, key: str) -> bool:
        process = self._process
        return process is not None and process.alive and key in process.prepared

    async def _restart(self, key: str) -> None:
        """Get ready for the next sentence, which would otherwise wait for it."""
        with contextlib.suppress(Exception):  # the next request meets it again, and reports it
            async with self._lock:
                await self._ready(key)

    async def _running(self) -> WorkerProcess:
        """The process, started if need be."""
        if self._process is None or not self._process.alive:
            await self._end()
            self._process = await WorkerProcess.spawn()
        return self._process

    async def _load(self, process: WorkerProcess, model: Json) -> None:
        """Load a model into a process, which ends where it finds no usable runtime.

        Where to look is told to a process when it starts, and what it imported in vain stays.
        """
        try:
            self._facts = await process.request("load", LOAD_SECONDS, **model)
        except RuntimeMissingError:
            await self._end()
            raise
        process.loaded = True

    async def _ready(self, key: str) -> WorkerProcess:
        """The process, with the model loaded and `key` prepared."""
        if self._model is None:
            raise WorkerError("No model is loaded")
        process = await self._running()
        if not process.loaded:
            await self._load(process, self._model)
        if key not in process.prepared:
            spec = self._specs[key]
            answer = await process.request("prepare", PREPARE_SECONDS, key=key, **spec)
            process.remember(key)
            self._tell(answer["trouble"])
        process.prepared.move_to_end(key)
        return process

    def _tell(self, trouble: str | None) -> None:
        """Log once why nothing is kept for the next start."""
        if trouble and trouble != self._trouble:
            _LOGGER.warning(
                "The home could not be kept on the disk: %s. Sentences are understood all the "
                "same, but after the next start the model has to read the home again",
                trouble,
            )
        self._trouble = trouble

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await process.end()

    def _in_background(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _spec(
    home: Home, functions: Sequence[Function], style: str | None, text: str, before: Home | None
) -> tuple[Json, str]:
    """What the worker prepares a home from, and its key."""
    spec: Json = {
        "home": protocol.home_to_dict(home),
        "functions": [protocol.function_to_dict(function) for function in functions],
        "style": style,
        "text": text,
        "before": None if before is None else protocol.home_to_dict(before),
    }
    return spec, hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:16]
