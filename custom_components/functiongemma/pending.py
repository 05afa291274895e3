"""The answer to a question of ours: "Front door or back door?" – "The back door."

The model understands one sentence at a time, and such an answer is no command. So it is understood
here, by name, and only where nothing else is said: anything more is a sentence of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from homeassistant.helpers.chat_session import CONVERSATION_TIMEOUT

from .core.calls import FunctionCall
from .core.functions import TARGET_PARAMETERS
from .core.home import Entity
from .core.resolve import Ambiguous

#: Questions that are remembered at the same time; one a conversation.
_MOST = 32


#: The first letter of the scripts that write no space before a particle; all of theirs lie above.
_HANGUL = "\u1100"


@dataclass
class Questions:
    """Questions that were asked back, by conversation."""

    _asked: dict[str, tuple[float, Sequence[Ambiguous]]] = field(default_factory=dict)
    """When they were asked (monotonic seconds), and all that one reply asked."""

    def ask(self, conversation_id: str, questions: Sequence[Ambiguous]) -> None:
        """Remember the questions of one reply."""
        self._asked.pop(conversation_id, None)
        if questions:
            self._asked[conversation_id] = (monotonic(), questions)
        while len(self._asked) > _MOST:
            del self._asked[next(iter(self._asked))]

    def answer(self, conversation_id: str, text: str, fillers: str) -> list[FunctionCall]:
        """The calls a sentence completes; none when it answers no open question.

        Questions are open for one sentence, and as long as a conversation lasts. "The kitchen"
        answers all that it can be the answer to. `fillers`: words that may stand around the name.
        """
        asked, questions = self._asked.pop(conversation_id, (0.0, ()))
        if monotonic() - asked > CONVERSATION_TIMEOUT.total_seconds():
            return []
        found = ((q, _meant(q.candidates, text, fillers.split())) for q in questions)
        return [_completed(question, entity) for question, entity in found if entity is not None]


def _completed(question: Ambiguous, entity: Entity) -> FunctionCall:
    """The call that was asked about, for one entity."""
    rest = {
        key: value
        for key, value in question.call.arguments.items()
        if key not in (*TARGET_PARAMETERS, "entity_id")
    }
    # A timer has no target, but it may have a name.
    meant = {"entity_id": entity.entity_id}
    if not question.function.has_target:
        meant = {"timer_name": entity.name}
    return FunctionCall(question.call.name, {**rest, **meant})


def _meant(candidates: Iterable[Entity], text: str, fillers: Sequence[str]) -> Entity | None:
    """The one candidate that is named, by its name, its area or both, and by nothing else."""
    said = _folded(text)
    found = {e.entity_id: e for e in candidates if _says(said, e, fillers)}
    return next(iter(found.values())) if len(found) == 1 else None


def _says(said: str, entity: Entity, fillers: Sequence[str]) -> bool:
    area = _folded(entity.area or "")
    wordings = [_folded(name) for name in entity.names]
    for name in [*wordings, area]:
        if name and name in said:
            rest = said.replace(name, " ", 1)
            if area and area in rest:
                rest = rest.replace(area, " ", 1)
            if _is_filler(rest, fillers):
                return True
    return False


def _is_filler(rest: str, fillers: Sequence[str]) -> bool:
    """Whether nothing is left but words that mean nothing here.

    Chinese, Japanese and Korean write particles without a space before them, so a filler may also
    be a part of a word there.
    """
    for word in rest.split():
        left = word
        while left and left not in fillers:
            start = next((f for f in fillers if f >= _HANGUL and left.startswith(f)), None)
            if start is None:
                return False
            left = left[len(start) :]
    return True


def _folded(text: str) -> str:
    """Lower case, letters and digits only, single spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())
