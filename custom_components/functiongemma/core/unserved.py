"""What a sentence names and no call is for yet: "the hood, the dishwasher and the spots off".

Asked between two calls. It is no proof: "the lamp beside the television" is about one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from . import wording
from .calls import FunctionCall
from .home import Entity, Home
from .said import Said, contains, outermost

#: What people move; a sensor's name is often just what is measured.
_MOVED: Final = frozenset(
    "climate cover fan humidifier input_boolean lawn_mower light lock media_player siren switch "
    "todo vacuum valve water_heater".split()
)
#: Letters between "and" and a name at most: an article.
_NEAR: Final = 5
#: Share of a name's letters that must be in the sentence before it is looked for.
_SHARE: Final = 0.6

#: Calls that are for no device of what they say: "a timer for the oven". Nor are questions.
_TOLD: Final = frozenset(("state", "timer", "notify", "assist_satellite"))

Span = tuple[int, int]


class Unserved:
    """Which devices one sentence names, and where, and what it goes on with."""

    def __init__(self, said: Said, home: Home) -> None:
        self._said = said
        places = frozenset(map(wording.plain, home.places))
        named: dict[str, list[Entity]] = {}
        for entity in home.entities:
            if entity.domain in _MOVED:
                for name in entity.names:
                    named.setdefault(name, []).append(entity)
        found: dict[Span, list[Entity]] = {}
        for name, entities in named.items():
            if said.share(name) >= _SHARE and _is_telling(name):
                spans = [] if wording.plain(name) in places else said.spans(name)
                for span in spans:
                    found.setdefault(span, []).extend(entities)
        self._named = {span: found[span] for span in outermost(found)}

    def left(self, calls: Sequence[FunctionCall]) -> int:
        """How many things are named that none of `calls` is for, nor speaks of."""
        if any(call.name.partition(".")[0] in _TOLD for call in calls):
            return 0
        texts = [v for call in calls for v in call.arguments.values() if isinstance(v, str)]
        spent = [span for text in texts for span in self._said.spans(text)]
        return self._another_item(calls, spent) + self._other_devices(calls, texts, spent)

    def _another_item(self, calls: Sequence[FunctionCall], spent: Sequence[Span]) -> bool:
        """Whether "and" follows the last item, and nothing that is in a call follows that."""
        item = calls[-1].arguments.get("item") if calls else None
        spans = self._said.spans(item) if isinstance(item, str) else []
        start = self._said.goes_on(spans[-1][1]) if spans else None
        return start is not None and not any(0 <= s - start <= _NEAR for s, _ in spent)

    def _other_devices(
        self, calls: Sequence[FunctionCall], texts: Sequence[str], spent: Sequence[Span]
    ) -> int:
        """How many are named beside what is in a call, with an "and" or a comma between."""
        placed = {
            call.name.partition(".")[0]
            for call in calls
            if call.arguments.keys() & {"area", "floor"}
        }
        return sum(
            not any(_meet(span, other) for other in spent)
            and not any(entity.domain in placed for entity in entities)
            and not any(contains(text, n) for text in texts for e in entities for n in e.names)
            and self._is_linked(span, spent)
            and not self._said.is_denied(span[0])
            for span, entities in self._named.items()
        )

    def _is_linked(self, span: Span, spent: Sequence[Span]) -> bool:
        before = max((end for _, end in spent if end <= span[0]), default=None)
        after = min((start for start, _ in spent if start >= span[1]), default=None)
        return (before is not None and self._said.is_linked(before, span[0])) or (
            after is not None and self._said.is_linked(span[1], after)
        )


@lru_cache(maxsize=8192)
def _is_telling(name: str) -> bool:
    return any(wording.is_telling(word) for word in wording.words(wording.plain(name)))


def _meet(span: Span, other: Span) -> bool:
    return span[0] < other[1] and other[0] < span[1]
