"""What a sentence leaves out: "all lights off except the floor lamp"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from .. import wording
from ..home import Home
from ..linking import LeftOut, left_out, load
from ..said import Said, contains

#: Share of a name that must be said of it where its words are not there: "steh lampe".
_LEAST: Final = 0.8
#: Letters that forms of one word begin with alike at least, and those of an ending at most.
_STEM: Final = 4
_ENDING: Final = 3
_COMMA: Final = ","
_TOKENS: Final = re.compile(r"[^\W\d_]+|\d+|,")
#: Before a name: whose it is, and what stands for what was said before ("the one in the hall").
_POINTING: Final = frozenset(
    wording.plain(
        """
    my our his her their its your those these one ones that other others mein meine meinen
    meiner meinem unser unsere unserem dein deine sein seine ihre ihr jene jenen jener jenem
    dieser diesem mes mon notre nos votre leur leurs celle celui celles ceux cette cet nuestra
    nuestro sus aquella aquel esa ese esta este mia mio mie miei nostra nostro quella quello
    quelle quelli sua suo mijn onze ons hun zijn deze die dat moja moje moim mojej nasza nasz
    naszej tej tym tego minha meu nossa nosso aquela aquele essa esse seu dela dele мой моя
    моей моего моем наша наш нашей нашего той тот того том этой этот
    """
    ).split()
)
#: What is no thing, though it looks like one: "turn" like a Tür, "switch" like one.
_VERBS: Final = re.compile("turn|switch|schalt(?:e|en|et)?|schakel|zet|mach|make|set|put|dim")

# Now, not when somebody speaks: Home Assistant imports in a thread.
load()


def spared(home: Home, said: str) -> frozenset[str]:
    """Ids of the entities that `said` leaves out, by name or by their area."""
    # Most sentences leave nothing out, and need no look at the home.
    parts = _parts(said)
    return _named(home, parts) if parts else frozenset()


@lru_cache(maxsize=64)
def _parts(said: str) -> tuple[LeftOut, ...]:
    return tuple(left_out(said))


@lru_cache(maxsize=64)
def _named(home: Home, parts: tuple[LeftOut, ...]) -> frozenset[str]:
    found: set[str] = set()
    for part in parts:
        items = _spaced(home, part) if part.spaced else _unspaced(home, part)
        for names in items:
            found |= _meant(home, names)
    return frozenset(found)


def _meant(home: Home, said: Collection[str]) -> frozenset[str]:
    """Ids of what is meant by the names that are said of one thing.

    A room beside a device of it says where that is. One that is called like its room is meant with
    all of the room.
    """
    rooms = {area.name for area in home.areas if any(name in said for name in area.names)}
    called = {name.casefold() for area in home.areas for name in area.names}
    devices = [entity for entity in home.entities if any(name in said for name in entity.names)]
    placed = [
        entity
        for entity in devices
        if entity.area in rooms
        and any(name in said and name.casefold() not in called for name in entity.names)
    ]
    beside = {name for entity in placed for name in entity.names}
    meant = [e for e in devices if e in placed or beside.isdisjoint(e.names)]
    whole = rooms - {entity.area for entity in placed}
    return frozenset(
        entity.entity_id for entity in home.entities if entity.area in whole or entity in meant
    )


# -- where spaces set words apart ------------------------------------------------------------------


def _spaced(home: Home, part: LeftOut) -> Iterator[set[str]]:
    """The names of each thing in a list that begins a part, until another command begins."""
    words = _words(part.text)
    names = {name: found for name in home.names if (found := _words(name))}
    items: list[set[str]] = [set()]
    at, open_ = 0, True
    while at < len(words):
        here, length = _names_at(names, words, at)
        if length and open_:
            items[-1].update(here)
        elif size := _link_at(words, at):
            if items[-1]:
                items.append(set())
            open_, length = True, size
        elif words[at] != _COMMA and not length and _is_verb_or_thing(words[at]):
            if not items[-1] and (len(items) > 1 or part.direct):
                break
            # What follows a name says more of it, or what is done with it.
            open_ = not items[-1]
        at += length or 1
    if not (items[0] or part.direct):
        said = Said(part.text.partition(_COMMA)[0])
        items[0] = _outermost(name for name in names if said.share(name) >= _LEAST)
    yield from filter(None, items)


def _words(text: str) -> list[str]:
    return _TOKENS.findall(wording.plain(text))


def _names_at(names: dict[str, list[str]], words: Sequence[str], at: int) -> tuple[list[str], int]:
    """The longest names that stand at a word, to the letter if there are such; and their words."""
    for same in (_are_same, _are_forms):
        found = {
            name: len(own)
            for name, own in names.items()
            if len(own) <= len(words) - at
            and all(same(said, word) for said, word in zip(words[at:], own, strict=False))
        }
        if found:
            longest = max(found.values())
            return [name for name, length in found.items() if length == longest], longest
    return [], 0


def _are_same(said: str, word: str) -> bool:
    return said == word


def _are_forms(said: str, word: str) -> bool:
    return wording.are_forms(said, word, stem=_STEM, ending=_ENDING)


def _link_at(words: Sequence[str], at: int) -> int:
    """How many words link what is before with what is behind; 0: none do."""
    size = 1 if words[at] == _COMMA else 0
    rest = tuple(words[at + size : at + size + 4])
    return size + next((len(link) for link in load().links if rest[: len(link)] == link), 0)


def _is_verb_or_thing(word: str) -> bool:
    if word in _POINTING:
        return False
    return wording.is_telling(word) or _VERBS.fullmatch(word) is not None


# -- where none do ---------------------------------------------------------------------------------


def _unspaced(home: Home, part: LeftOut) -> Iterator[set[str]]:
    """The names in the piece next to what leaves out, and in those that are a list with it."""
    pieces = [piece.strip() for piece in part.text.split(_COMMA) if piece.strip()]
    for number, piece in enumerate(pieces[::-1] if part.before else pieces):
        said, folded = Said(piece), wording.plain(piece)
        spoken = _words(piece)
        names = {
            name
            for name in home.names
            if said.share(name) >= _LEAST or _is_in(name, folded, spoken)
        }
        found = _outermost(names)
        ends = folded.endswith if part.before else folded.startswith
        if number and not any(ends(wording.plain(name)) for name in found):
            return
        yield found


def _is_in(name: str, text: str, words: Sequence[str]) -> bool:
    own = wording.plain(name)
    return own in text if wording.is_unspaced(name) and len(own) > 1 else own in words


def _outermost(names: Iterable[str]) -> set[str]:
    """Without those that are in others: "lamp" is in "floor lamp"."""
    said = set(names)
    return {n for n in said if not any(n != other and contains(other, n) for other in said)}
