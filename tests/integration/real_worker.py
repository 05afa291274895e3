"""A real worker behind an entry: its process, its end, and proof that it answers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.functiongemma.runtime import Runtime

from .flows import until
from .house import Speaker, speech

SENTENCES = {"en": "Turn on the counter", "fr": "Allume le plan de travail"}


def worker_of(entry: MockConfigEntry) -> int:
    """Process id."""
    info = entry.runtime_data.info
    assert info is not None
    return int(info.pid)


def mapped(entry: MockConfigEntry) -> str:
    """What the worker has loaded."""
    return Path(f"/proc/{worker_of(entry)}/maps").read_text(encoding="utf-8")


async def understood(speaker: Speaker, entry: MockConfigEntry) -> str:
    """Say something that the model is asked about, and that it answers; the reply.

    What a model of noise answers does not matter.
    """
    entry.runtime_data.forget_answers()
    said = speech(await speaker.say(SENTENCES["en"]))
    record = entry.runtime_data.records.latest
    assert record is not None and record.error is None, said
    assert record.candidates > 0
    # A sentence that comes while a home is read outlives a worker that dies of the reading.
    await entry.runtime_data._background.async_join()
    return said


async def killed(entry: MockConfigEntry, number: signal.Signals = signal.SIGKILL) -> None:
    """End the worker, and wait until that is noticed."""
    runtime = entry.runtime_data
    assert isinstance(runtime, Runtime)
    process = runtime._client._process
    assert process is not None
    os.kill(process.pid, number)
    await until(lambda: not process.alive)


@contextmanager
def standing_still(entry: MockConfigEntry) -> Iterator[int]:
    """The worker, by its process id, stops in the middle of whatever it is asked to do."""
    pid = worker_of(entry)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


async def begun(
    speaker: Speaker, entry: MockConfigEntry, language: str = "en"
) -> asyncio.Task[str]:
    """A sentence that has reached a worker which stands still."""

    async def say() -> str:
        return speech(await speaker.say(SENTENCES[language], language))

    entry.runtime_data.forget_answers()
    task = asyncio.create_task(say())
    client = entry.runtime_data._client
    await until(lambda: bool(client._process._waiting))
    return task
