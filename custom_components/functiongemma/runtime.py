"""What runs the model of an entry: its worker, or (`remote`) a server elsewhere."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .core.catalogue import functions_for
from .core.decode import Decoded
from .core.errors import (
    HomeUnreadError,
    RuntimeMissingError,
    WorkerError,
    WorkerTimeoutError,
)
from .core.functions import Function
from .core.home import Area, Entity, Home
from .core.tokens import Segment
from .core.worker import WorkerClient, WorkerInfo
from .errors import NoAnswerError
from .records import Records
from .trace import Seen, current

#: Folder of evaluated prompts, in our cache.
SNAPSHOTS: Final = "snapshots"

#: Homes the worker keeps ready at the same time.
_REMEMBERED: Final = 3
#: Seconds beyond its deadline that a sentence may wait for the worker to give up.
_GRACE: Final = 2.0

#: The question a model is tried with before an entry is made of it.
_TRIAL_HOME: Final = Home((Entity("light.ceiling", "Ceiling", "Kitchen"),), (Area("Kitchen"),))
TRIAL_SENTENCE: Final = "Turn on the kitchen light"
_TRIAL_SECONDS: Final = 60.0


async def async_try_model(path: Path) -> WorkerInfo:
    """Load a model in a worker of its own and ask it one question.

    Raises NoAnswerError, and what `WorkerClient` raises.
    """
    client = WorkerClient()
    try:
        info = await client.load(path)
        key = await client.prepare(_TRIAL_HOME, functions_for(_TRIAL_HOME), style=info.prompt)
        decoded = await client.decode(key, TRIAL_SENTENCE, seconds=_TRIAL_SECONDS)
        if decoded.best is None:
            raise NoAnswerError
        return info
    finally:
        await client.stop()


@dataclass(frozen=True)
class _Prepared:
    """A static prompt the worker knows, by what it was made from."""

    source: tuple[Home, tuple[Function, ...], str]
    key: str


class ModelRuntime(ABC):
    """What answers sentences for one config entry, wherever it runs."""

    def __init__(self) -> None:
        """Nobody has spoken yet."""
        self.records = Records()
        self.style: str | None = None
        """The prompt the model was trained on (`functiongemma.prompt`); None: not one of ours."""

    @property
    def info(self) -> WorkerInfo | None:
        """The process and its model; None while none is loaded, or where it is not ours."""
        return None

    @abstractmethod
    async def async_start(self) -> None:
        """Get ready; raises a CoreError where that is not possible."""

    async def async_stop(self) -> None:  # noqa: B027 - most have nothing to give back
        """Give back what it took."""

    async def async_prewarm(  # noqa: B027 - nor to prepare
        self, home: Home, functions: Sequence[Function], *, text: str = ""
    ) -> None:
        """Prepare a home before somebody speaks, and for the next start of Home Assistant.

        Raises WorkerError and its subclasses.
        """

    async def async_decode(
        self,
        home: Home,
        functions: Sequence[Function],
        turn: str | Sequence[Segment],
        *,
        text: str = "",
        deadline: float,
        speaks: bool = False,
    ) -> Decoded:
        """Understand a sentence, or all segments of a turn, about `home`.

        `deadline`: seconds from now. `text`: developer text, see `prompt.build_static`. `speaks`:
        the model may answer in words. Raises WorkerError and its subclasses.
        """
        seen = Seen(home, tuple(functions), turn, text)
        with current().understanding(seen) as trace:
            trace.decoded = await self._async_decode(seen, deadline=deadline, speaks=speaks)
        return trace.decoded

    @abstractmethod
    async def _async_decode(self, seen: Seen, *, deadline: float, speaks: bool) -> Decoded: ...


class Runtime(ModelRuntime):
    """The worker of one config entry."""

    def __init__(
        self,
        hass: HomeAssistant,
        model: Path,
        threads: int | None = None,
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        """`threads` None: as many as suit a machine that does other work.

        `lost` is called when a sentence needs a new worker, and what runs it is gone.
        """
        super().__init__()
        self._hass = hass
        self._threads = threads
        self._lost = lost
        self._client = WorkerClient()
        self._prepared: list[_Prepared] = []
        self._tasks: set[asyncio.Task[str]] = set()
        self.model = model

    @property
    @override
    def info(self) -> WorkerInfo | None:
        """The process and its model; None while none is loaded."""
        return self._client.info

    @override
    async def async_start(self) -> None:
        """Start the worker and load the model; raises what `WorkerClient.load` raises."""
        info = await self._client.load(
            self.model,
            threads=self._threads,
            snapshots=Path(self._hass.config.cache_path(DOMAIN)) / SNAPSHOTS,
        )
        self.style = info.prompt

    @override
    async def async_stop(self) -> None:
        """End the worker: its memory is free afterwards."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._prepared.clear()
        await self._client.stop()

    @override
    async def _async_decode(self, seen: Seen, *, deadline: float, speaks: bool) -> Decoded:
        # A home or functions not seen before are prepared first, which goes on when the deadline
        # is over, for the next sentence: HomeUnreadError.
        loop = asyncio.get_running_loop()
        end = loop.time() + deadline
        try:
            return await self._async_within(seen, end, speaks)
        except RuntimeMissingError:
            self._lost()
            raise

    async def _async_within(self, seen: Seen, end: float, speaks: bool) -> Decoded:
        """The answer before the loop's time is `end`."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(end):
                key = await self._async_prepare(seen.home, seen.functions, seen.text)
        except TimeoutError as err:
            raise HomeUnreadError from err
        try:
            async with asyncio.timeout_at(end + _GRACE):
                seconds = max(end - loop.time(), 0.0)
                return await self._client.decode(key, seen.turn, seconds=seconds, speaks=speaks)
        except KeyError as err:
            # Other homes pushed this one out of the worker while the sentence waited its turn.
            self._prepared = [p for p in self._prepared if p.key != key]
            raise WorkerError("The worker has forgotten the home") from err
        except TimeoutError as err:
            raise WorkerTimeoutError from err

    @override
    async def async_prewarm(
        self, home: Home, functions: Sequence[Function], *, text: str = ""
    ) -> None:
        """Have the worker evaluate the home's prompt, and keep it for its next start."""
        await self._async_prepare(home, tuple(functions), text, durable=True)

    async def _async_prepare(
        self, home: Home, functions: tuple[Function, ...], text: str, *, durable: bool = False
    ) -> str:
        """The worker's key for a static prompt, by value: an equal home is the same home."""
        wanted = (home, functions, text)
        known = next((p for p in self._prepared if p.source == wanted), None)
        if known is None:
            # A task of its own: a sentence that is given up must not throw away half a prompt.
            task = self._hass.async_create_background_task(
                self._client.prepare(home, functions, style=self.style, text=text, durable=durable),
                f"{DOMAIN} prepare",
            )
            self._tasks.add(task)
            task.add_done_callback(self._forget)
            known = _Prepared(wanted, await asyncio.shield(task))
        others = [p for p in self._prepared if p.key != known.key]
        self._prepared = [*others[1 - _REMEMBERED :], known]
        return known.key

    def _forget(self, task: asyncio.Task[str]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # seen: whoever still waits gets it as well


FunctionGemmaConfigEntry = ConfigEntry[ModelRuntime]
