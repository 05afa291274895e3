"""The demo's prompt: a house to talk to."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from .house import House
from .speak import Speaker
from .terminal import Terminal

#: Puts the speaker into the area of that name, or nowhere.
type Move = Callable[[str | None], None]

_HELP: Final = """\
Say something to the house, in English, French, German, Korean or Japanese, and see what it does.
  :devices   what there is, and in which state
  :here NAME where you are, for “turn on the light”; :here alone: nowhere
  :quit      leave (Ctrl-D too)"""

_EXAMPLES: Final = (
    "turn on the kitchen lights", "it's too dark in the bedroom", "ferme les volets",
    "거실 온도 2도 올려줘", "which lights are on?",
)  # fmt: skip


async def async_prompt(
    speaker: Speaker, house: House, terminal: Terminal, history: Path, move: Move
) -> None:
    """Read sentences until the user leaves."""
    examples = ", ".join(f"“{example}”" for example in _EXAMPLES)
    terminal.line(terminal.paint(f"{house.name}: {len(house.entities)} entities", "bold"))
    terminal.line(_HELP)
    terminal.note(f"For example {examples}")
    terminal.line()
    with _line_editing(history):
        while (text := await _async_read(terminal.prompt("▸ "))) is not None:
            text = text.strip()
            if text in (":quit", ":q", ":exit"):
                break
            if text in (":devices", ":d"):
                states = {s.entity_id: s.state for s in speaker.hass.states.async_all()}
                terminal.house(house, states)
            elif text == ":here" or text.startswith(":here "):
                move(text.removeprefix(":here").strip() or None)
            elif text.startswith(":"):
                terminal.line(_HELP)
            elif text:
                terminal.answer(await speaker.async_say(text), repeat=False)


async def _async_read(prompt: str) -> str | None:
    """A line from the user, while the house goes on living; None at the end."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str | None] = loop.create_future()

    def give(text: str | None) -> None:
        if not line.done():
            line.set_result(text)

    def read() -> None:
        try:
            text: str | None = input(prompt)
        except (EOFError, OSError):
            text = None
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(give, text)

    # A daemon: Ctrl-C must not wait for somebody to press return.
    threading.Thread(target=read, daemon=True, name="demo prompt").start()
    return await line


@contextlib.contextmanager
def _line_editing(history: Path) -> Iterator[None]:
    """Editing and a history, where there is a terminal; it is left as it was found."""
    if not sys.stdin.isatty():
        yield
        return
    import termios

    try:
        import readline
    except ImportError:
        readline = None  # type: ignore[assignment]
    before = termios.tcgetattr(sys.stdin)
    if readline is not None:
        with contextlib.suppress(OSError):
            readline.read_history_file(history)
        readline.set_history_length(500)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
        if readline is not None:
            with contextlib.suppress(OSError):
                readline.write_history_file(history)
