"""What was said before, and what the model made of it: people say the same things every day."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Final

from .core.decode import Decoded
from .core.work import Work

#: Sentences kept; what is said in a house in a week.
_KEPT: Final = 256


class Answers:
    """The latest answers, by home and sentence.

    Given the time, the model says the same whenever it is asked the same: nothing in its prompt
    changes but the home, and another home has another key. Kept in memory only.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Decoded] = OrderedDict()

    def get(self, key: str, sentence: str) -> Decoded | None:
        """What was answered to the same words about the home with this key; no time was spent."""
        asked = key, _words(sentence)
        found = self._kept.get(asked)
        if found is not None:
            self._kept.move_to_end(asked)
        return found

    def put(self, key: str, sentence: str, decoded: Decoded) -> None:
        """Keep the answer of a search that had the time it needed."""
        if not decoded.answers:
            return
        asked = key, _words(sentence)
        timings = dict.fromkeys(decoded.timings, 0.0)
        self._kept[asked] = replace(
            decoded, timings=timings, work=Work(), evaluated=0, remembered=True
        )
        self._kept.move_to_end(asked)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget all: the next answers are the model's own."""
        self._kept.clear()


def _words(sentence: str) -> str:
    """A sentence as the prompt has it."""
    return " ".join(sentence.split())
