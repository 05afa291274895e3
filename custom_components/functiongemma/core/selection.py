"""What the model reads of a large home: a part for every sentence, and lines for this one.

A listing of a thousand entities leaves the model's window, and one made for a sentence takes
seconds to read. So beyond LIMIT entities the listing holds as many as stand for the others: of
every area and every domain at least one, while there is room. What else a sentence names follows
the listing, line by line. Whatever is listed, every name of the home can be answered.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from .home import Entity, Home
from .wording import is_unspaced, plain

#: Homes up to this many entities are listed whole.
LIMIT: Final = 250
#: Entities listed of a larger one.
LISTED: Final = 200
#: Most entities that follow the listing for one sentence, and most characters of their lines: they
#: are read while somebody waits.
FOLLOWING: Final = 8
CHARACTERS: Final = 500

#: Share of a name below which it was not said, and share of the best one's score below which
#: another was meant. Of what more was said than of anything listed, less is enough.
_SAID: Final = 0.3
_HINTED: Final = 0.15
_BEHIND: Final = 0.6
#: Share of a name, of a device or an area, from which it was said in full.
_WHOLE: Final = 0.9
#: What an entity's area counts beside its name.
_PLACE: Final = 0.4

#: Of a domain with no more entities than these, all are listed, where areas leave room.
_FEW: Final = 10
#: What people speak of most, and what only tells something, of which they speak less.
_SPOKEN: Final = ("light", "switch", "media_player", "cover", "climate", "fan", "lock", "vacuum")
_TELLING: Final = frozenset(("sensor", "binary_sensor", "person", "weather", "calendar"))


def usual(home: Home) -> Home:
    """`home` itself, or LISTED entities that stand for the others when it has over LIMIT.

    The first of every domain, one of every area, all of rare domains (the vacuums), and then the
    areas in turn, in each one of every domain first. Few of them change with the home.
    """
    if len(home.entities) <= LIMIT:
        return home
    domains: defaultdict[str, list[int]] = defaultdict(list)
    places: Counter[tuple[str | None, str]] = Counter()
    areas: defaultdict[str | None, list[tuple[int, int, int]]] = defaultdict(list)
    for index, entity in enumerate(home.entities):
        place = entity.area, entity.domain
        areas[entity.area].append((places[place], _spoken(entity.domain), index))
        places[place] += 1
        domains[entity.domain].append(index)
    turns = {
        index: turn for rows in areas.values() for turn, (*_, index) in enumerate(sorted(rows))
    }

    def rank(index: int) -> tuple[int, int, int, int]:
        domain = home.entities[index].domain
        if domains[domain][0] == index:
            tier = 0
        elif turns[index] == 0:
            tier = 1
        else:
            tier = 2 if len(domains[domain]) <= _FEW and domain not in _TELLING else 3
        return tier, turns[index], _spoken(domain), index

    chosen = sorted(sorted(range(len(home.entities)), key=rank)[:LISTED])
    return Home(tuple(home.entities[index] for index in chosen), home.areas)


def _spoken(domain: str) -> int:
    """How early its entities are listed; the lower, the earlier."""
    if domain in _SPOKEN:
        return _SPOKEN.index(domain)
    return len(_SPOKEN) + (domain in _TELLING)


def shown(home: Home) -> list[tuple[object, ...]]:
    """All that a listing says of each entity."""
    areas = {area.name: area for area in home.areas}
    return [(e.area, areas.get(e.area or ""), e.domain, e.names) for e in home.entities]


def read(before: Home, part: Home, now: Home) -> Home:
    """The entities of `now` that the model has read.

    Those of `part`, which is listed of `before`, and what is new in `now`: that follows the listing
    anyway, see `changes`.
    """
    listed, known = {*shown(part)}, {*shown(before)}
    there = zip(now.entities, shown(now), strict=True)
    return Home(tuple(e for e, said in there if said in listed or said not in known), now.areas)


class Closest:
    """Finds what a sentence names and the model has not read.

    A name counts by the share of its letters, in threes, that the sentence has; what few names
    have counts more. That found more than pairs of letters and the ratios of rapidfuzz did:
    `docs/performance.md`.
    """

    def __init__(self, home: Home, read: Home) -> None:
        """`read`: the part of `home` that is listed, or will follow the listing anyway."""
        self._home = home
        #: For the lines: what else an area is called is in the listing.
        self._areas = {area.name: replace(area, aliases=()) for area in home.areas}
        known = frozenset(entity.entity_id for entity in read.entities)
        self._read = np.array([e.entity_id in known for e in home.entities], np.bool_)
        self._names = _Index([entity.names for entity in home.entities])
        self._places = _Index([area.names for area in home.areas])
        places = {area.name: index for index, area in enumerate(home.areas)}
        #: The last one is for entities without an area.
        nowhere = len(home.areas)
        self._place = np.array([places.get(e.area or "", nowhere) for e in home.entities], np.intp)
        self._place_read = np.zeros(nowhere + 1, np.bool_)
        self._place_read[self._place[self._read]] = True

    def following(self, sentence: str) -> tuple[Entity, ...]:
        """At most FOLLOWING entities that were not read, the likeliest first."""
        if not self._home.entities:
            return ()
        grams = frozenset(_grams(sentence, said=True))
        names, told = self._names.shares(grams)
        places = np.append(self._places.shares(grams)[0], 0.0)
        # Of an area that nothing is listed of, the model knows nothing.
        unread = ((places >= _WHOLE) & ~self._place_read)[self._place]
        names[unread] = np.maximum(names[unread], _SAID)
        scores = names + _PLACE * places[self._place]
        # Where a name that is listed was said in full, others are meant less.
        best = int(scores.argmax())
        behind = 1.0 if self._read[best] and names[best] >= _WHOLE else _BEHIND
        enough = (scores >= scores[best] * behind) & (names >= _SAID)
        # "Lamp", which is listed, is said in full by "desk lamp", and yet it is not meant.
        more = (told > told[self._read].max(initial=0.0) * 1.001) & (names >= _HINTED)
        found = np.flatnonzero((enough | more | unread) & ~self._read)
        likeliest = found[np.argsort(-scores[found], kind="stable")[:FOLLOWING]]
        return tuple(self._home.entities[index] for index in likeliest.tolist())

    def lines(self, sentence: str) -> str:
        """These entities in the listing's own form, as many as CHARACTERS have room for.

        Of the names of each only the one that was said, and its area's first one.
        """
        grams = frozenset(_grams(sentence, said=True))
        entities: list[Entity] = []
        lines = ""
        for entity in self.following(sentence):
            said = max(entity.names, key=lambda name: len(grams.intersection(_grams(name))))
            entities.append(replace(entity, name=said, aliases=()))
            longer = self._listing(entities)
            if len(longer) > CHARACTERS:
                break
            lines = longer
        return lines

    def _listing(self, entities: Sequence[Entity]) -> str:
        wanted = {entity.area for entity in entities}
        areas = (area for name, area in self._areas.items() if name in wanted)
        return Home(tuple(entities), tuple(areas)).listing()


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

    def shares(
        self, said: Iterable[str]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Shape (things,) each: of the name that the sentence has most of, the share, 0 to 1; and
        the weight of what it has of a name."""
        if not len(self._totals):
            return np.zeros(0), np.zeros(0)
        found = np.zeros(len(self._totals))
        for gram in said:
            if (rows := self._rows.get(gram)) is not None:
                found[rows] += self._weights[gram]
        shares: npt.NDArray[np.float64] = np.maximum.reduceat(found / self._totals, self._starts)
        return shares, np.maximum.reduceat(found, self._starts)


def _grams(text: str, *, said: bool = False) -> Iterator[str]:
    """Three letters in a row, where words begin and end included; case and accents folded.

    In writing that sets no words apart, two characters; and each, of what was `said`, as a name
    may be a single one. A name of signs only is one of a kind.
    """
    words = "".join(c if c.isalnum() else " " for c in plain(text)).split()
    if not words and not said:
        yield text
    if said:
        yield from (sign for sign in text.split() if not any(map(str.isalnum, sign)))
    for word in words:
        if is_unspaced(word):
            if said or len(word) == 1:
                yield from word
            yield from (word[i : i + 2] for i in range(len(word) - 1))
        else:
            edged = f" {word} "
            yield from (edged[i : i + 3] for i in range(len(edged) - 2))
