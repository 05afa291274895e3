"""Whether a sentence is about a room that has no such device.

"The air conditioner in the bedroom to 20", where the only one is in the living room: a small model
rather takes that one than none. What is in another room than the one that was said was not meant,
and is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..functions import Function
from ..home import Area, Entity, Home
from ..mention import plain_words
from ..wording import is_telling, letters_alike

#: Domains of devices that are where they act. A vacuum cleans rooms that it is not in, a valve
#: waters the garden from the cellar, and a sensor may be asked about what is near.
_LOCAL: Final = frozenset(
    {"light", "fan", "climate", "cover", "media_player", "humidifier", "lock"}
)

#: Share of the shorter of two words that they have in common if they are forms of one.
_ALIKE: Final = 0.75


def elsewhere(
    home: Home, function: Function, entities: Sequence[Entity], spoken: Sequence[object], said: str
) -> str | None:
    """The room that `said` names, if none of `entities` is there, nor any other for the function.

    `spoken`: values of the call that are words of the sentence; a room in these is no place.
    """
    if not entities or any(e.domain not in _LOCAL or e.area is None for e in entities):
        return None
    words = plain_words(said)
    rooms = [area for area in home.areas if _is_said(area, words)]
    names = {area.name for area in rooms}
    if any(entity.area in names for entity in (*entities, *function.candidates(home))):
        return None
    heard = [word for area in rooms for word in _said_words(area, words)]
    own = [n for e in entities for n in (*e.names, e.area or "")] + [str(v) for v in spoken]
    if any(letters_alike(h, w) for h in heard for text in own for w in plain_words(text)):
        return None
    return rooms[0].name if rooms else None


def _is_said(area: Area, words: frozenset[str]) -> bool:
    return any(_all_said(name, words) for name in area.names)


def _all_said(name: str, words: frozenset[str]) -> bool:
    """Whether all words of a name are said, in whatever form; names without any are not."""
    telling = [word for word in plain_words(name) if is_telling(word)]
    return bool(telling) and all(any(_alike(s, w) for s in words) for w in telling)


def _alike(said: str, word: str) -> bool:
    """Whether two words are nearly the same, but for their ends: kuchni, kuchnia."""
    return letters_alike(said, word) >= _ALIKE * min(len(said), len(word))


def _said_words(area: Area, words: frozenset[str]) -> list[str]:
    """The words of the sentence that speak of an area."""
    names = [word for name in area.names for word in plain_words(name)]
    return [s for s in words if is_telling(s) and any(letters_alike(s, word) for word in names)]
