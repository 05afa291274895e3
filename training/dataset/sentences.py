"""Sentences to a random home, with the calls they mean.

The label rules are what the agent can act on without knowing anything that is not in the prompt:

- a device that is named: `{name}`, with `{area}` only where the name exists several times;
- all devices of a function in an area or floor: `{area}` or `{floor}`;
- the only one of its kind ("the TV", wherever that is): by name;
- nothing said about where: `{area: here}`, resolved by the speaker's area when it is known;
- the whole home: `{area: all}`;
- when the words mean only some of what such a target covers ("the blinds", in an area that also
  has a gate), the devices by name.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from custom_components.functiongemma.core.functions import Function

from .absent import Absences
from .accepted import NotHere as NotHere
from .combined import Combinations
from .commands import Command, Commands
from .grouped import Groupings
from .homes import RandomHome
from .lexicon import Lexicon, Word, pick
from .needs import Needs
from .noise import decorate, disturb
from .phrases import PhraseGroup
from .weights import SORTS

#: How often something is tried that is rarely possible, so that it is not rarely said.
_TRIES = 5
#: Parameters whose values are names from the listing, however they were said.
_PLACES = ("name", "area", "floor")
#: Nobody says of these that they were bought or dusted.
_NO_THINGS = ("scene", "script", "person", "todo", "timer", "weather", "calendar", "notify",
              "assist_satellite", "input_boolean", "button")  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A sentence and its calls."""

    text: str
    calls: list[dict[str, Any]]
    source: str


class Speaker:
    """Says things to one home."""

    def __init__(
        self,
        generator: random.Random,
        lexicon: Lexicon,
        groups: Sequence[PhraseGroup],
        made: RandomHome,
        functions: Sequence[Function],
    ) -> None:
        """`functions`: those that are declared to the model, and so may be called."""
        self.random, self.lexicon = generator, lexicon
        self.commands = Commands(generator, lexicon, groups, made, functions)
        self.combinations = Combinations(self.commands)
        self.absences = Absences(self.commands, groups)
        self.needs = Needs(self.commands, groups)
        self.chat = [
            (target, phrase)
            for group in groups
            if group.call == "none"
            for target, phrases in group.say.items()
            for phrase in phrases
        ]
        several, grouped = self.combinations, Groupings(self.commands)
        self._sorts: dict[str, Callable[[], Command]] = {
            "command": self.commands.command,
            "two": partial(_tried, several.several),
            "shared": partial(_tried, several.shared),
            "both": several.both,
            "again": partial(_tried, several.again),
            "corrected": several.corrected,
            "need": self.needs.met,
            "spared": partial(_tried, grouped.spared),
            "pair": partial(_tried, grouped.pair),
            "items": partial(_tried, grouped.items),
            "coloured": partial(_tried, grouped.coloured),
        }
        self._in_vain: dict[str, tuple[str, Callable[[], str]]] = {
            "chat": ("chat", self._chat),
            "absent": ("absent", self.absences.absent),
            "beyond": ("absent", self.absences.beyond),
            "unmet": ("absent", self.needs.unmet),
            "refused": ("refused", self.absences.refused),
        }

    def say(self) -> Said:
        """One sentence of any sort. Raises NotHere when the dice fell badly."""
        sort = pick(self.random, SORTS)
        if sort in self._sorts:
            return self._polite(self._sorts[sort](), sort)
        source, say = self._in_vain[sort]
        return self._finish(say(), [], source)

    def _polite(self, command: Command, source: str) -> Said:
        text = decorate(self.random, self.lexicon, command.text)
        return self._finish(text, command.calls, source)

    def _finish(self, text: str, calls: list[dict[str, Any]], source: str) -> Said:
        return Said(disturb(self.random, self.lexicon, text, _heard(calls)), calls, source)

    def _chat(self) -> str:
        """Talk, in which a device or a room may come up. Raises NotHere."""
        if not self.chat:
            raise NotHere
        target, phrase = self.random.choice(self.chat)
        words: dict[str, Word] = {}
        made = self.commands.made
        things = [d for d in made.devices if d.entity.domain not in _NO_THINGS]
        if target == "name" and things:
            words["name"] = self.random.choice(self.random.choice(things).words)
        if target == "area" and made.areas:
            words["area"] = self.commands.area(self.random.choice(sorted(made.areas)))
        return self.commands.fill(phrase, words, [], [])


def _heard(calls: list[dict[str, Any]]) -> set[str]:
    """Words that are answered as they were said: of items, messages, what is to be played."""
    values = (v for c in calls for k, v in c["arguments"].items() if k not in _PLACES)
    return {word for value in values if isinstance(value, str) for word in value.casefold().split()}


def _tried(say: Callable[[], Command]) -> Command:
    """What is said, at one of a few tries: few homes have two of what it takes."""
    for _ in range(_TRIES - 1):
        try:
            return say()
        except NotHere:
            continue
    return say()
