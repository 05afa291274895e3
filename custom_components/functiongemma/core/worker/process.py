"""One worker process, from start to end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import itertools
import json
import os
import sys
from collections import OrderedDict, deque
from pathlib import Path
from typing import Any

from ..errors import WorkerError, WorkerOutOfMemoryError, WorkerTimeoutError
from . import protocol
from .death import cause_of_death
from .launch import RUNTIME_VARIABLE
from .protocol import REMEMBERED, Json

#: Seconds after a deadline or a cancellation until the process is killed.
GRACE_SECONDS = 1.0
#: The same after a cancelled request that is cancelled because a sentence comes first, not because
#: it is stuck. A batch of a prompt has 128 tokens, which a slow board reads for over a second.
_PATIENCE = {"prepare": 10.0, "pace": 10.0}

#: Where workers look for llama_cpp before anywhere else; like `sys.path`, one for all of them.
runtime_paths: list[str] = []


class WorkerProcess:
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
    async def spawn(cls) -> WorkerProcess:
        """Start a worker; raises WorkerError or WorkerOutOfMemoryError where that is impossible."""
        launcher = Path(__file__).with_name("launch.py")
        # Spinning at barriers is worse than useless on cores that do other work (0.8 tokens a
        # second instead of 49 were measured).
        # numpy's matrices are small here, and each thread of its own takes memory.
        # A failed assertion would call gdb, if there is one, and take seconds to die.
        # glibc keeps what was large and is free again for what is large next, unless a size is set:
        # snapshots come and go, and the process would keep 10 MB of them for good. Other C
        # libraries do not know the variable.
        environment = {
            **os.environ,
            "OMP_WAIT_POLICY": "passive",
            "OPENBLAS_NUM_THREADS": "1",
            "GGML_NO_BACKTRACE": "1",
            "MALLOC_MMAP_THRESHOLD_": "1048576",
            "PYTHONUNBUFFERED": "1",
            RUNTIME_VARIABLE: os.pathsep.join(runtime_paths),
        }
        try:
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
        except OSError as error:
            if error.errno == errno.ENOMEM:
                raise WorkerOutOfMemoryError from error
            reason = f"the process cannot be started: {error}"
            raise WorkerError(reason, reason=reason) from error
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
        while len(self.prepared) > REMEMBERED:
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
            await self._abandon(number, future, _PATIENCE.get(op, GRACE_SECONDS))
            raise
        finally:
            self._waiting.pop(number, None)
        if "error" in answer:
            raise protocol.error_from_dict(answer["error"])
        result: Json = answer["result"]
        return result

    async def _abandon(self, number: int, future: asyncio.Future[Json], patience: float) -> None:
        """Make the child give a request up; it does between two batches, or not at all."""
        self._write({"op": "cancel", "id": number})
        done, _ = await asyncio.wait({future}, timeout=patience)
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
        while True:
            try:
                line = await self._process.stderr.readline()
            except ValueError:
                continue  # longer than the buffer; unread, the rest would block the child
            if not line:
                return
            self._said.append(line.decode("utf-8", "replace").rstrip())
