"""The part of a large home that a sentence can be about.

A listing of a thousand entities would take seconds to evaluate and leave the model's window. So
beyond LIMIT entities the listing holds only those whose name, alias, area or floor shares letters
with the sentence. Calls are still resolved against the whole home: "the kitchen" means all of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from .home import Area, Entity, Home

#: Homes up to this many entities are listed whole.
LIMIT = 250
#: Entities listed of a larger one. It is evaluated anew for every sentence, so it is kept small.
SELECTED = 60


def select(home: Home, sentence: str, limit: int = LIMIT, selected: int = SELECTED) -> Home:
    """`home`, or its `selected` likeliest entities when it has more than `limit`."""
    if len(home.entities) <= limit:
        return home
    said = _pairs(sentence)
    places = {area.name: _place_score(area, said) for area in home.areas}
    domains_left = set(home.domains)

    def score(entity: Entity) -> float:
        name = max(_share(text, said) for text in entity.names)
        return name + 0.8 * places.get(entity.area or "", 0.0)

    ranked = sorted(home.entities, key=score, reverse=True)
    chosen = set(ranked[:selected])
    # One of every domain, so that "lights off" still finds that there are lights.
    domains_left -= {entity.domain for entity in chosen}
    for entity in ranked[selected:]:
        if not domains_left:
            break
        if entity.domain in domains_left:
            chosen.add(entity)
            domains_left.discard(entity.domain)
    entities = tuple(entity for entity in home.entities if entity in chosen)
    used = {entity.area for entity in entities}
    return Home(entities, tuple(area for area in home.areas if area.name in used))


def _place_score(area: Area, said: frozenset[str]) -> float:
    floor = 0.5 * _share(area.floor, said) if area.floor else 0.0
    return max(max(_share(name, said) for name in area.names), floor)


def _share(text: str, said: frozenset[str]) -> float:
    """Share of a name's letter pairs that the sentence has, 0 to 1."""
    pairs = _pairs(text)
    return len(pairs & said) / len(pairs) if pairs else 0.0


# Names stay the same from sentence to sentence: a home of 1,000 entities has about as many.
@lru_cache(maxsize=8192)
def _pairs(text: str) -> frozenset[str]:
    """Neighbouring letters within words, case and accents folded; single letters stay whole."""
    folded = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return frozenset(pair for word in words for pair in _of_word(word))


def _of_word(word: str) -> Iterable[str]:
    return (word[i : i + 2] for i in range(len(word) - 1)) if len(word) > 1 else (word,)
