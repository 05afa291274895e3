"""Stands in for the worker process: the one place where tests replace the model."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.changes import added_listing
from custom_components.functiongemma.core.decode import Answer, Decoded, Search
from custom_components.functiongemma.core.functions import Function
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.prompt import HOME_STYLE, StaticPrompt, build_static
from custom_components.functiongemma.core.tokens import Segment
from custom_components.functiongemma.core.worker import WorkerInfo

#: The question a model is tried with is answered without a script.
TRIAL = "Turn on the kitchen light"


@dataclass
class FakeModel:
    """What the model says, what goes wrong, and what it was asked.

    A sentence without an answer has nothing to call.
    """

    answers: dict[str, Sequence[FunctionCall]] = field(default_factory=dict)
    """The calls a sentence becomes."""

    weighed: dict[str, Sequence[tuple[Sequence[FunctionCall], float]]] = field(default_factory=dict)
    """Several answers to a sentence with their probabilities, instead of one of `confidence`."""

    words: dict[str, str] = field(default_factory=dict)
    """Answers in words, to those that ask for words (`speaks`)."""

    confidence: float = 0.97

    style: str | None = HOME_STYLE
    name: str | None = "Fake"

    load_error: Exception | None = None
    prepare_error: Exception | None = None
    decode_error: Exception | None = None
    mute: bool = False
    """No answer at all, not even that there is nothing to call."""

    hold: asyncio.Event | None = None
    """While it is not set, homes are not ready."""

    prompts: list[str] = field(default_factory=list)
    """The whole text of every prompt, in order."""
    sentences: list[str | Sequence[Segment]] = field(default_factory=list)
    """What was asked, in order, the trial question left out."""
    prepared: list[StaticPrompt] = field(default_factory=list)
    """Every static prompt that was evaluated, in order."""
    workers: list[FakeWorker] = field(default_factory=list)
    """Every worker there was."""

    @property
    def running(self) -> list[FakeWorker]:
        """Workers that hold a model now."""
        return [worker for worker in self.workers if worker.info is not None]

    def worker(self) -> FakeWorker:
        """Another worker; takes the place of the class `WorkerClient`."""
        self.workers.append(FakeWorker(self))
        return self.workers[-1]

    def decoded(self, turn: str | Sequence[Segment], speaks: bool) -> Decoded:
        """The scripted answer to a sentence, or to the first known one within segments."""
        text = turn if isinstance(turn, str) else tokens.spell(turn)
        known = {*self.answers, *self.weighed, *self.words}
        sentence = text if text in known else next((s for s in known if s in text), text)
        if self.mute:
            return Decoded((), 0.0, 1.0, 0.0, 0)
        weighed = self.weighed.get(sentence) or [(self.answers.get(sentence, ()), self.confidence)]
        answers = tuple(Answer(tuple(calls), math.log(share)) for calls, share in weighed)
        nothing = sum(share for calls, share in weighed if not calls)
        said = self.words.get(sentence) if speaks else None
        return Decoded(answers, weighed[0][1], 1.0, nothing, 10, said, {"decode": 1.0})


class FakeWorker:
    """`WorkerClient` without a process."""

    def __init__(self, model: FakeModel) -> None:
        self._model = model
        self._static: dict[str, StaticPrompt] = {}
        self.info: WorkerInfo | None = None
        self.stopped = False

    async def load(
        self,
        path: Path,
        *,
        threads: int | None = None,
        context: int = 8192,
        snapshots: Path | None = None,
    ) -> WorkerInfo:
        if self._model.load_error is not None:
            raise self._model.load_error
        name, style = self._model.name, self._model.style
        size = path.stat().st_size
        self.info = WorkerInfo(
            1, 1, path, threads or 1, "fake", name, style, None, None, size, context
        )
        return self.info

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
        assert self.info is not None
        if before is not None:
            # Nothing is read now: what is new is read with the sentence.
            static = build_static(before, functions, style=style, text=text, now=home)
            return self._keep(
                replace(static, segments=(*static.segments, added_listing(before, home)))
            )
        if self._model.hold is not None:
            await self._model.hold.wait()
        if self._model.prepare_error is not None:
            raise self._model.prepare_error
        static = build_static(home, functions, style=style, text=text)
        if tokens.spell(static.segments) not in self._static:
            self._model.prepared.append(static)
        return self._keep(static)

    def forget(self) -> None:
        """Other homes took the place of those it knew."""
        self._static.clear()

    def _keep(self, static: StaticPrompt) -> str:
        key = tokens.spell(static.segments)
        self._static[key] = static
        return key

    async def decode(
        self,
        key: str,
        sentence: str | Sequence[Segment],
        *,
        seconds: float = 10.0,
        search: Search | None = None,
        speaks: bool = False,
    ) -> Decoded:
        assert self.info is not None
        static = self._static[key]
        self._model.prompts.append(tokens.spell([*static.segments, *static.turn(sentence)]))
        if sentence == TRIAL and "Kitchen: light Ceiling" in key:
            if self._model.mute:
                return self._model.decoded(sentence, speaks)
            return Decoded((Answer((), 0.0),), 1.0, 1.0, 1.0, 1)
        if self._model.decode_error is not None:
            raise self._model.decode_error
        self._model.sentences.append(sentence)
        return self._model.decoded(sentence, speaks)

    def keep_ready(self, key: str) -> None:
        assert key in self._static

    def kill(self) -> None:
        """There is no process."""

    async def stop(self) -> None:
        self.info = None
        self.stopped = True
