"""What a sentence leaves out: "all lights off except the floor lamp"."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from ..home import Home
from ..linking import left_out, load
from ..said import Said, contains

#: Share of a name that must be said of it, by pairs of letters: its end may bend.
_LEAST: Final = 0.8

# Now, not when somebody speaks: Home Assistant imports in a thread.
load()


def spared(home: Home, said: str) -> frozenset[str]:
    """Ids of the entities that `said` leaves out, by name or else by their area."""
    # Most sentences leave nothing out, and need no look at the home.
    parts = _parts(said)
    return _named(home, parts) if parts else frozenset()


@lru_cache(maxsize=64)
def _parts(said: str) -> tuple[str, ...]:
    return tuple(left_out(said))


@lru_cache(maxsize=64)
def _named(home: Home, left: tuple[str, ...]) -> frozenset[str]:
    parts = [Said(part) for part in left]
    named = [
        (name, entity.entity_id)
        for entity in home.entities
        for name in entity.names
        if any(part.share(name) >= _LEAST for part in parts)
    ]
    if named:
        # "Lamp" is in "floor lamp": it is the longer name that was said.
        return frozenset(
            entity_id
            for name, entity_id in named
            if not any(other != name and contains(other, name) for other, _ in named)
        )
    rooms = {
        area.name
        for area in home.areas
        if any(part.share(name) >= _LEAST for part in parts for name in area.names)
    }
    return frozenset(e.entity_id for e in home.entities if e.area in rooms)
