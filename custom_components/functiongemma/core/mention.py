"""Which of several devices a sentence names.

"Turn on the thermostat", in a home with a "Smart thermostat" and a "Pool heater": the model may say
no more than "here", yet the words tell. Used only to settle what would otherwise be asked.
"""

from __future__ import annotations

import re
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
