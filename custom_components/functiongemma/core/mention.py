"""Which of several devices a sentence names.

"Turn on the thermostat", in a home with a "Smart thermostat" and a "Pool heater": the model may say
no more than "here", yet the words tell. Used to settle what would otherwise be asked, and where the
device that was chosen is not spoken of, while another one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from . import wording
from .home import Entity, Home

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
    more candidates have it: "light" tells little, "garage" much. Of several, the one whose name has
    the fewest words that were not said. None when no candidate stands out, and when what speaks for
    `chosen` (an entity id) and not for it is worth half of what speaks for it alone. What devices
    are called whatever they are does not count; of a lock, when none is chosen, one word is not
    enough.
    """
    of_players = any(entity.domain == "media_player" for entity in candidates)
    spoken = sorted(
        word for word in _plain_words(sentence) if wording.is_telling(word, of_players=of_players)
    )
    found = {entity.entity_id: _letters(entity, spoken) for entity in candidates}
    among = [sum(1 for letters in found.values() if letters[i]) for i in range(len(spoken))]
    total = {
        entity_id: sum(a / max(1, n) for a, n in zip(letters, among, strict=True))
        for entity_id, letters in found.items()
    }
    most = max(total.values(), default=0.0)
    best = [entity for entity in candidates if total[entity.entity_id] == most]
    if not most:
        return None
    if len(best) > 1:
        unsaid = [_unsaid(entity, spoken) for entity in best]
        best = [e for e, words in zip(best, unsaid, strict=True) if words == min(unsaid)]
    if len(best) > 1:
        return None
    said = found[best[0].entity_id]
    if chosen in found:
        for_best, for_chosen = (
            sum(max(0, a - b) / max(1, n) for a, b, n in zip(one, other, among, strict=True))
            for one, other in ((said, found[chosen]), (found[chosen], said))
        )
        return best[0] if for_best and for_chosen * 2 <= for_best else None
    return best[0] if best[0].domain != "lock" or sum(map(bool, said)) > 1 else None


def room_said(home: Home, entities: Sequence[Entity], sentence: str) -> str | None:
    """Of the areas of entities with one name the one that the sentence speaks of, in any form.

    Where it speaks of several, the one of which nothing was left unsaid: "the kitchen" is not the
    back kitchen. None when there is not exactly one, or they are in one area.
    """
    rooms = [a for a in home.areas if any(e.area == a.name for e in entities)]
    if len(rooms) < 2:
        return None
    spoken = _plain_words(sentence)
    words = [[_plain_words(name) for name in room.names] for room in rooms]
    shared = [frozenset().union(*row) for row in words]

    def said(index: int, name: frozenset[str]) -> tuple[int, int]:
        others = frozenset().union(*(w for i, w in enumerate(shared) if i != index))
        letters = {w: max((wording.letters_alike(s, w) for s in spoken), default=0) for w in name}
        return sum(n for w, n in letters.items() if w not in others), -list(letters.values()).count(
            0
        )

    best = [max(said(index, name) for name in row) for index, row in enumerate(words)]
    told = [i for i, (letters, _) in enumerate(best) if letters]
    if not told:  # all of it is a part of another's name as well
        told = [i for i, (_, unsaid) in enumerate(best) if not unsaid]
    elif len(told) > 1:
        told = [i for i in told if not best[i][1]]
    return rooms[told[0]].name if len(told) == 1 else None


def _letters(entity: Entity, spoken: Sequence[str]) -> list[int]:
    """Letters that each of the spoken words has in common with one of its names."""
    words = [word for name in entity.names for word in _plain_words(name)]
    return [max((wording.letters_alike(one, word) for word in words), default=0) for one in spoken]


def _unsaid(entity: Entity, spoken: Sequence[str]) -> int:
    """Telling words of its name that were not said; of several names the best one's."""

    def missing(name: str) -> int:
        telling = (word for word in _plain_words(name) if wording.is_telling(word))
        return sum(1 for w in telling if not any(wording.letters_alike(one, w) for one in spoken))

    return min(map(missing, entity.names))


def speaks_of(sentence: str, name: str) -> bool:
    """Whether a sentence has a word of a name, in whatever form."""
    said = [w for w in wording.words(wording.plain(sentence)) if wording.is_telling(w)]
    return any(wording.letters_alike(one, other) for one in said for other in _plain_words(name))


@lru_cache(maxsize=1 << 12)
def _plain_words(text: str) -> frozenset[str]:
    return frozenset(wording.words(wording.plain(text)))
