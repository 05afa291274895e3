"""What a sentence leaves out: "all lights off except the floor lamp"."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Final

from .. import wording
from ..home import Home
from ..linking import left_out, load
from ..said import Said, contains

#: Share of a name that must be said of it, by pairs of letters: its end may bend.
_LEAST: Final = 0.8
#: Letters that forms of one word begin with alike at least, and those of an ending at most.
_STEM: Final = 4
_ENDING: Final = 3

# Now, not when somebody speaks: Home Assistant imports in a thread.
load()


def spared(home: Home, said: str) -> frozenset[str]:
    """Ids of the entities that `said` leaves out, by name or by their area."""
    # Most sentences leave nothing out, and need no look at the home.
    parts = _parts(said)
    return _named(home, parts) if parts else frozenset()


@lru_cache(maxsize=64)
def _parts(said: str) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, left_out(said)))


@lru_cache(maxsize=64)
def _named(home: Home, parts: tuple[tuple[str, ...], ...]) -> frozenset[str]:
    return frozenset(entity_id for pieces in parts for entity_id in _in_pieces(home, pieces))


def _in_pieces(home: Home, pieces: Sequence[str]) -> Iterator[str]:
    """What the first piece names, and the next ones as long as they begin with a name."""
    for number, piece in enumerate(pieces):
        names, entity_ids = _in_piece(home, piece)
        if number and not _begins(piece, names):
            return
        yield from entity_ids


def _in_piece(home: Home, piece: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a piece has, and the ids of what is meant by them.

    "Lamp" is in "floor lamp", and "bedroom" in "bedroom lamp": it is the longer name that was said.
    A room beside a device of it says where that is. One that is called like its room is meant with
    all of the room.
    """
    part = Said(piece)
    said = {name for name in home.names if _is_said(name, part, piece)}
    said = {n for n in said if not any(n != other and contains(other, n) for other in said)}
    rooms = {area.name for area in home.areas if not said.isdisjoint(area.names)}
    called = {name.casefold() for area in home.areas for name in area.names}
    devices = [entity for entity in home.entities if not said.isdisjoint(entity.names)]
    placed = [
        entity
        for entity in devices
        if entity.area in rooms
        and any(name in said and name.casefold() not in called for name in entity.names)
    ]
    beside = {name for entity in placed for name in entity.names}
    meant = [e for e in devices if e in placed or beside.isdisjoint(e.names)]
    whole = rooms - {entity.area for entity in placed}
    return frozenset(said), frozenset(
        entity.entity_id for entity in home.entities if entity.area in whole or entity in meant
    )


def _is_said(name: str, part: Said, piece: str) -> bool:
    """Whether a piece has a name, in any form: гостиной is the Гостиная."""
    if part.share(name) >= _LEAST:
        return True
    words = wording.words(wording.plain(name))
    if wording.is_unspaced(name):
        return len(name) > 1 and wording.plain(name) in wording.plain(piece)
    spoken = wording.words(wording.plain(piece))
    return bool(words) and all(any(_are_forms(s, word) for s in spoken) for word in words)


def _are_forms(said: str, word: str) -> bool:
    """Whether two words differ by their endings only: Küche is no Küchentisch."""
    same = next((i for i, (a, b) in enumerate(zip(said, word, strict=False)) if a != b),
                min(len(said), len(word)))  # fmt: skip
    ends = len(said) - same, len(word) - same
    return said == word or (same >= _STEM and max(ends) <= _ENDING)


def _begins(piece: str, names: Collection[str]) -> bool:
    """Whether the first word that tells anything is of one of `names`."""
    named = {word for name in names for word in wording.words(wording.plain(name))}
    for word in wording.words(wording.plain(piece)):
        if any(_are_forms(word, other) for other in named):
            return True
        if wording.is_unspaced(word):
            return bool(wording.parts_said(word, named)) or any(n in word for n in named)
        # "Turn" is taken for a Tür, which tells nothing.
        if wording.is_telling(word) or word == "turn":
            return False
    return False
