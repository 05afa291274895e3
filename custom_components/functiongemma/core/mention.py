"""Which of several devices a sentence names.

"Turn on the thermostat", in a home with a "Smart thermostat" and a "Pool heater": the model may say
no more than "here", yet the words tell. Used to settle what would otherwise be asked, and where the
device that was chosen is not spoken of, while another one is.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import wording
from .home import Entity

#: Words a name must share with the sentence. Everything that shines is called a light or a lamp, so
#: one word is no name there; and whoever opens the wrong lock would rather have been asked.
_NEEDED = {"light": 2, "lock": 2}


def mentioned(candidates: Sequence[Entity], sentence: str) -> Entity | None:
    """The one candidate that more words of `sentence` speak of than of any other.

    Words of its name or of one alias come first, then those of its area. Words that all candidates
    share tell nothing. None when no candidate or several are spoken of best.
    """
    spoken = frozenset(wording.words(sentence))
    by_name = _points([entity.names for entity in candidates], spoken)
    by_area = _points([[entity.area or ""] for entity in candidates], spoken)
    ranked = sorted(zip(by_name, by_area, candidates, strict=True), key=lambda r: (-r[0], -r[1]))
    named, placed, best = ranked[0]
    if any(r[:2] == (named, placed) and r[2].entity_id != best.entity_id for r in ranked[1:]):
        return None
    enough = named >= _NEEDED.get(best.domain, 1) or (placed and named == ranked[1][0])
    return best if enough or all(r[1] < placed for r in ranked[1:]) else None


def _points(names: Sequence[Sequence[str]], spoken: frozenset[str]) -> list[int]:
    """How many words of a candidate's best name are said, for every candidate."""
    rows = [[frozenset(wording.words(name)) for name in row] for row in names]
    everything = [frozenset[str]().union(*row) for row in rows]

    def told(part: str) -> int:
        if all(wording.is_part(part, words) for words in everything):
            return 0
        return 2 if wording.is_compound(part) else 1

    def said(name: frozenset[str]) -> int:
        return sum(told(part) for word in name for part in wording.parts_said(word, spoken))

    return [max(map(said, row)) for row in rows]


def spoken_of(candidates: Sequence[Entity], sentence: str, chosen: str | None) -> Entity | None:
    """The candidate whose name the sentence speaks of more clearly than of any other.

    Also in another form, or as a part of a compound. A word counts for its letters, and less the
    more candidates have it: "light" tells little, "garage" much. None when no candidate stands out,
    and when `chosen` (an entity id) is spoken of nearly as clearly. What devices are called
    whatever they are does not count; of a lock, when none is chosen, one word is not enough.
    """
    spoken = [w for w in set(wording.words(wording.plain(sentence))) if wording.is_telling(w)]
    names = {e.entity_id: [_plain_words(name) for name in e.names] for e in candidates}
    points = dict.fromkeys(names, 0.0)
    words = dict.fromkeys(names, 0)
    for said in spoken:
        alike = {
            entity_id: max(
                max((wording.letters_alike(said, word) for word in name), default=0)
                for name in rows
            )
            for entity_id, rows in names.items()
        }
        among = sum(1 for letters in alike.values() if letters)
        for entity_id, letters in alike.items():
            points[entity_id] += letters / max(1, among)
            words[entity_id] += letters > 0
    most = max(points.values(), default=0.0)
    best = [entity for entity in candidates if points[entity.entity_id] == most]
    if not most or len(best) != 1:
        return None
    if chosen in points:
        return best[0] if points[chosen] * 2 <= most else None
    found = best[0]
    return found if words[found.entity_id] > 1 or found.domain != "lock" else None


def speaks_of(sentence: str, name: str) -> bool:
    """Whether a sentence has a word of a name, in whatever form."""
    said = [w for w in wording.words(wording.plain(sentence)) if wording.is_telling(w)]
    return any(wording.letters_alike(one, other) for one in said for other in _plain_words(name))


def _plain_words(name: str) -> frozenset[str]:
    return frozenset(wording.words(wording.plain(name)))
