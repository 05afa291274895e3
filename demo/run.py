"""From the command line to a running house and back."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TextIO

from homeassistant.core import HomeAssistant

from custom_components.functiongemma import models

from . import agent, serve
from .home import DemoError, async_add_speaker, async_start, async_stop, log_to
from .house import House, HouseError, load_house
from .options import Options, cache_folder
from .prompt import Move, async_prompt
from .speak import Answer, Speaker
from .terminal import Terminal, standard_error, standard_output
from .voice import say, servers

#: Of the configuration folders: another number, and they are made anew.
_FORMAT: Final = 2


def main(options: Options) -> int:
    """Run the demo; returns the exit status: 1 for an error, which was printed."""
    errors = standard_error()
    try:
        house = load_house(options.home)
        with _folder(house, options) as folder:
            log = folder / "home-assistant.log"
            log_to(log, verbose=options.verbose)
            try:
                asyncio.run(_async_main(options, house, folder, errors))
            except DemoError as err:
                errors.error(str(err))
                errors.note(f"Home Assistant's log: {log}")
                return 1
    except HouseError as err:
        errors.error(str(err))
        return 1
    except KeyboardInterrupt:
        errors.line()
        return 130
    return 0


@contextlib.contextmanager
def _folder(house: House, options: Options) -> Iterator[Path]:
    """A configuration folder for this house and model, of this process alone while it runs.

    Its name comes from what is in it, so that a changed house gets registries of its own.
    """
    made_from = [_FORMAT, asdict(house), str(options.model), options.serve, options.say]
    if options.empty:
        made_from.append("empty")
    key = hashlib.sha256(json.dumps(made_from, default=str).encode()).hexdigest()[:12]
    base = cache_folder() / "demo"
    base.mkdir(parents=True, exist_ok=True)
    name = "".join(c if c.isalnum() else "-" for c in house.name.lower())[:40]
    for number in range(1, 100):
        folder = base / (f"{name}-{key}" if number == 1 else f"{name}-{key}-{number}")
        folder.mkdir(exist_ok=True)
        lock = (folder / ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        with lock:
            if options.empty:
                _clear(folder)
            yield folder
        return
    raise DemoError("There are a hundred demos of this house already")


def _clear(folder: Path) -> None:
    """Take away what the last one left, but for the lock."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != ".lock":
            path.unlink()


async def _async_main(options: Options, house: House, folder: Path, errors: Terminal) -> None:
    for note in house.notes:
        errors.note(f"{options.home}: {note}")
    errors.progress("starting Home Assistant")
    extra: Mapping[str, Any] | None = None
    port = None
    tools = await servers.async_find_tools() if options.say else None
    if tools is not None:
        extra = say.configuration(tools)
    if options.serve:
        port = options.port
        serve.check_port(port)
        extra = serve.configuration(folder, house, empty=options.empty)
    try:
        hass = await async_start(folder, house, port=port, extra=extra)
    except OSError as err:
        raise DemoError(f"Home Assistant cannot start: {err}") from err
    try:
        if options.empty:
            await asyncio.to_thread(
                agent.link_base, models.models_folder(hass), cache_folder() / "models"
            )
            await serve.async_serve_empty(house, options.port, errors)
            return
        device_id = async_add_speaker(hass, house, options.area, errors.line)
        entry, agent_id = await agent.async_setup(
            hass, options, cache_folder() / "models", errors.progress
        )
        runtime = entry.runtime_data
        speaker = Speaker(hass, agent_id, device_id, runtime, options.language)
        errors.progress("the model reads the house")
        await speaker.async_prepare()
        if tools is not None:
            errors.progress("starting the speech servers")
            async with servers.async_serve(tools, folder) as ports:
                await _async_speak(options, speaker, ports, tools, folder, errors)
            return
        errors.clear()
        await _async_use(options, house, speaker, errors)
    finally:
        errors.clear()
        await async_stop(hass)


async def _async_speak(
    options: Options,
    speaker: Speaker,
    ports: servers.Servers,
    tools: servers.Tools,
    folder: Path,
    errors: Terminal,
) -> None:
    """`--say`."""
    async with say.async_voice(speaker.hass, ports, tools, speaker.agent_id, folder) as voice:
        for text in options.sentences:
            errors.progress("speaking")
            said = await voice.async_say(text, speaker.device_id)
            errors.clear()
            if options.json:
                print(said.as_json(), flush=True)
            else:
                said.show(standard_output())


async def _async_use(options: Options, house: House, speaker: Speaker, errors: Terminal) -> None:
    hass = speaker.hass
    if options.serve:
        await serve.async_serve(hass, house, speaker.agent_id, options.port, errors)
    elif options.sentences:
        await _async_sentences(options, speaker, errors)
    elif sys.stdin.isatty() and not options.json:
        history = cache_folder() / "demo" / "history"
        await async_prompt(speaker, house, standard_output(), history, _mover(hass, house, errors))
    else:
        await _async_stream(options, speaker, sys.stdin)


def _mover(hass: HomeAssistant, house: House, errors: Terminal) -> Move:
    """Moves the speaker to an area, or says that there is none of that name."""

    def move(area: str | None) -> None:
        try:
            async_add_speaker(hass, house, area, errors.line)
        except DemoError as err:
            errors.error(str(err))

    return move


async def _async_sentences(options: Options, speaker: Speaker, errors: Terminal) -> None:
    answers: list[Answer] = []
    for _ in range(options.time):
        answers += [await speaker.async_say(text) for text in options.sentences]
    if options.time:
        # The first time round is not warm.
        errors.timings(answers[len(options.sentences) :] or answers)
        return
    for text in options.sentences:
        _show(options, await speaker.async_say(text))


async def _async_stream(options: Options, speaker: Speaker, stream: TextIO) -> None:
    """Sentences from a pipe, one a line, answered as they come."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, stream.readline):
        if text := line.strip():
            _show(options, await speaker.async_say(text))


def _show(options: Options, answer: Answer) -> None:
    if options.json:
        print(answer.as_json(), flush=True)
    else:
        standard_output().answer(answer)
