"""What followed what: counts of tokens by the place in a call and by what the sentence has.

A naive Bayes estimate, damped, since a sentence's words depend on each other.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Sequence

#: A place in a call: its tokens up to there, apart from what the sentence said itself.
Place = tuple[int, ...]

#: Places remembered.
_PLACES = 600
#: Words remembered at a place; and what is seen so often there is halved, so that habits change.
_WORDS = 2000
_MOST = 400

#: How much a token's share counts before a word was ever seen with it, in sentences.
_PRIOR = 0.7
#: Words depend on each other: what they say together counts less than their product.
_DAMPED = 0.8
#: Sentences' worth of doubt that what was never seen comes next.
_DOUBT = 0.5


class Habits:
    """Counts over earlier answers."""

    def __init__(self) -> None:
        self._places: OrderedDict[Place, _Counts] = OrderedDict()

    def learn(self, place: Place, token: int, features: Iterable[str]) -> None:
        """`token` came next at `place`, in a sentence with these features."""
        counts = self._places.get(place)
        if counts is None:
            counts = self._places[place] = _Counts()
            if len(self._places) > _PLACES:
                self._places.popitem(last=False)
        counts.add(token, features)

    def shares(
        self, place: Place, allowed: Collection[int], features: Sequence[str]
    ) -> dict[int, float]:
        """How likely each token is that was seen at `place` and is allowed; together below 1."""
        counts = self._places.get(place)
        if counts is None:
            return {}
        self._places.move_to_end(place)
        return counts.shares(allowed, features)


class _Counts:
    """What came next at one place."""

    def __init__(self) -> None:
        self._tokens: Counter[int] = Counter()
        self._words: dict[str, Counter[int]] = {}

    def add(self, token: int, features: Iterable[str]) -> None:
        self._tokens[token] += 1
        for feature in features:
            self._words.setdefault(feature, Counter())[token] += 1
        if self._tokens.total() > _MOST or len(self._words) > _WORDS:
            self._tokens = _halved(self._tokens)
            halves = {word: _halved(counts) for word, counts in self._words.items()}
            self._words = {word: counts for word, counts in halves.items() if counts}

    def shares(self, allowed: Collection[int], features: Sequence[str]) -> dict[int, float]:
        seen = {t: count for t, count in self._tokens.items() if t in allowed}
        if not seen:
            return {}
        total = sum(seen.values())
        words = [counts for f in features if (counts := self._words.get(f))]
        weights: dict[int, float] = {}
        sums = [sum(counts[t] for t in seen) / total for counts in words]
        for token, count in seen.items():
            score = 0.0
            for counts, share in zip(words, sums, strict=True):
                if share:
                    score += math.log((counts[token] / share + _PRIOR) / (count + _PRIOR))
            weights[token] = math.log(count) + _DAMPED * score
        top = max(weights.values())
        odds = {token: math.exp(weight - top) for token, weight in weights.items()}
        whole = sum(odds.values()) * (1 + _DOUBT / total)
        return {token: weight / whole for token, weight in odds.items()}


def _halved(counts: Counter[int]) -> Counter[int]:
    return Counter({token: count // 2 for token, count in counts.items() if count > 1})
