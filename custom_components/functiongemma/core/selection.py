"""What the model reads of a large home: a part for every sentence, and lines for this one.

A listing of a thousand entities leaves the model's window, and one made for a sentence takes
seconds to read. So beyond LIMIT entities the listing holds one of every domain in every area, and
as many more as there is room for; what else a sentence names follows the listing, line by line.
Whatever is listed, every name of the home can be answered.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from .home import Entity, Home

#: Homes up to this many entities are listed whole.
LIMIT: Final = 250
#: Entities listed of a larger one.
LISTED: Final = 200
#: Most entities that follow the listing for one sentence: they are read while somebody waits.
FOLLOWING: Final = 8

#: Share of a name below which it was not said, and share of the best one's score below which
#: another was meant.
_SAID: Final = 0.3
_BEHIND: Final = 0.6
#: What an entity's area counts beside its name.
_PLACE: Final = 0.4

#: Of a domain with no more entities than these, all are listed.
_FEW: Final = 10

#: What only tells something: people speak of it less than of what they can switch.
_TELLING: Final = frozenset(("sensor", "binary_sensor", "person", "weather", "calendar"))

#: Scripts from here on set no words apart.
_FIRST_OF_EAST_ASIA: Final = "\u2e80"


def usual(home: Home, limit: int = LIMIT, kept: int = LISTED) -> Home:
    """`home` itself, or its `kept` entities that stand for the others when it has over `limit`.

    First the few of a rare domain (the vacuum), then the areas in turn: in each one of every
    domain, those that most areas have and that can be switched first.
    """
    if len(home.entities) <= limit:
        return home
    domains = Counter(entity.domain for entity in home.entities)
    areas: defaultdict[str | None, list[tuple[int, bool, int, int]]] = defaultdict(list)
    before: Counter[tuple[str | None, str]] = Counter()
    for index, entity in enumerate(home.entities):
        place = entity.area, entity.domain
        areas[entity.area].append(
            (before[place], entity.domain in _TELLING, -domains[entity.domain], index)
        )
        before[place] += 1
    turns = {
        index: turn for rows in areas.values() for turn, (*_, index) in enumerate(sorted(rows))
    }

    def rank(index: int) -> tuple[bool, int, int]:
        domain = home.entities[index].domain
        return domains[domain] > _FEW or domain in _TELLING, turns[index], index

    chosen = sorted(sorted(range(len(home.entities)), key=rank)[:kept])
    return Home(tuple(home.entities[index] for index in chosen), home.areas)


class Closest:
    """Finds what a sentence names and the listing lacks.

    A name counts by the share of its letters, in threes, that the sentence has; what few names
    have counts more. On 484 sentences to homes of up to 1,000 names this found more than pairs of
    letters and the ratios of rapidfuzz did: `docs/performance.md`.
    """

    def __init__(self, home: Home, listed: Home) -> None:
        """`listed`: the part of `home` that the model has read."""
        self._home = home
        known = frozenset(entity.entity_id for entity in listed.entities)
        self._listed = np.array([e.entity_id in known for e in home.entities], np.bool_)
        names = [entity.names for entity in home.entities]
        self._names = _Index(names)
        places = {area.name: index for index, area in enumerate(home.areas)}
        self._places = _Index([area.names for area in home.areas])
        #: The last one is for entities without an area.
        self._place = np.array([places.get(e.area or "", len(places)) for e in home.entities])

    def following(self, sentence: str) -> tuple[Entity, ...]:
        """At most FOLLOWING entities that are not listed, in the home's order."""
        said = frozenset(_grams(sentence, said=True))
        names = self._names.shares(said)
        scores = names + _PLACE * np.append(self._places.shares(said), 0.0)[self._place]
        scores[names < _SAID] = 0.0
        least = max(float(scores.max(initial=0.0)) * _BEHIND, _SAID)
        found = np.flatnonzero((scores >= least) & ~self._listed)
        best = found[np.argsort(-scores[found], kind="stable")[:FOLLOWING]]
        return tuple(self._home.entities[index] for index in sorted(best.tolist()))

    def lines(self, sentence: str) -> str:
        """These entities in the listing's own form."""
        found = self.following(sentence)
        return Home(found, self._home.areas).listing() if found else ""


class _Index:
    """Names by their letters."""

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        """`names`: one or more for each of the things that have names."""
        rows = [frozenset(_grams(name)) for several in names for name in several]
        lengths = [len(several) for several in names]
        self._starts = np.cumsum([0, *lengths[:-1]])
        found: defaultdict[str, list[int]] = defaultdict(list)
        for row, grams in enumerate(rows):
            for gram in grams:
                found[gram].append(row)
        self._rows = {gram: np.array(where) for gram, where in found.items()}
        self._weights = {
            gram: math.log((len(rows) + 1) / (len(where) + 0.5)) for gram, where in found.items()
        }
        totals = [sum(self._weights[gram] for gram in grams) for grams in rows]
        self._totals = np.maximum(np.array(totals, np.float64), 1e-9)

    def shares(self, said: Iterable[str]) -> npt.NDArray[np.float64]:
        """Shape (things,): of the name that the sentence has most of, the share, 0 to 1."""
        if not len(self._totals):
            return np.zeros(0)
        found = np.zeros(len(self._totals))
        for gram in said:
            if (rows := self._rows.get(gram)) is not None:
                found[rows] += self._weights[gram]
        return np.maximum.reduceat(found / self._totals, self._starts)


def _grams(text: str, *, said: bool = False) -> Iterator[str]:
    """Three letters in a row, where words begin and end included; case and accents folded.

    Of scripts that set no words apart, two characters; and each, of what was `said`, as a name may
    be a single one.
    """
    folded = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", plain)
    for word in "".join(c if c.isalnum() else " " for c in plain).split():
        if max(word) >= _FIRST_OF_EAST_ASIA:
            if said or len(word) == 1:
                yield from word
            yield from (word[i : i + 2] for i in range(len(word) - 1))
        else:
            edged = f" {word} "
            yield from (edged[i : i + 3] for i in range(len(edged) - 2))
