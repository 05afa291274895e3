"""The rooms of a random home: what they are called, and what else."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from .lexicon import LANGUAGES, Lexicon, Word, compose, read_yaml

#: How often the people of a home speak several languages, and how often a room has a second name.
_SEVERAL_LANGUAGES = 0.12
_SECOND_NAME = 0.05


@dataclass(frozen=True)
class Room:
    """A room: its listed name and aliases, and the words it is spoken of with."""

    name: str
    aliases: tuple[str, ...]
    words: tuple[Word, ...]
    """In the home's language; each one's name is `name` or one of the aliases."""
    english: Word | None = None
    """Its name in English, where people of this home use English too."""

    @property
    def names(self) -> tuple[str, ...]:
        """Name and aliases, the name first."""
        return (self.name, *self.aliases)


@cache
def same_rooms() -> tuple[Mapping[str, str], ...]:
    """`languages/rooms.yaml`: a room's names by language code."""
    return tuple(read_yaml(LANGUAGES / "rooms.yaml"))


def rooms(generator: random.Random, lexicon: Lexicon) -> list[Room]:
    """Rooms of one home, those most homes have first, no two of one name."""
    words = _words(generator, lexicon)
    made = [Room(word.name, (), (word,)) for word in words]
    taken = {room.name.casefold() for room in made}
    several = generator.random() < _SEVERAL_LANGUAGES
    if several:
        made = _translated(generator, lexicon.code, made, taken)
    for index, room in enumerate(made):
        if generator.random() < _SECOND_NAME:
            alias = generator.choice(lexicon.rooms)
            if alias.name.casefold() not in taken:
                taken.add(alias.name.casefold())
                made[index] = replace(
                    room, aliases=(*room.aliases, alias.name), words=(*room.words, alias)
                )
    return made


def _words(generator: random.Random, lexicon: Lexicon) -> list[Word]:
    # The list of a language begins with the rooms most homes have.
    count = min(generator.choice((1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 20)), len(lexicon.rooms))
    common = lexicon.rooms[:12]
    found = generator.sample(common, min(len(common), (count + 1) // 2))
    rest = [room for room in lexicon.rooms if room not in found]
    found += generator.sample(rest, count - len(found))
    patterns = [p for p in lexicon.strings("person_patterns") if "{area" in p]
    for index, room in enumerate(found):
        if patterns and lexicon.persons and generator.random() < 0.06:
            person = generator.choice(lexicon.persons)
            pattern = generator.choice(patterns)
            found[index] = compose(pattern, {"person": person, "area": room}, "area")
    return found


def _translated(
    generator: random.Random, code: str, made: list[Room], taken: set[str]
) -> list[Room]:
    """The rooms with their names in some further languages; listed under the English one or not."""
    codes = sorted({c for row in same_rooms() for c in row} - {code, "en"})
    others = generator.sample(codes, generator.randint(0, 4))
    english_first = code != "en" and generator.random() < 0.6
    if code != "en":
        others.append("en")
    generator.shuffle(others)
    found = []
    for room in made:
        row = next((row for row in same_rooms() if row.get(code) == room.name), {})
        names = [row[other] for other in others if other in row]
        fresh = [name for name in dict.fromkeys(names) if name.casefold() not in taken]
        taken.update(name.casefold() for name in fresh)
        english = Word({"name": row["en"]}) if "en" in row else None
        if english_first and english and english.name in fresh:
            aliases = [room.name, *(name for name in fresh if name != english.name)]
            generator.shuffle(aliases)
            found.append(Room(english.name, tuple(aliases), room.words, english))
        else:
            found.append(replace(room, aliases=tuple(fresh), english=english))
    return found
