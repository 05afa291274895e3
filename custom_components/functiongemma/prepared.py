"""The homes that were made ready to be asked about: each once, whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .core.functions import Function
from .core.home import Home

#: Homes that are kept ready at the same time.
_REMEMBERED: Final = 3


@dataclass(frozen=True)
class Source:
    """What a static prompt is made from."""

    home: Home
    functions: tuple[Function, ...]
    text: str = ""
    """Developer text, see `prompt.build_static`."""


class PreparedHomes[T]:
    """What was made of the latest sources, by value: an equal home is the same home."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nothing is ready yet."""
        self._hass = hass
        self._kept: list[tuple[Source, T]] = []
        self._tasks: list[tuple[Source, asyncio.Task[T]]] = []
        self._waiting: dict[asyncio.Task[T], int] = {}
        """How many wait for each."""

    def find(self, source: Source) -> T | None:
        """What was made of a source; None: nothing yet, or it has been forgotten."""
        found = next((kept for kept in self._kept if kept[0] == source), None)
        if found is None:
            return None
        self._kept.remove(found)
        self._kept.append(found)
        return found[1]

    def keep(self, source: Source, made: T) -> None:
        """Remember what was made of a source, in place of what was made of it before."""
        others = [kept for kept in self._kept if kept[0] != source]
        self._kept = [*others[1 - _REMEMBERED :], (source, made)]

    def forget(self, source: Source) -> None:
        """It is of no use any more."""
        self._kept = [kept for kept in self._kept if kept[0] != source]

    async def async_get(self, source: Source, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What was made of a source, made now if need be, and once for all who wait for it.

        It goes on when the one who waits is cancelled: half of it must not be thrown away. Raises
        what `make` raises.
        """
        if (found := self.find(source)) is not None:
            return found
        under_way = (task for other, task in self._tasks if other == source and not task.done())
        task = next(under_way, None)
        if task is None:
            task = self._hass.async_create_background_task(
                self._async_make(source, make), f"{DOMAIN} prepare"
            )
            entry = (source, task)
            self._tasks.append(entry)
            task.add_done_callback(lambda _: self._tasks.remove(entry))
            task.add_done_callback(seen)
        self._waiting[task] = self._waiting.get(task, 0) + 1
        try:
            return await asyncio.shield(task)
        finally:
            self._waiting[task] -= 1
            if not self._waiting[task]:
                del self._waiting[task]

    def give_up(self, source: Source) -> bool:
        """End what is being made of a source, if nobody waits for it; whether it was."""
        for other, task in self._tasks:
            if other == source and not task.done() and task not in self._waiting:
                return task.cancel()
        return False

    async def _async_make(self, source: Source, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        made = await make()
        self.keep(source, made)
        return made

    async def async_stop(self) -> None:
        """End what is being made, and forget what was."""
        tasks = [task for _, task in self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._kept.clear()


def seen(task: asyncio.Task[Any]) -> None:
    """Take note of a task's error: whoever still waits gets it as well."""
    if not task.cancelled():
        task.exception()
