"""Guesses at an answer, one decision at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .. import tokens
from ..calls import FunctionCall, call_segments
from ..constraint import Constraint, Free, State
from ..constraint.numerals import begun
from ..home import Home
from ..said import Said, size
from .habits import Habits, Place
from .seeds import seeds

#: A name of which less is in the sentence was not said.
_SAID = 0.6
#: How likely it is that what was said in full is what is meant.
_MEANT = 0.9
#: Stands for a numeral in a place, when one was said.
_NUMERAL = -1
#: Values of a parameter that are followed.
_FOLLOWED = 2


class Guesser:
    """What is known about sentences and answers. One model's: places are in its tokens."""

    def __init__(self) -> None:
        self._habits = Habits()
        self._seeded = False

    def prepare(self, constraint: Constraint) -> None:
        """Know what is known beforehand, in the tokens of this model."""
        if not self._seeded:
            self._seeded = True
            for said, flags, call in seeds():
                self._learn((call,), SentenceGuess(Said(said), flags, self._habits, constraint))

    def of(self, said: Said, home: Home, constraint: Constraint) -> SentenceGuess:
        """Guesses for a sentence in a home."""
        self.prepare(constraint)
        return SentenceGuess(said, _flags(said, home), self._habits, constraint)

    def learn(self, guess: SentenceGuess, calls: Sequence[FunctionCall]) -> None:
        """Remember what was answered."""
        if calls:
            self._learn(calls, guess)

    def _learn(self, calls: Sequence[FunctionCall], guess: SentenceGuess) -> None:
        for place, token in guess.places(calls):
            self._habits.learn(place, token, guess.features)


class SentenceGuess:
    """What comes next in the answer to one sentence: see `decode.Guess`."""

    def __init__(
        self, said: Said, flags: Iterable[str], habits: Habits, constraint: Constraint
    ) -> None:
        self._said = said
        self._habits = habits
        self._constraint = constraint
        self.features = (*said.words, *flags, *(("#",) if said.numerals else ()))
        self._characters = {token: c for c, token in constraint.numeral_ids.items()}
        self._meant: dict[tuple[str, ...], list[tuple[tuple[int, ...], float]]] = {}

    def __call__(self, path: Sequence[int], state: State) -> list[tuple[int, float]]:
        """Tokens that may come next, the likeliest first, and how likely each is."""
        allowed = state.allowed()
        if isinstance(allowed, Free):
            return []
        choices = set(allowed.tolist())
        found = self._copied(path, state, choices)
        rest = 1 - sum(found.values())
        if rest > 0.05:
            shares = self._habits.shares(self._place(path), choices, self.features)
            for token, share in shares.items():
                found[token] = found.get(token, 0.0) + rest * share
        return sorted(found.items(), key=lambda item: -item[1])

    def places(self, calls: Sequence[FunctionCall]) -> Iterator[tuple[Place, int]]:
        """Where in the answer what came next, as far as it was not said."""
        segments = [part for call in calls for part in call_segments(call)]
        segments.append(tokens.START_FUNCTION_RESPONSE)
        path = tokens.encode(segments, lambda text: list(self._constraint.ids(text)))
        for index in range(1, len(path)):
            yield self._place(path[:index]), path[index]

    def _copied(self, path: Sequence[int], state: State, choices: set[int]) -> dict[int, float]:
        """What the sentence itself says."""
        values = state.values()
        if values is not None:
            return self._named(path, values, choices)
        return self._counted(path, choices) if self._said.numerals else {}

    def _counted(self, path: Sequence[int], choices: set[int]) -> dict[int, float]:
        """The next character of a numeral that was said."""
        if not self._characters.keys() & choices:
            return {}
        text = begun(path, self._characters)
        if text in self._said.numerals:
            return {}
        left = [n[len(text)] for n in self._said.numerals if n.startswith(text)]
        ids = self._constraint.numeral_ids
        return {ids[c]: _MEANT * left.count(c) / len(left) for c in left if ids[c] in choices}

    def _named(
        self, path: Sequence[int], values: tuple[str, ...], choices: set[int]
    ) -> dict[int, float]:
        start = tokens.after(path, tokens.ESCAPE)
        meant = self._meant.get(values)
        if meant is None:
            meant = self._meant[values] = self._likely(values)
        left = [(ids, share) for ids, share in meant if ids[: len(start)] == start]
        whole = sum(share for _, share in left) / max(_MEANT, 1e-9) if start else 1.0
        found: dict[int, float] = {}
        for ids, share in left:
            if ids[len(start)] in choices:
                token = ids[len(start)]
                found[token] = found.get(token, 0.0) + share / whole
        return found

    def _likely(self, values: tuple[str, ...]) -> list[tuple[tuple[int, ...], float]]:
        """The values that were said, as tokens, and how likely each is meant."""
        shares = [(self._said.share(value), value) for value in values]
        said = [(share**4 * size(value), share, value) for share, value in shares if share > _SAID]
        best = sorted(said, reverse=True)[:_FOLLOWED]
        whole = sum(weight for weight, _, _ in best)
        return [
            (
                (*self._constraint.ids(tokens.defuse(value)), tokens.ESCAPE),
                _MEANT * share**2 * weight / whole,
            )
            for weight, share, value in best
        ]

    def _place(self, path: Sequence[int]) -> Place:
        place: list[int] = []
        quoted = False
        for token in tokens.after(path, tokens.START_FUNCTION_CALL):
            if token == tokens.ESCAPE:
                quoted = not quoted
                if not quoted:
                    while place[-1] != tokens.ESCAPE:
                        place.pop()
            elif not quoted and self._said.numerals and token in self._characters:
                if place and place[-1] == _NUMERAL:
                    continue
                token = _NUMERAL
            place.append(token)
        return tuple(place)


def _flags(said: Said, home: Home) -> list[str]:
    """Which kinds of names are in the sentence."""
    flags = list({f"named {e.domain}" for e in home.entities if any(map(said.whole, e.names))})
    if flags:
        flags.append("named")
    if any(said.whole(name) for area in home.areas for name in area.names):
        flags.append("area")
    if any(said.whole(area.floor or "") for area in home.areas):
        flags.append("floor")
    return flags
