"""The answer to a question of ours: "Front door or back door?" – "The back door."

The model understands one sentence at a time, and such an answer is no command. So it is understood
here, by name, and only where nothing else is said: anything more is a sentence of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from homeassistant.helpers.chat_session import CONVERSATION_TIMEOUT

from .core.calls import FunctionCall
from .core.functions import TARGET_PARAMETERS
from .core.home import Entity
from .core.resolve import Ambiguous
from .phrases import Phrases
from .phrases.words import folded, is_unspaced, made_of

#: Questions that are remembered at the same time; one a conversation.
_MOST = 32


@dataclass
class Questions:
    """Questions that were asked back, by conversation."""

    _asked: dict[str, tuple[float, Sequence[Ambiguous], str]] = field(default_factory=dict)
    """When they were asked (monotonic seconds), all that one reply asked, and to which sentence."""

    def ask(self, conversation_id: str, questions: Sequence[Ambiguous], said: str) -> None:
        """Remember the questions of one reply to the sentence `said`."""
        self._asked.pop(conversation_id, None)
        if questions:
            self._asked[conversation_id] = (monotonic(), questions, said)
        while len(self._asked) > _MOST:
            del self._asked[next(iter(self._asked))]

    def answer(
        self, conversation_id: str, text: str, fillers: str, phrases: Phrases
    ) -> tuple[list[FunctionCall], str] | None:
        """The calls a sentence completes, and the sentence they are of; None: it answers nothing.

        Questions are open for one sentence, and as long as a conversation lasts. "The kitchen"
        answers all that it can be the answer to; "none of them" leaves nothing to call. `fillers`:
        more words that may stand around a name.
        """
        asked, questions, said = self._asked.pop(conversation_id, (0.0, (), ""))
        if monotonic() - asked > CONVERSATION_TIMEOUT.total_seconds() or not questions:
            return None
        if made_of(text, (*phrases.none, *phrases.no), phrases.polite):
            return [], said
        around = (*fillers.split(), *phrases.fillers, *phrases.polite)
        calls = [
            _completed(question, entity)
            for question in questions
            for entity in _meant(question.candidates, text, phrases, around)
        ]
        return (calls, said) if calls else None


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


def _meant(
    candidates: Iterable[Entity], text: str, phrases: Phrases, around: Sequence[str]
) -> list[Entity]:
    """The candidates that a sentence says: by name, by place in the question, or all of them."""
    # Read out in this order, each once.
    listed = list({e.entity_id: e for e in candidates}.values())
    for says in (_full_name, _part_of_name):
        if len(found := [e for e in listed if says(text, e, phrases, around)]) == 1:
            return found
    if made_of(text, phrases.all, around):
        return listed
    if made_of(text, phrases.both, around):
        # Looked at before the second, which is "deux" as in "les deux".
        return listed if len(listed) == 2 else []
    for words, entity in zip(phrases.ordinals, listed, strict=False):
        if made_of(text, words, around):
            return [entity]
    if made_of(text, phrases.last, around):
        return listed[-1:]
    return []


def _full_name(text: str, entity: Entity, phrases: Phrases, around: Sequence[str]) -> bool:
    """Whether its name is said, its area or both, and nothing else."""
    area = [entity.area] if entity.area else []
    return made_of(text, [*entity.names, *area], around)


def _part_of_name(text: str, entity: Entity, phrases: Phrases, around: Sequence[str]) -> bool:
    """Whether words of its name or area are said, and nothing else: "the left one"."""
    names = [folded(name) for name in (*entity.names, entity.area or "")]
    words = {word for name in names for word in name.split() if word not in around}
    for forms in phrases.sides:
        # "Lewą" is said of "Lewa lampa"; without spaces, 左 stands anywhere in 左のランプ.
        own = {folded(form) for form in forms}
        if own & words or any(is_unspaced(f) and f in name for f in own for name in names):
            words |= own
    return made_of(text, words, around)
