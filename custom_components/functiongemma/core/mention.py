"""Which of several devices a sentence names.

"Turn on the thermostat", in a home with a "Smart thermostat" and a "Pool heater": the model may say
no more than "here", yet the words tell. Used to settle what would otherwise be asked, and where the
device that was chosen is not spoken of, while another one is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from . import wording
from .home import Entity, Home
from .linking import has_exception

#: Words a name must share with the sentence. Everything that shines is called a light or a lamp, so
#: one word is no name there; and whoever opens the wrong lock would rather have been asked.
_NEEDED = {"light": 2, "lock": 2}


def mentioned(candidates: Sequence[Entity], sentence: str) -> Entity | None:
    """The one candidate that more words of `sentence` speak of than of any other.

    Words of its name or of one alias come first, then those of its area. Words that all candidates
    share tell nothing. None when no candidate or several are spoken of best.
    """
    spoken = frozenset(wording.words(sentence))
    rooms = [[entity.area or ""] for entity in candidates]
    by_name = _points([entity.names for entity in candidates], spoken, rooms)
    by_area = _points(rooms, spoken, rooms)
    ranked = sorted(zip(by_name, by_area, candidates, strict=True), key=lambda r: (-r[0], -r[1]))
    named, placed, best = ranked[0]
    if any(r[:2] == (named, placed) and r[2].entity_id != best.entity_id for r in ranked[1:]):
        return None
    enough = named >= _NEEDED.get(best.domain, 1) or (placed and named == ranked[1][0])
    return best if enough or all(r[1] < placed for r in ranked[1:]) else None


def _points(
    names: Sequence[Sequence[str]], spoken: frozenset[str], rooms: Sequence[Sequence[str]]
) -> list[int]:
    """How many words of a candidate's best name are said, for every candidate.

    `rooms`: the names of each one's room. A word that every candidate has in its name or its room's
    tells nothing, but for a name of which all words are said.
    """
    rows = [[frozenset(wording.words(name)) for name in row] for row in names]
    everything = [frozenset[str]().union(*row) for row in rows]
    with_rooms = [
        words.union(*map(wording.words, row)) for words, row in zip(everything, rooms, strict=True)
    ]

    def told(part: str, others: Sequence[frozenset[str]]) -> int:
        if all(wording.is_part(part, words) for words in others):
            return 0
        return 2 if wording.is_compound(part) else 1

    def said(name: frozenset[str]) -> int:
        parts = {word: wording.parts_said(word, spoken) for word in name}
        others = everything if all(parts.values()) else with_rooms
        return sum(told(part, others) for found in parts.values() for part in found)

    return [max(map(said, row)) for row in rows]


def spoken_of(
    candidates: Sequence[Entity],
    sentence: str,
    chosen: str | None,
    named: Collection[str] = (),
) -> Entity | None:
    """The candidate whose name the sentence speaks of more clearly than of any other.

    Also in another form, or as a part of a compound. A word counts for its letters, and less the
    more candidates have it: "light" tells little, "garage" much. Of several, the one whose name has
    the fewest words that were not said. None when no candidate stands out, and when what speaks for
    `chosen` (an entity id) and not for it is worth half of what speaks for it alone. What devices
    are called whatever they are does not count; of a lock, when none is chosen, one word is not
    enough. `named`: names that the sentence has in full.
    """
    of_players = any(entity.domain == "media_player" for entity in candidates)
    spoken = sorted(
        word for word in _plain_words(sentence) if wording.is_telling(word, of_players=of_players)
    )
    found = {entity.entity_id: _in_common(entity.names, spoken) for entity in candidates}
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
        (it,) = [entity for entity in candidates if entity.entity_id == chosen]
        # Another one may be called after the room that only says where the chosen one is.
        room = "" if any(name in named for name in best[0].names) else it.area or ""
        its_own = _in_common([*it.names, room], spoken)
        for_best, for_chosen = (
            sum(max(0, a - b) / max(1, n) for a, b, n in zip(one, other, among, strict=True))
            for one, other in ((said, its_own), (found[chosen], said))
        )
        return best[0] if for_best and for_chosen * 2 <= for_best else None
    return best[0] if best[0].domain != "lock" or sum(map(bool, said)) > 1 else None


def both_said(candidates: Sequence[Entity], sentence: str) -> tuple[Entity, Entity] | None:
    """The two candidates that a sentence speaks of alike, and more than of any other.

    By words of their names first, in whatever form, then by those of their areas; without any, the
    two that there are. None when those are not two.
    """
    spoken = _spoken(sentence)
    ranks = [
        (sum(_in_common(entity.names, spoken)), sum(_in_common([entity.area or ""], spoken)))
        for entity in candidates
    ]
    best = max(ranks, default=None)
    found = [entity for entity, rank in zip(candidates, ranks, strict=True) if rank == best]
    return (found[0], found[1]) if len(found) == 2 else None


def words_said(entity: Entity, sentence: str) -> frozenset[str]:
    """The words of a sentence that speak of an entity, by a name of it or by its area's."""
    spoken = _spoken(sentence)
    common = _in_common([*entity.names, entity.area or ""], spoken)
    return frozenset(word for word, letters in zip(spoken, common, strict=True) if letters)


