"""A sentence for a model that only takes text, and the text it answers with read back.

For servers elsewhere, which compute no constraint of ours: they write freely, and what they wrote
is checked here. An answer that is not possible in this home is none.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from . import tokens
from .calls import FunctionCall, Value, call_segments
from .constraint import Constraint, Refused
from .constraint.states import MAX_CALLS
from .decode import Answer, Decoded
from .functions import Function
from .home import Home
from .parser import parse
from .tokens import Segment

#: How a model's vocabulary spells the function tokens: FunctionGemma's way, or as base Gemma 3 and
#: the home model do, whose tokens 46 to 52 kept their names.
Spelling = Literal["functiongemma", "gemma"]
SPELLINGS: Final[tuple[Spelling, ...]] = ("functiongemma", "gemma")

#: Longest answer, in tokens; four calls take fewer.
MAX_ANSWER: Final = 160

#: Where an answer ends, in either spelling.
STOPS: Final = tuple(
    spelling for spelling, token in tokens.SPECIAL_SPELLINGS.items() if token in tokens.STOP_IDS
)
_STOP: Final = re.compile("|".join(map(re.escape, STOPS)))


@dataclass(frozen=True)
class Reply:
    """What a server answered."""

    text: str
    """Tokens the server does not print are missing in it."""

    logprobs: tuple[float, ...] | None = None
    """Of its tokens, in order; None where the server does not tell."""

    prompt_tokens: int | None = None
    milliseconds: float = 0.0


def prompt_text(segments: Iterable[Segment], spelling: Spelling) -> str:
    """The prompt as text for a server that puts `<bos>` before it and knows control tokens.

    Nothing in the text of the segments can become a control token: `tokens.defuse` has rewritten
    every spelling of one, in names, sentence and instructions alike.
    """
    names = {token: spelled(token, spelling) for token in tokens.SPELLINGS}
    parts = [part if isinstance(part, str) else names[part] for part in tokens.merge(segments)]
    return "".join(parts[1:] if parts and parts[0] == names[tokens.BOS] else parts)


def spelled(token: int, spelling: Spelling) -> str:
    """A control token's name in a vocabulary."""
    if spelling == "gemma" and token in tokens.FUNCTION_TOKENS:
        return f"<unused{token - 6}>"
    return tokens.SPELLINGS[token]


def read_calls(text: str) -> tuple[FunctionCall, ...]:
    """The calls an answer begins with; none where it begins with words, or is damaged.

    Calls follow each other directly. What comes after the end of the turn, after words, or again,
    is what a server has let the model go on with, and means nothing.
    """
    end = _STOP.search(text)
    said = text[: end.start()] if end else text
    found = parse(said)
    if found.texts:
        found = parse(said[: found.texts[0].position])
    calls = found.sound_calls
    if len(calls) != len(found.calls):
        return ()
    repeated = next((i for i, call in enumerate(calls) if call in calls[:i]), len(calls))
    return tuple(calls[:repeated])


class Checker:
    """Which calls are possible in a home: the very automaton that local models decode under."""

    def __init__(self, home: Home, functions: Sequence[Function]) -> None:
        # Sentences are checked in threads, and caches grow while they are.
        self._lock = threading.Lock()
        self._words = _Words()
        self._constraint = Constraint(home, functions, self._words)

    def allows(self, calls: Sequence[FunctionCall]) -> bool:
        """Whether a model on this machine could have answered these calls."""
        if not 0 < len(calls) <= MAX_CALLS:
            return False
        segments = [part for call in calls for part in call_segments(_canonical(call))]
        if any(isinstance(part, str) and _CONTROL.search(part) for part in segments):
            return False
        segments.append(tokens.START_FUNCTION_RESPONSE)
        with self._lock:
            try:
                ids = tokens.encode(segments, self._words.tokenize)
                return self._constraint.follow(ids).done
            except Refused:
                return False


def decoded(reply: Reply, checker: Checker, *, speaks: bool = False) -> Decoded:
    """The one answer of a server, as if it had been searched for.

    Without log-probabilities nothing is known about how sure the model was: it counts as sure.
    """
    read = read_calls(reply.text)
    calls = read if checker.allows(read) else ()
    logprobs = reply.logprobs
    logprob = min(sum(logprobs), 0.0) if logprobs else 0.0
    sure = math.exp(logprob)
    # A call that is not possible is no better than none, and nobody was sure of none.
    if read and not calls:
        logprob, sure = 0.0, 1.0
    first = math.exp(min(logprobs[0], 0.0)) if logprobs else 1.0
    words = None if read or not speaks else _STOP.split(reply.text)[0].strip()
    return Decoded(
        (Answer(calls, logprob),),
        sure,
        1.0,
        1.0 - first if calls else first,
        len(logprobs or ()),
        words,
        {"request": reply.milliseconds},
        prompt_tokens=reply.prompt_tokens,
    )


def _canonical(call: FunctionCall) -> FunctionCall:
    """The call with numbers as the constraint writes them: whole ones without a point."""
    return FunctionCall(call.name, {key: _plain(value) for key, value in call.arguments.items()})


def _plain(value: Value) -> Value:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


#: Digits and points stand alone, as in Gemma's vocabulary: numerals are checked one by one.
_WORD = re.compile(r"[0-9.]|[^0-9.]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: First id that is no token of Gemma's, and how many more there may be.
_FIRST = 1 << 18
_ROOM = 1 << 18


class _Words:
    """A vocabulary for text that has no tokens: whole words, as many as come."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._texts: list[str] = []

    def tokenize(self, text: str) -> list[int]:
        """Ids of the words of `text`."""
        found = []
        for word in _WORD.findall(text):
            if (known := self._ids.get(word)) is None:
                known = self._ids[word] = _FIRST + len(self._texts)
                self._texts.append(word)
            found.append(known)
        return found

    def detokenize(self, ids: Sequence[int]) -> str:
        """The text `ids` stand for."""
        return "".join(self._texts[token - _FIRST] for token in ids if token >= _FIRST)

    def ordinary(self) -> npt.NDArray[np.bool_]:
        """Shape (ids,): True for all words; `Checker` sees to control characters."""
        mask = np.ones(_FIRST + _ROOM, dtype=np.bool_)
        mask[:_FIRST] = False
        return mask
