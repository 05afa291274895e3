"""What the model reads of a large home: a part for every sentence, and lines for this one.

A listing of a thousand entities leaves the model's window, and one made for a sentence takes
seconds to read. So beyond LIMIT entities the listing holds as many as stand for the others: of
every area and every domain at least one, while there is room. What else a sentence names follows
the listing, line by line. Whatever is listed, every name of the home can be answered.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from . import kinds, letters
from .home import Entity, Home

_Weights = npt.NDArray[np.float32]

#: Homes up to this many entities are listed whole.
LIMIT: Final = 250
#: Entities listed of a larger one.
LISTED: Final = 200
#: What may follow a listing, since somebody waits while it is read: most entities for one sentence,
#: or most lines for what is new in the home, headings of floors included; and most characters, as
#: many as the longest sentence has.
FOLLOWING: Final = 8
CHARACTERS: Final = 500

#: Share of a name, and weight of its letters, below which it was not said. What one name of a
#: thousand has weighs 6.5, what half of them have 0.7.
_SAID: Final = 0.1
_LEAST: Final = 3.0
#: What the letters of a name that were not said take away, as a share of what said ones count, and
#: how many of them do at most: long names are not said in full.
_MISSED: Final = 0.35
_UNSAID: Final = 40.0
#: What it counts that an entity is of a kind that is spoken of, and how often again if few are; and
#: what must be said of its name that it counts in full: about a word.
_KIND: Final = 5.0
_RAREST: Final = 3.0
_WORD: Final = 12.0
#: What an entity's area counts beside its name; and the share of the area's name from which it was
#: said, or may have been where the kind of device was: "chez Enora" for la chambre d'Enora.
_PLACE: Final = 0.7
_WHOLE: Final = 0.9
_MOSTLY: Final = 0.5
#: What letters count again that a likelier name has too; and below which another was not meant: a
#: share of the likeliest name's score, or less where that is long.
_AGAIN: Final = 0.7
_BEHIND: Final = 0.1
_SURELY: Final = 60.0
#: Names that are compared closely.
_CANDIDATES: Final = 64

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

    A name counts by what the sentence has of its letters, less for what it has not, and more where
    the sentence speaks of that kind of device: "louder in the kitchen" is about what plays there.
    What one name has accounted for counts less for the next, as a sentence may mean two things.
    """

    def __init__(self, home: Home, read: Home) -> None:
        """`read`: the part of `home` that is listed, or will follow the listing anyway."""
        self._home = home
        #: For the lines: what else an area is called is in the listing.
        self._areas = {area.name: replace(area, aliases=()) for area in home.areas}
        known = frozenset(entity.entity_id for entity in read.entities)
        is_read = np.array([e.entity_id in known for e in home.entities], np.bool_)
        self._names = letters.Index([entity.names for entity in home.entities])
        self._places = letters.Index([area.names for area in home.areas])
        # Of each name: whether it was read, its domain and its area.
        things = self._names.things
        self._read = is_read[things]
        domains = np.array([entity.domain for entity in home.entities], np.str_)[things]
        self._domains = {domain: domains == domain for domain in home.domains}
        numbers = {area.name: number for number, area in enumerate(home.areas)}
        #: The last one is for entities without an area.
        nowhere = len(home.areas)
        place = np.array([numbers.get(e.area or "", nowhere) for e in home.entities], np.intp)
        self._place = place[things]
        seen = {(e.area, e.domain) for e in read.entities} | {e.area for e in read.entities}
        # Of each name: whether nothing of its area was read, and nothing of its kind there.
        self._place_new = np.array([e.area not in seen for e in home.entities], np.bool_)[things]
        self._kind_new = np.array(
            [(e.area, e.domain) not in seen for e in home.entities], np.bool_
        )[things]

    def following(self, sentence: str) -> tuple[Entity, ...]:
        """At most FOLLOWING entities that were not read, the likeliest first."""
        found = self._closest(sentence)
        return tuple(self._home.entities[self._names.things[row]] for row in found)

    def lines(self, sentence: str) -> str:
        """These entities in the listing's own form, as many as CHARACTERS have room for.

        Of the names of each only the one that was said, and its area's first one.
        """
        entities: list[Entity] = []
        lines = ""
        for row in self._closest(sentence):
            entity = self._home.entities[self._names.things[row]]
            entities.append(replace(entity, name=self._names.names[row], aliases=()))
            longer = self._listing(entities)
            if len(longer) > CHARACTERS:
                break
            lines = longer
        return lines

    def _closest(self, sentence: str) -> list[int]:
        """The names of what follows: their rows in the index, one an entity."""
        if not self._home.entities:
            return []
        said = self._names.said(sentence)
        told = said.sum(1)
        places, share = self._areas_said(sentence)
        kind = self._kinds_said(sentence)
        missing = np.minimum(self._names.totals - told, _UNSAID)
        # Of little of a name, its kind tells little.
        beside = _PLACE * places - _MISSED * missing
        beside += kind * np.minimum((told + places) / _WORD, 1)
        unread = (share >= _WHOLE) & self._place_new
        unread |= (share >= _MOSTLY) & self._kind_new & (kind > 0)
        enough = (told >= np.maximum(_SAID * self._names.totals, _LEAST)) | unread
        scores = np.where(enough, told + beside, -np.inf)
        likeliest = np.argsort(-scores, kind="stable")[:_CANDIDATES]
        likeliest = likeliest[np.isfinite(scores[likeliest])]
        return self._in_turn(likeliest, said[likeliest], beside[likeliest])

    def _kinds_said(self, sentence: str) -> _Weights:
        """Of each name, what it counts that the sentence speaks of such a device."""
        counts = np.zeros(len(self._names.names), np.float32)
        for domain in kinds.spoken(sentence) & self._home.domains:
            those = self._domains[domain]
            rarity = math.log((len(those) + 1) / (int(those.sum()) + 0.5))
            counts[those] = _KIND * (1 + min(rarity, _RAREST))
        return counts

    def _areas_said(self, sentence: str) -> tuple[_Weights, _Weights]:
        """Of each name, the weight of what was said of its area, and its share of the area's."""
        nowhere = len(self._home.areas)
        told = np.zeros(nowhere + 1, np.float32)
        share = np.zeros(nowhere + 1, np.float32)
        if nowhere:
            said = self._places.said(sentence).sum(1)
            np.maximum.at(told, self._places.things, said)
            totals = np.maximum(self._places.totals, 1e-6)
            np.maximum.at(share, self._places.things, said / totals)
        return told[self._place], share[self._place]

    def _in_turn(self, names: npt.NDArray[np.intp], said: _Weights, beside: _Weights) -> list[int]:
        """The best of `names`, and then what is best for the rest of the sentence, and so on.

        `said`: shape (names, letters); `beside`: what each name counts beside its letters.
        """
        found: list[int] = []
        left = np.ones(said.shape[1], np.float32)
        things = self._names.things[names]
        scores = said @ left + beside
        least = _BEHIND * min(scores.max(initial=0.0), _SURELY)
        there = np.ones(len(names), np.bool_)
        while len(found) < FOLLOWING and there.any():
            best = int(np.where(there, scores, -np.inf).argmax())
            if scores[best] <= least:
                break
            there &= things != things[best]
            if not self._read[names[best]]:
                found.append(int(names[best]))
            left[said[best] > 0] *= _AGAIN
            scores = said @ left + beside
        return found

    def _listing(self, entities: Sequence[Entity]) -> str:
        wanted = {entity.area for entity in entities}
        areas = (area for name, area in self._areas.items() if name in wanted)
        return Home(tuple(entities), tuple(areas)).listing()
