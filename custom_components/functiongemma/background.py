"""Reading the home while nobody speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .prepared import Source, seen


class Background:
    """One home at a time is read; a sentence comes first, and reading begins anew after it."""

    def __init__(self, hass: HomeAssistant, may_end: Callable[[], bool]) -> None:
        """`may_end`: whether what is being done may be ended halfway at this moment."""
        self._hass = hass
        self._may_end = may_end
        self._source: Source | None = None
        self._task: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._attempt: asyncio.Task[None] | None = None
        self._sentences = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._awaited = 0

    def reads(self, source: Source) -> bool:
        """Whether this home is being read."""
        return not self.idle and self._source == source

    @property
    def idle(self) -> bool:
        """Whether nothing is being read."""
        return self._task is None or self._task.done()

    @callback
    def begin(
        self, source: Source, read: Callable[[], Coroutine[Any, Any, None]]
    ) -> asyncio.Task[None]:
        """Read a home as soon as nobody speaks, instead of any other that nobody waits for."""
        if self._task is not None and self.reads(source):
            return self._task
        if self._task is not None and not self._awaited and self._may_end():
            self._task.cancel()
        self._source = source
        task = self._task = self._hass.async_create_background_task(
            self._async_read(read), f"{DOMAIN} read the home"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(seen)
        return task

    async def _async_read(self, read: Callable[[], Coroutine[Any, Any, None]]) -> None:
        this = asyncio.current_task()
        assert this is not None
        while True:
            await self._quiet.wait()
            attempt = self._attempt = asyncio.create_task(read())
            try:
                return await attempt
            except asyncio.CancelledError:
                if this.cancelling():
                    raise

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Within it somebody is being answered: no home is read, unless a sentence waits for it."""
        self._sentences += 1
        self._quiet.clear()
        if self._attempt is not None and not self._awaited and self._may_end():
            self._attempt.cancel()
        try:
            yield
        finally:
            self._sentences -= 1
            if not self._sentences:
                self._quiet.set()

    async def async_join(self) -> None:
        """Wait for the home that is being read, which is not set aside then; raises its error."""
        if self._task is None:
            return
        self._awaited += 1
        try:
            await asyncio.shield(self._task)
        finally:
            self._awaited -= 1

    async def async_stop(self) -> None:
        """End it."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
