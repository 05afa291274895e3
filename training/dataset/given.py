"""A given home: somebody's own, read from a home file, with the words for its parts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from custom_components.functiongemma.core.home import Entity, Home

from .homes import ADDITIONS, Device, RandomHome
from .kinds import kind_of, words_of
from .lexicon import Lexicon, Word
from .naming import Names, inflect, shortened
from .rooms import Room

#: Entities of a given home that one record has: long listings take long to learn from.
SHOWN = 60


class GivenHomeError(ValueError):
    """A file is no home file; the message names it and says why."""


def read_home_file(path: Path) -> dict[str, Any]:
    """The data of a home file that has something in it. Raises GivenHomeError."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GivenHomeError(f"{path}: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise GivenHomeError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    try:
        home = Home.from_dict(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise GivenHomeError(f"{path} is not a home file: {error!r}") from error
    if not home.entities:
        raise GivenHomeError(f"{path} has no entities")
    return data if isinstance(data, dict) else {}


class GivenHome:
    """One home, in the words of people who speak one language."""

    def __init__(self, data: Mapping[str, Any], lexicons: Mapping[str, Lexicon], code: str) -> None:
        """`data`: of a home file. `lexicons`: of all languages, to tell foreign names."""
        self._data = data
        self._language = code
        self._lexicon = lexicons[code]
        self._names = Names(lexicons, code)
        self.home = Home.from_dict(data)
        floors = [floor for area in self.home.areas if (floor := area.floor)]
        self._floors = {
            name: self._names.words([name], lambda lexicon: lexicon.floors)[0]
            for name in dict.fromkeys(floors)
        }
        self._rooms = self._find_rooms()
        self._devices = self._find_devices(lexicons)

    def make(self, generator: random.Random) -> RandomHome:
        """The home; of a large one, some rooms, anew for every call.

        The more is listed the longer is the prompt, and training leaves out what is too long.
        """
        chosen = _some(generator, self.home.entities)
        # A home file's rows are in the order of its entities.
        rows = [row for index, row in enumerate(self._data["entities"]) if index in chosen]
        data = {**self._data, "entities": rows}
        home = Home.from_dict(data)
        devices = [self._devices[index] for index in sorted(chosen)]
        return RandomHome(self._language, home, devices, self._rooms, self._floors, file=data)

    def _find_rooms(self) -> dict[str, Room]:
        aliases = {area.name: area.aliases for area in self.home.areas}
        for entity in self.home.entities:
            if entity.area:
                aliases.setdefault(entity.area, ())
        return {
            name: Room(
                name, also, tuple(self._names.words([name, *also], lambda lexicon: lexicon.rooms))
            )
            for name, also in aliases.items()
        }

    def _find_devices(self, lexicons: Mapping[str, Lexicon]) -> list[Device]:
        found = []
        for entity in self.home.entities:
            kind = kind_of(entity, lexicons.values())
            words = self._names.words(entity.names, partial(words_of, kind=kind))
            found.append(Device(entity, kind, words))
        self._add_short_names(found)
        return found

    def _add_short_names(self, devices: list[Device]) -> None:
        """What a name is shortened to, where nothing else is called that."""
        taken = {name.casefold() for device in devices for name in device.entity.names}
        taken |= {n.casefold() for room in self._rooms.values() for n in room.names}
        taken |= {word.name.casefold() for word in self._generic()}
        shorts: list[tuple[Device, Word]] = []
        for device in devices:
            room = self._rooms.get(device.entity.area or "")
            for word in list(device.words):
                short = shortened(word.name, room.words if room else (), ADDITIONS)
                if short and short.casefold() not in taken:
                    known = words_of(self._lexicon, device.kind)
                    shorts.append((device, inflect(short, known) or Word({"name": short})))
        counts = Counter(word.name.casefold() for _, word in shorts)
        for device, word in shorts:
            if counts[word.name.casefold()] == 1:
                device.words.append(word)

    def _generic(self) -> list[Word]:
        """Nouns that mean any device of a kind: "the lamp" is not the name of one."""
        return [w for kind in self._lexicon.kinds.values() for w in (*kind.one, *kind.many)]


def _some(generator: random.Random, entities: tuple[Entity, ...]) -> set[int]:
    """Indices of all entities, or of about SHOWN of many, room by room."""
    if len(entities) <= SHOWN:
        return set(range(len(entities)))
    rooms: dict[str | None, list[int]] = {}
    for index, entity in enumerate(entities):
        rooms.setdefault(entity.area, []).append(index)
    order = list(rooms)
    generator.shuffle(order)
    chosen: list[int] = []
    for room in order:
        fitting = min(len(rooms[room]), SHOWN - len(chosen))
        chosen += generator.sample(rooms[room], fitting)
    return set(chosen)
