"""Which of several devices a sentence names.

"Turn on the thermostat", in a home with a "Smart thermostat" and a "Pool heater": the model may say
no more than "here", yet the words tell. Used only to settle what would otherwise be asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from .home import Entity

#: A word; not a single letter, as in "A/C".
_WORD = re.compile(r"[^\W_a-z](?!\w)|\w{2,}")
#: Writing without spaces between words: there, a name is looked for inside the sentence. In Korean
#: particles follow a word without a space.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

#: Words a name must share with the sentence. Everything that shines is called a light or a lamp, so
#: one word is no name there; and whoever opens the wrong lock would rather have been asked.
_NEEDED = {"light": 2, "lock": 2}


def mentioned(candidates: Sequence[Entity], sentence: str) -> Entity | None:
    """The one candidate that more words of `sentence` speak of than of any other.

    Words of its name or of one alias come first, then those of its area. Words that all candidates
    share tell nothing. None when no candidate or several are spoken of best.
    """
    said = sentence.casefold()
    spoken = frozenset(_WORD.findall(said))

    def points(names: Sequence[Sequence[str]]) -> list[int]:
        """How many words of a candidate's best name are said, for every candidate."""
        words = [[frozenset(_WORD.findall(n.casefold())) for n in row] for row in names]
        common = frozenset[str].intersection(*(frozenset[str]().union(*row) for row in words))
        return [max(sum(_is_said(w, spoken, said) for w in n - common) for n in row)
                for row in words]  # fmt: skip

    by_name = points([entity.names for entity in candidates])
    by_area = points([[entity.area or ""] for entity in candidates])
    ranked = sorted(zip(by_name, by_area, candidates, strict=True), key=lambda r: (-r[0], -r[1]))
    named, placed, best = ranked[0]
    if any(r[:2] == (named, placed) and r[2].entity_id != best.entity_id for r in ranked[1:]):
        return None
    enough = named >= _NEEDED.get(best.domain, 1) or (placed and named == ranked[1][0])
    return best if enough else None


def _is_said(word: str, spoken: frozenset[str], sentence: str) -> bool:
    return word in spoken or (_UNSPACED.search(word) is not None and word in sentence)


#: Letters two words must begin with alike to be forms of one: kuchnia, kuchni; Garage, Garagentor.
_STEM = 4
#: And the least share of the shorter one.
_ALIKE = 0.6

#: What devices are called whatever they are: these words tell none from another, least of all where
#: some names are in the speaker's language and others are not. Without accents, without endings.
_NOUNS = re.compile(
    "(?:light|lamp|bulb|spot|lumier|lampe|ampoul|eclairag|luminair|licht|leucht|beleucht|birne|luz|"
    "luces|lampar|bombill|foco|luce|luci|lampad|swiatl|zarowk|oswietl|lampk|luminari|свет|ламп|люстр|"
    "fan|ventil|lufter|viftor|wentyl|вентил|blind|shutter|curtain|shade|store|volet|rideau|jalousi|"
    "rollla|vorhang|persian|cortin|tapparell|tend|gordijn|rolluik|zaluzj|rolet|zaslon|жалюз|штор|door|"
    "porte|tur|puerta|porta|deur|drzwi|brama|дверь|двер|lock|serrur|verrou|schloss|cerradur|serratur|"
    "slot|zamek|замок|замк|speaker|player|enceint|lecteur|lautsprech|altavoz|altoparlant|glosnik|"
    "odtwarzacz|колонк|media|multimedia|music|musiqu|musik|musica)[^\\W\\d_]{0,4}"
)


def spoken_of(candidates: Sequence[Entity], sentence: str, chosen: str | None) -> Entity | None:
    """The candidate whose name the sentence speaks of more clearly than of any other.

    Also in another form, or as a part of a compound. A word counts for its letters, and less the
    more candidates have it: "light" tells little, "garage" much. None when no candidate stands out,
    and when `chosen` (an entity id) is spoken of nearly as clearly. What devices are called
    whatever they are does not count; of a lock, when none is chosen, one word is not enough.
    """
    spoken = [
        word
        for word in set(_WORD.findall(_plain(sentence)))
        if not (_is_short(word) or _NOUNS.fullmatch(word))
    ]
    names = {e.entity_id: [set(_WORD.findall(_plain(n))) for n in e.names] for e in candidates}
    points = dict.fromkeys(names, 0.0)
    words = dict.fromkeys(names, 0)
    for said in spoken:
        alike = {
            entity_id: max(max((_alike(said, word) for word in name), default=0) for name in rows)
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


def _plain(text: str) -> str:
    """Lower case, without accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in folded if not unicodedata.combining(c)))


def _is_short(word: str) -> bool:
    """Articles and the like, in writing that has spaces."""
    return len(word) < 3 and not _UNSPACED.search(word)


def _alike(said: str, word: str) -> int:
    """Letters that a spoken word and one of a name have in common, if they may be the same."""
    if said == word:
        return len(word)
    same = next((i for i, (a, b) in enumerate(zip(said, word, strict=False)) if a != b),
                min(len(said), len(word)))  # fmt: skip
    if same >= _STEM and same >= _ALIKE * min(len(said), len(word)):
        return same
    inside = len(said) >= _STEM or _UNSPACED.search(said)
    if inside and said in word:
        return len(said)
    return len(word) if _UNSPACED.search(word) and word in said else 0
