"""The worker for code without an event loop: evaluation and command lines."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from ..decode import Decoded, Search
from ..functions import Function
from ..home import Home
from ..prompt import CONTEXT
from ..tokens import Segment
from .client import DECODE_SECONDS, WorkerClient, WorkerInfo


class SyncWorker:
    """`WorkerClient`, one blocking call at a time; a context manager that ends the process.

    with SyncWorker() as worker:
        worker.load(path)
        key = worker.prepare(home, functions, style=HOME_STYLE)
        worker.decode(key, "Turn on the kitchen light").best
    """

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._client = WorkerClient()

    def __enter__(self) -> SyncWorker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def info(self) -> WorkerInfo | None:
        """See `WorkerClient.info`."""
        return self._client.info

    def load(
        self,
        path: Path,
        *,
        threads: int | None = None,
        context: int = CONTEXT,
        snapshots: Path | None = None,
    ) -> WorkerInfo:
        """See `WorkerClient.load`."""
        return self._runner.run(
            self._client.load(path, threads=threads, context=context, snapshots=snapshots)
        )

    def prepare(
        self,
        home: Home,
        functions: Sequence[Function],
        *,
        style: str | None,
        text: str = "",
        durable: bool = False,
        before: Home | None = None,
    ) -> str:
        """See `WorkerClient.prepare`."""
        return self._runner.run(
            self._client.prepare(
                home, functions, style=style, text=text, durable=durable, before=before
            )
        )

    def decode(
        self,
        key: str,
        sentence: str | Sequence[Segment],
        *,
        seconds: float = DECODE_SECONDS,
        search: Search | None = None,
        speaks: bool = False,
    ) -> Decoded:
        """See `WorkerClient.decode`."""
        return self._runner.run(
            self._client.decode(key, sentence, seconds=seconds, search=search, speaks=speaks)
        )

    def close(self) -> None:
        """End the process and the loop."""
        self._runner.run(self._client.stop())
        self._runner.close()
