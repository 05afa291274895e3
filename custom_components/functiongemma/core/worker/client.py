"""The parent's side of the pipes.

One request at a time; others wait their turn. A request past its deadline, or one whose caller was
cancelled and that does not stop, ends with the process killed. A dead process is replaced on the
next request, and what it had loaded and prepared is loaded and prepared again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import json
import os
import sys
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..decode import Decoded, Search
from ..errors import WorkerTimeoutError
from ..functions import Function
from ..home import Home
from ..tokens import Segment
from . import protocol
from .death import cause_of_death
from .protocol import Json

#: Seconds for what has no deadline of its own: a slow card, a slow processor, a long prompt.
LOAD_SECONDS = 120.0
PREPARE_SECONDS = 180.0
#: Seconds a sentence may take.
DECODE_SECONDS = 10.0
#: Seconds after a deadline or a cancellation until the process is killed.
GRACE_SECONDS = 1.0

#: Homes remembered for a new process.
_REMEMBERED = 3


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

    bytes: int
    """Size of the weights."""

    context: int
    """Tokens the model was trained for."""


class WorkerClient:
    """A worker process and what it has to know.

    Every method raises WorkerCrashedError when the process dies (WorkerOutOfMemoryError when the
    system killed it for memory) and WorkerTimeoutError past the deadline.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._process: _Process | None = None
        self._model: Json | None = None
        self._facts: Json = {}
        self._specs: OrderedDict[str, Json] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def info(self) -> WorkerInfo | None:
        """The process and its model; None when none is loaded."""
        if self._process is None or not self._process.loaded or self._model is None:
            return None
        pid = self._process.pid
        facts = {key: self._facts[key] for key in _FACTS}
        path, threads = Path(self._model["path"]), self._model["threads"]
        return WorkerInfo(pid, _resident(pid), path, threads, **facts)

    async def start(self) -> None:
        """Start the process ahead of the first request."""
        async with self._lock:
            await self._running()

    async def load(
        self, path: Path, *, threads: int | None = None, context: int = 4096
    ) -> WorkerInfo:
        """Load a GGUF, in place of the one before; `threads`: see `default_threads`.

        Raises ModelLoadError, WrongArchitectureError or RuntimeMissingError; then nothing is loaded.
        """
        async with self._lock:
            self._specs.clear()
            self._model = None
            process = await self._running()
            process.forget()
            model = {
                "path": str(path),
                "threads": threads or default_threads(),
                "context": context,
            }
            self._facts = await process.request("load", LOAD_SECONDS, **model)
            process.loaded = True
            self._model = model
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
    ) -> str:
        """Evaluate a home's static prompt ahead of the sentences; the key to ask about it with.

        `style` and `text` are those of `prompt.build_static`; `info.prompt` is the model's style.
        Does nothing when it has been done. Raises PromptTooLongError.
        """
        spec: Json = {
            "home": protocol.home_to_dict(home),
            "functions": [protocol.function_to_dict(function) for function in functions],
            "style": style,
            "text": text,
        }
        key = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:16]
        async with self._lock:
            self._specs[key] = spec
            self._specs.move_to_end(key)
            while len(self._specs) > _REMEMBERED:
                self._specs.popitem(last=False)
            try:
                await self._ready(key)
            except BaseException:
                self._specs.pop(key, None)
                raise
        return key

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
        request: Json = {
            "key": key,
            "seconds": seconds,
            "search": asdict(search or Search()),
            "speaks": speaks,
            **({"sentence": sentence} if isinstance(sentence, str) else {"segments": [*sentence]}),
        }
        async with self._lock:
            if key not in self._specs:
                raise KeyError(key)
            self._specs.move_to_end(key)
            process = await self._ready(key)
            try:
                answer = await process.request("decode", seconds + GRACE_SECONDS, **request)
            except WorkerTimeoutError:
                if not process.alive:
                    self._in_background(self._restart(key))
                raise
        return protocol.decoded_from_dict(answer)

    async def unload(self) -> None:
        """Give the model's memory back; the process ends with it."""
        async with self._lock:
            self._model = None
            self._specs.clear()
            await self._end()

    async def stop(self) -> None:
        """End everything."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.unload()

    async def _restart(self, key: str) -> None:
        """Get ready for the next sentence, which would otherwise wait for it."""
        with contextlib.suppress(Exception):  # the next request meets it again, and reports it
            async with self._lock:
                await self._ready(key)

    async def _running(self) -> _Process:
        """The process, started if need be."""
        if self._process is None or not self._process.alive:
            await self._end()
            self._process = await _Process.spawn()
        return self._process

    async def _ready(self, key: str) -> _Process:
        """The process, with the model loaded and `key` prepared."""
        if self._model is None:
            raise RuntimeError("no model was loaded")
        process = await self._running()
        if not process.loaded:
            self._facts = await process.request("load", LOAD_SECONDS, **self._model)
            process.loaded = True
        if key not in process.prepared:
            spec = self._specs[key]
            await process.request("prepare", PREPARE_SECONDS, key=key, **spec)
            process.remember(key)
        process.prepared.move_to_end(key)
        return process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await process.end()

    def _in_background(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Process:
    """One worker process from start to end."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._killed = False
        self._closed = False
        self._said: deque[str] = deque(maxlen=40)
        self._errors = asyncio.create_task(self._read_errors())
        self._reader = asyncio.create_task(self._read())
        self.loaded = False
        self.prepared: OrderedDict[str, None] = OrderedDict()

    @classmethod
    async def spawn(cls) -> _Process:
        """Start a worker."""
        launcher = Path(__file__).with_name("launch.py")
        # Spinning at barriers is worse than useless on cores that do other work (0.8 tokens a
        # second instead of 49 were measured).
        environment = {**os.environ, "OMP_WAIT_POLICY": "passive", "PYTHONUNBUFFERED": "1"}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            str(launcher),
            *(path for path in sys.path if path and Path(path).is_dir()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether requests make sense."""
        return not (self._killed or self._closed) and self._process.returncode is None

    def forget(self) -> None:
        """Another model is to be loaded."""
        self.loaded = False
        self.prepared.clear()

    def remember(self, key: str) -> None:
        """The child keeps as many homes prepared as we remember."""
        self.prepared[key] = None
        while len(self.prepared) > _REMEMBERED:
            self.prepared.popitem(last=False)

    async def request(self, op: str, seconds: float, /, **arguments: Any) -> Json:
        """Send a request and wait for its answer."""
        number = next(self._ids)
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            if self._closed:
                raise await self._cause()
            self._write({"id": number, "op": op, **arguments})
            async with asyncio.timeout(seconds):
                answer = await asyncio.shield(future)
        except TimeoutError:
            self.kill()
            raise WorkerTimeoutError from None
        except asyncio.CancelledError:
            await self._abandon(number, future)
            raise
        finally:
            self._waiting.pop(number, None)
        if "error" in answer:
            raise protocol.error_from_dict(answer["error"])
        result: Json = answer["result"]
        return result

    async def _abandon(self, number: int, future: asyncio.Future[Json]) -> None:
        """Make the child give a request up; it does between two batches, or not at all."""
        self._write({"op": "cancel", "id": number})
        done, _ = await asyncio.wait({future}, timeout=GRACE_SECONDS)
        if not done:
            self.kill()
        elif not future.cancelled():
            future.exception()  # seen

    def _write(self, message: Json) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError, RuntimeError):  # the reader sees why
            self._process.stdin.write(protocol.pack(message))

    def kill(self) -> None:
        """End the process now."""
        self._killed = True
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """End the process: by closing its pipe, or by force."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()
        await asyncio.gather(self._reader, self._errors, return_exceptions=True)

    async def _read(self) -> None:
        """Hand answers to who waits for them, until the process is gone."""
        assert self._process.stdout is not None
        stream = self._process.stdout
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ValueError):
            while True:
                length = protocol.frame_length(await stream.readexactly(4))
                answer = json.loads(await stream.readexactly(length))
                future = self._waiting.get(answer["id"])
                if future is not None and not future.done():
                    future.set_result(answer)
        self._closed = True
        cause = await self._cause()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(cause)

    async def _cause(self) -> Exception:
        """Why the process is gone."""
        if not self._killed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GRACE_SECONDS):
                    await self._process.wait()
        if self._process.returncode is None:
            self.kill()
        await self._process.wait()
        await asyncio.wait({self._errors}, timeout=GRACE_SECONDS)
        if self._killed:
            return WorkerTimeoutError()
        assert self._process.returncode is not None
        return cause_of_death(self._process.returncode, self._said)

    async def _read_errors(self) -> None:
        """Keep the latest lines of standard error for the post-mortem."""
        assert self._process.stderr is not None
        with contextlib.suppress(ValueError):
            async for line in self._process.stderr:
                self._said.append(line.decode("utf-8", "replace").rstrip())


_FACTS = ("description", "name", "prompt", "bytes", "context")


def default_threads() -> int:
    """Threads for a machine that does other work: one core is left free, four are the most."""
    return max(1, min(4, _physical_cores() - 1))


def _physical_cores() -> int:
    """Cores this process may run on, hyper-threads counted once."""
    try:
        usable = os.sched_getaffinity(0)
    except AttributeError:  # not Linux
        return os.cpu_count() or 1
    cores = set()
    for cpu in usable:
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        try:
            cores.add(siblings.read_text())
        except OSError:
            cores.add(str(cpu))
    return len(cores)


def _resident(pid: int) -> int | None:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except OSError:
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
