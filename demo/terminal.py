"""What the demo prints: tidy, in colour only where a person looks at it."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

from .house import House
from .speak import Answer

_CODES: Final = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_ICONS: Final = {"reply": "◂", "call": "→", "change": "•"}

#: The parts of a sentence's time, in order, and what they are called.
_PARTS: Final = (
    ("restore", "restore the house's prompt"),
    ("prefill", "read the sentence"),
    ("decode", "decide on the calls"),
    ("pipes", "worker, besides these"),
    ("execution", "home, resolution, calls"),
    ("executed", "text to executed call"),
    ("reply", "text to reply"),
)


class Terminal:
    """Writes for people, to one stream."""

    def __init__(self, stream: TextIO) -> None:
        """Colours only on a terminal that has them."""
        self.stream = stream
        self._tty = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._colour = self._tty and "NO_COLOR" not in os.environ
        self._began = time.monotonic()
        self._shown = ""

    def paint(self, text: str, *styles: str) -> str:
        """The text with colours, if there are any."""
        if not self._colour:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"

    def prompt(self, text: str) -> str:
        """What stands before the user's words; line editing must not count its colours."""
        if not self._colour:
            return text
        return f"\x01\x1b[{_CODES['green']}m\x02{text}\x01\x1b[0m\x02"

    def line(self, text: str = "") -> None:
        """A line of its own."""
        self.clear()
        print(text, file=self.stream, flush=True)

    def error(self, text: str) -> None:
        """A line that says what is wrong."""
        self.line(f"{self.paint('error:', 'red', 'bold')} {text}")

    def note(self, text: str) -> None:
        """A line in passing."""
        self.line(self.paint(text, "dim"))

    def progress(self, text: str, share: float | None = None) -> None:
        """A line that the next one replaces; without a terminal, one line for each stage."""
        if not self._tty:
            if text != self._shown:
                print(f"[{time.monotonic() - self._began:3.0f}s] {text}", file=self.stream)
            self._shown = text
            return
        bar = ""
        if share is not None:
            done = round(max(0.0, min(share, 1.0)) * 24)
            bar = f"{'█' * done}{'░' * (24 - done)} {share:4.0%} "
        self.clear()
        self._shown = f"{bar}{text}"[:79]
        print(f"\r{self._shown}", end="", file=self.stream, flush=True)

    def clear(self) -> None:
        """Take a progress line away."""
        if self._tty and self._shown:
            print("\r\x1b[K", end="", file=self.stream, flush=True)
            self._shown = ""

    def answer(self, answer: Answer, *, repeat: bool = True) -> None:
        """A sentence and what came of it; `repeat`: with the sentence itself."""
        if repeat:
            self.line(self.paint(answer.text, "bold") + self.paint(f"  {answer.language}", "dim"))
        took = self.paint(f"  {answer.ms:.0f} ms", "dim")
        self.line(f"  {self.paint(_ICONS['reply'], 'green')} {answer.reply or '(no reply)'}{took}")
        for call in answer.calls:
            data = " ".join(f"{key}={value}" for key, value in call.data.items())
            told = " ".join(filter(None, [call.service, ", ".join(call.entity_id), data]))
            self.line(f"  {self.paint(_ICONS['call'], 'cyan')} {told}")
        for entity_id, (old, new) in answer.changes.items():
            told = f"{entity_id}: {old} → {self.paint(new, 'yellow')}"
            self.line(f"  {self.paint(_ICONS['change'], 'yellow')} {told}")
        self.line()

    def house(self, house: House, states: Mapping[str, str]) -> None:
        """All areas with their entities and states."""
        devices = {device.id: device.area for device in house.devices}
        rooms: dict[str | None, list[str]] = {}
        for spec in house.entities:
            area = spec.area or devices.get(spec.device or "")
            state = self.paint(states.get(spec.entity_id, "?"), "yellow")
            rooms.setdefault(area, []).append(
                f"  {spec.name:<28} {self.paint(f'{spec.entity_id:<36}', 'dim')} {state}"
            )
        areas = {area.id: area for area in house.areas}
        order = [*(area.id for area in house.areas), None]
        for area_id in (area_id for area_id in order if area_id in rooms):
            found = areas.get(area_id or "")
            title = found.name if found else "No area"
            floor = f" ({found.floor})" if found and found.floor else ""
            self.line(self.paint(title, "bold") + self.paint(floor, "dim"))
            for row in rooms[area_id]:
                self.line(row)

    def timings(self, answers: Sequence[Answer]) -> None:
        """Medians of the parts of the sentences' time, in milliseconds."""
        acted = [answer for answer in answers if answer.calls]
        columns = {key: [m[key] for a in acted if key in (m := _parts(a))] for key, _ in _PARTS}
        told = f"{len(answers)} sentences, {len(acted)} of which called something; medians in ms"
        self.line(self.paint(told, "bold"))
        for key, name in _PARTS:
            if values := columns[key]:
                self.line(
                    f"  {key:<10} {statistics.median(values):8.1f}"
                    f"   {min(values):7.1f} to {max(values):7.1f}   {name}"
                )


def _parts(answer: Answer) -> dict[str, float]:
    found = dict(answer.parts)
    if "worker" in found:
        known = [found.get(key, 0.0) for key in ("restore", "prefill", "decode")]
        found["pipes"] = max(found["worker"] - sum(known), 0.0)
        if "executed" in found:
            found["execution"] = max(found["executed"] - found["worker"], 0.0)
    found["reply"] = answer.ms
    return found


def standard_error() -> Terminal:
    """For what is not the result."""
    return Terminal(sys.stderr)


def standard_output() -> Terminal:
    """For the result."""
    return Terminal(sys.stdout)
