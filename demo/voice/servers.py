"""Starts the two speech servers on loopback, and ends them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wyoming.audio import AudioChunk, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize, SynthesizeVoice

from demo.home import DemoError, free_port

from . import sound

HOST: Final = "127.0.0.1"
_ROOT: Final = Path(__file__).parents[2]
_PYTHON: Final = _ROOT / ".venv-voice" / "bin" / "python"
#: A machine with other work on it takes its time to load libraries of hundreds of megabytes.
_SECONDS_TO_START: Final = 300


@dataclass(frozen=True)
class Tools:
    """What `.venv-voice` brings besides Python; see `tools.py`."""

    model: str
    ffmpeg: str


@dataclass(frozen=True)
class Servers:
    """Ports the servers listen on."""

    listen: int
    """Speech-to-text."""
    speak: int
    """Text-to-speech."""


async def async_find_tools() -> Tools:
    """Raises DemoError, with what to do, where the environment for speech is not there."""
    if not _PYTHON.exists():
        raise DemoError("Speech is not set up: run scripts/setup --voice")
    process = await asyncio.create_subprocess_exec(
        str(_PYTHON), "-m", "demo.voice.tools", cwd=_ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=_environment(),
    )  # fmt: skip
    out, err = await process.communicate()
    if process.returncode:
        lines = err.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise DemoError(f"Speech cannot be used: {lines[-1]} (scripts/setup --voice)")
    return Tools(**json.loads(out))


@contextlib.asynccontextmanager
async def async_serve(tools: Tools, folder: Path, threads: int = 2) -> AsyncIterator[Servers]:
    """Both servers, answering; their logs are in `folder`. Raises DemoError."""
    servers = Servers(free_port(), free_port())
    whisper = [
        "-m", "wyoming_faster_whisper", "--uri", f"tcp://{HOST}:{servers.listen}",
        "--model", tools.model, "--data-dir", str(folder), "--local-files-only",
        "--stt-library", "faster-whisper", "--language", "en", "--beam-size", "1",
        "--compute-type", "int8", "--cpu-threads", str(threads),
    ]  # fmt: skip
    espeak = ["-m", "demo.voice.speech_server", f"tcp://{HOST}:{servers.speak}"]
    async with (
        _async_process(whisper, folder / "whisper.log") as listening,
        _async_process(espeak, folder / "espeak.log") as speaking,
    ):
        await _async_ready(servers.listen, listening, folder / "whisper.log")
        await _async_ready(servers.speak, speaking, folder / "espeak.log")
        yield servers


@contextlib.asynccontextmanager
async def _async_process(arguments: Sequence[str], log: Path) -> AsyncIterator[Process]:
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            str(_PYTHON), *arguments, cwd=_ROOT, env=_environment(),
            stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 10)
        if process.returncode is None:
            process.kill()
            await process.wait()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(_ROOT), "HF_HUB_OFFLINE": "1"}


async def _async_ready(port: int, process: Process, log: Path) -> None:
    """Wait until the server says what it is; raises DemoError when it ends instead."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_SECONDS_TO_START):
            while process.returncode is None:
                if await _async_describe(port):
                    return
                await asyncio.sleep(0.2)
            raise DemoError(f"A speech server ended with status {process.returncode}; see {log}")
    raise DemoError(f"A speech server did not start in {_SECONDS_TO_START} s; see {log}")


async def _async_describe(port: int) -> bool:
    try:
        async with AsyncTcpClient(HOST, port) as client:
            await client.write_event(Describe().event())
            event = await client.read_event()
    except OSError:
        return False
    return event is not None and Info.is_type(event.type)


async def async_synthesise(port: int, text: str, voice: str) -> bytes:
    """Somebody who speaks: the text as samples at Assist's rate. Raises DemoError."""
    samples, rate = bytearray(), sound.RATE
    async with AsyncTcpClient(HOST, port) as client:
        await client.write_event(Synthesize(text, SynthesizeVoice(name=voice)).event())
        while (event := await client.read_event()) is not None:
            if AudioChunk.is_type(event.type):
                chunk = AudioChunk.from_event(event)
                samples += chunk.audio
                rate = chunk.rate
            elif Error.is_type(event.type):
                raise DemoError(Error.from_event(event).text)
            elif AudioStop.is_type(event.type):
                break
    return sound.resample(bytes(samples), rate)
