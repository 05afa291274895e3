"""Values that are said to one home: those that its devices accept."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from custom_components.functiongemma.core.functions import Function

from .homes import Device, RandomHome
from .lexicon import Lexicon, Word
from .phrases import PhraseGroup
from .values import SAMPLERS, Spoken, of_home

_STATES_OF = {
    "on": (
        "light", "switch", "fan", "media_player", "climate", "humidifier", "water_heater",
        "siren", "input_boolean",
    ),
    "off": (
        "light", "switch", "fan", "media_player", "climate", "humidifier", "water_heater",
        "siren", "input_boolean",
    ),
    "open": ("cover", "valve", "binary_sensor"),
    "closed": ("cover", "valve", "binary_sensor"),
    "locked": ("lock",),
    "unlocked": ("lock",),
    "home": ("person",),
    "not_home": ("person",),
}  # fmt: skip


class NotHere(Exception):
    """This home has nothing for what was about to be said; try something else."""


class HomeValues:
    """Values for what is said to one home."""

    def __init__(self, generator: random.Random, lexicon: Lexicon, made: RandomHome) -> None:
        self.random, self.lexicon, self.made = generator, lexicon, made

    def sample(self, group: PhraseGroup, function: Function) -> list[Spoken]:
        """A value for each that the group has. Raises NotHere when nobody would say any."""
        types = {p.name: p.type for p in function.parameters}
        options = {p.name: p.option for p in function.parameters}
        spoken = []
        for parameter, kind in group.values.items():
            if kind == "room":
                spoken.append(self._room(parameter))
                continue
            if kind in SAMPLERS:
                values = self._accepted(options.get(parameter))
                try:
                    if values:
                        sample = of_home(self.random, self.lexicon, kind, parameter, values)
                    else:
                        sample = SAMPLERS[kind](self.random, self.lexicon, parameter)
                except (KeyError, IndexError) as error:
                    raise NotHere from error
                spoken.append(replace(sample, slot=kind))
                continue
            value: Any = kind
            if types.get(parameter) in ("INTEGER", "NUMBER"):
                value = float(kind)
                value = int(value) if value == int(value) else value
            spoken.append(Spoken({parameter: value}, Word({"name": str(kind)})))
        return spoken

    def _room(self, parameter: str) -> Spoken:
        """Where a vacuum is to clean: a place of this home, and not where the vacuum is."""
        if not self.made.areas:
            raise NotHere
        area = self.random.choice(sorted(self.made.areas))
        word = self.random.choice(self.made.areas[area].words)
        return Spoken({parameter: word.name}, word, "room")

    def check_state(self, spoken: list[Spoken], meant: list[Device]) -> None:
        """Raises NotHere unless all that are meant can be in the state that is asked about."""
        for item in spoken:
            state = item.arguments.get("state")
            if state and any(d.entity.domain not in _STATES_OF[state] for d in meant):
                raise NotHere

    def _accepted(self, option: str | None) -> list[str]:
        """What this home's devices list under `option`; random homes list nothing."""
        if option is None:
            return []
        found = (v for d in self.made.devices for v in d.entity.options.get(option, ()))
        return list(dict.fromkeys(found))

    def check(self, function: Function, spoken: list[Spoken], meant: list[Device]) -> None:
        """Raises NotHere unless all that are meant accept the values, as far as they say."""
        arguments = {k: v for item in spoken for k, v in item.arguments.items()}
        for parameter in function.parameters:
            if parameter.option is None or parameter.name not in arguments:
                continue
            accepted = (d.entity.options.get(parameter.option) for d in meant)
            if any(values and arguments[parameter.name] not in values for values in accepted):
                raise NotHere