def _spoken(sentence: str) -> list[str]:
    return sorted(filter(wording.is_telling, _plain_words(sentence)))


def room_said(home: Home, entities: Sequence[Entity], sentence: str) -> tuple[str, bool] | None:
    """Of the areas of entities with one name the one a sentence has; and whether all of its name.

    In any form of its words, articles and the entities' own name apart. Where it speaks of several,
    the one whose name has the others' in it: "the kitchen" is not the back kitchen. None when there
    is not exactly one, they are in one area, or the sentence may leave something out.
    """
    areas = {entity.area for entity in entities}
    rooms = [area for area in home.areas if area.name in areas]
    if len(rooms) < 2 or has_exception(sentence):
        return None
    own = frozenset().union(*(_plain_words(n) for e in entities for n in e.names))
    names = [[t for n in room.names if (t := _telling(_plain_words(n)))] for room in rooms]
    words = [frozenset().union(*row) for row in names]
    spoken = _telling(_plain_words(sentence)) - own
    # What is a room's word to the letter speaks for that word alone: "room" is not the bedroom.
    exact = spoken & frozenset().union(*words)

    def said(word: str) -> bool:
        return word in exact or any(wording.letters_alike(s, word) for s in spoken - exact)

    whole = [max((len(n) for n in row if all(map(said, n))), default=0) for row in names]
    told = [i for i, size in enumerate(whole) if size]
    if not told:
        parts = [i for i in range(len(rooms)) if any(map(said, _own_words(words, i)))]
        return (rooms[parts[0]].name, False) if len(parts) == 1 else None
    best = max(told, key=lambda i: whole[i])
    if any(not any(n < words[best] for n in names[i]) for i in told if i != best):
        return None
    return rooms[best].name, True


def _own_words(rooms: Sequence[frozenset[str]], index: int) -> list[str]:
    """Words of one room that are in no other's, as "room" is in "bedroom"; and no numbers."""
    others = [word for i, words in enumerate(rooms) if i != index for word in words]
    return [w for w in rooms[index] if not w.isdigit() and not any(w in other for other in others)]


def _telling(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if word.isdigit() or wording.is_telling(word))


def _in_common(names: Iterable[str], spoken: Sequence[str]) -> list[int]:
    """Letters that each of the spoken words has in common with one of these names."""
    words = [word for name in names for word in _plain_words(name)]
    return [max((wording.letters_alike(one, word) for word in words), default=0) for one in spoken]


def _unsaid(entity: Entity, spoken: Sequence[str]) -> int:
    """Telling words of its name that were not said; of several names the best one's."""

    def missing(name: str) -> int:
        telling = (word for word in _plain_words(name) if wording.is_telling(word))
        return sum(1 for w in telling if not any(wording.letters_alike(one, w) for one in spoken))

    return min(map(missing, entity.names))


def tells(name: str) -> bool:
    """Whether a name has more than articles and what any device of its kind is called."""
    return any(wording.is_telling(word) for word in _plain_words(name))


def speaks_of(sentence: str, name: str) -> bool:
    """Whether a sentence has a word of a name, in whatever form."""
    said = [w for w in wording.words(wording.plain(sentence)) if wording.is_telling(w)]
    return any(wording.letters_alike(one, other) for one in said for other in _plain_words(name))


@lru_cache(maxsize=1 << 12)
def _plain_words(text: str) -> frozenset[str]:
    return frozenset(wording.words(wording.plain(text)))
