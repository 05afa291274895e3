"""What runs the model of an entry: its worker, or (`remote`) a server elsewhere."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .answered import Answers
from .background import Background
from .const import DOMAIN
from .core.catalogue import functions_for
from .core.changes import is_small
from .core.decode import Decoded
from .core.errors import (
    HomeUnreadError,
    RuntimeMissingError,
    WorkerError,
    WorkerTimeoutError,
)
from .core.functions import Function
from .core.home import Area, Entity, Home
from .core.prompt import HOME_STYLE
from .core.tokens import Segment
from .core.worker import WorkerClient, WorkerInfo
from .errors import NoAnswerError
from .memory import explained
from .prepared import PreparedHomes, Source
from .records import Records
from .trace import Seen, current

#: Folder of evaluated prompts, in our cache.
SNAPSHOTS: Final = "snapshots"

#: Seconds beyond its deadline that a sentence may wait for the worker to give up.
_GRACE: Final = 2.0

#: The question a model is tried with before an entry is made of it.
_TRIAL_HOME: Final = Home((Entity("light.ceiling", "Ceiling", "Kitchen"),), (Area("Kitchen"),))
TRIAL_SENTENCE: Final = "Turn on the kitchen light"
_TRIAL_SECONDS: Final = 60.0


async def async_try_model(path: Path) -> WorkerInfo:
    """Load a model in a worker of its own and ask it one question.

    Raises NoAnswerError, and what `WorkerClient` and `explained` raise.
    """
    client = WorkerClient()
    try:
        async with explained(path):
            info = await client.load(path)
            key = await client.prepare(_TRIAL_HOME, functions_for(_TRIAL_HOME), style=info.prompt)
            decoded = await client.decode(key, TRIAL_SENTENCE, seconds=_TRIAL_SECONDS)
        if decoded.best is None:
            raise NoAnswerError
        return info
    finally:
        await client.stop()


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
        self._homes: PreparedHomes[str] = PreparedHomes(hass)
        self._background = Background(hass, self._may_end)
        self._read: Source | None = None
        self._answers = Answers()
        self.model = model

    @property
    @override
    def info(self) -> WorkerInfo | None:
        """The process and its model; None while none is loaded."""
        return self._client.info

    @override
    async def async_start(self) -> None:
        """Start the worker and load the model.

        Raises what `WorkerClient.load` and `explained` raise.
        """
        async with explained(self.model):
            info = await self._client.load(
                self.model,
                threads=self._threads,
                snapshots=Path(self._hass.config.cache_path(DOMAIN)) / SNAPSHOTS,
            )
        self.style = info.prompt

    @override
    async def async_stop(self) -> None:
        """End the worker: its memory is free afterwards."""
        self._read = None
        # Nothing in it has to be saved, and Home Assistant waits ten seconds before it goes on.
        self._client.kill()
        await self._background.async_stop()
        await self._homes.async_stop()
        await self._client.stop()

    @override
    async def _async_decode(self, seen: Seen, *, deadline: float, speaks: bool) -> Decoded:
        # A home or functions not seen before are prepared first, which goes on when the deadline
        # is over, for the next sentence: HomeUnreadError.
        end = asyncio.get_running_loop().time() + deadline
        source = Source(seen.home, seen.functions, seen.text)
        if self._background.reads(source) and not self._is_ready(source):
            try:
                async with asyncio.timeout_at(end):
                    await self._background.async_join()
            except TimeoutError as err:
                raise HomeUnreadError from err
        with self._background.set_aside():
            try:
                return await self._async_ask(source, seen, end, speaks)
            except KeyError:
                # Other homes pushed this one out of the worker.
                self._homes.forget(source)
            try:
                return await self._async_ask(source, seen, end, speaks)
            except KeyError as err:
                self._homes.forget(source)
                raise WorkerError("The worker has forgotten the home") from err

    async def _async_ask(self, source: Source, seen: Seen, end: float, speaks: bool) -> Decoded:
        """`end`: the loop's time by which there is an answer. Raises KeyError: see `decode`."""
        try:
            async with explained(self.model):
                return await self._async_within(source, seen, end, speaks)
        except RuntimeMissingError:
            self._lost()
            raise

    async def _async_within(self, source: Source, seen: Seen, end: float, speaks: bool) -> Decoded:
        try:
            async with asyncio.timeout_at(end):
                key = await self._homes.async_get(source, partial(self._async_prepare, source))
        except TimeoutError as err:
            if self._background.idle and self._may_end() and self._homes.give_up(source):
                # It goes on while nobody speaks: who speaks to another agent is not to wait for it.
                self._background.begin(source, partial(self._async_go_on, source))
            raise HomeUnreadError from err
        # Not where the model may speak: what it says in words need not be the same again.
        sentence = seen.turn if isinstance(seen.turn, str) and not speaks else None
        if sentence is not None and (found := self._answers.get(key, sentence)) is not None:
            self._client.keep_ready(key)  # the next sentence may be a new one
            return found
        try:
            async with asyncio.timeout_at(end + _GRACE):
                seconds = max(end - asyncio.get_running_loop().time(), 0.0)
                decoded = await self._client.decode(key, seen.turn, seconds=seconds, speaks=speaks)
        except TimeoutError as err:
            raise WorkerTimeoutError from err
        # A search that the deadline ended tells what it has, which need not be the best.
        if sentence is not None and asyncio.get_running_loop().time() < end:
            self._answers.put(key, sentence, decoded)
        return decoded

    async def _async_go_on(self, source: Source) -> None:
        self._homes.keep(source, await self._async_prepare(source))

    def _may_end(self) -> bool:
        """Whether work may be ended halfway: loading would begin at the beginning."""
        return self._client.info is not None

    def forget_answers(self) -> None:
        """Ask the model again from now on, also what it was asked before."""
        self._answers.clear()

    def _is_ready(self, source: Source) -> bool:
        """Whether a sentence need not wait for the listing."""
        return self._homes.find(source) is not None or self._before(source) is not None

    def _before(self, source: Source) -> Home | None:
        """The home whose listing the model has read, where the new lines may just follow it."""
        read = self._read
        if read is None or self.style != HOME_STYLE:
            return None
        if (read.functions, read.text) != (source.functions, source.text):
            return None
        return read.home if is_small(read.home, source.home) else None

    async def _async_prepare(self, source: Source) -> str:
        """Get ready for a sentence: the worker's key."""
        before = self._before(source)
        key = await self._async_tell(source, before=before)
        if before is not None:
            self._async_begin(source)  # as soon as nobody speaks
        return key

    async def _async_tell(
        self, source: Source, *, durable: bool = False, before: Home | None = None
    ) -> str:
        return await self._client.prepare(
            source.home,
            source.functions,
            style=self.style,
            text=source.text,
            durable=durable,
            before=before,
        )

    @override
    async def async_prewarm(
        self, home: Home, functions: Sequence[Function], *, text: str = ""
    ) -> None:
        """Have the worker evaluate the home's prompt, and keep it for its next start.

        Done also when another home is to be evaluated instead.
        """
        source = Source(home, tuple(functions), text)
        if source == self._read and self._homes.find(source) is not None:
            return
        task = self._async_begin(source)
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()

    @callback
    def _async_begin(self, source: Source) -> asyncio.Task[None]:
        return self._background.begin(source, partial(self._async_read_home, source))

    async def _async_read_home(self, source: Source) -> None:
        self._homes.keep(source, await self._async_tell(source, durable=True))
        self._read = source


FunctionGemmaConfigEntry = ConfigEntry[ModelRuntime]
