"""The words for what was done, for a question back, and for why something cannot be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from homeassistant.core import State
from homeassistant.helpers.intent import IntentResponseErrorCode

from ..core.functions import ALL, HERE
from ..core.home import Entity
from ..core.resolve import Action, Ambiguous, Failed
from .turn import Outcome, Turn

#: Full stops of Chinese and Japanese.
_WIDE: Final = ("。", "？", "！")

#: More candidates than this are not read out.
_MOST_NAMED: Final = 5

_SWITCHING: Final = frozenset(("HassTurnOn", "HassTurnOff"))
#: Domains for which turning on is not what the general text of `HassTurnOn` says.
_NOT_SWITCHED: Final = frozenset(("cover", "lock", "scene", "script", "valve"))

#: Replies that hang on the value of a parameter.
_BY_VALUE: Final[Mapping[tuple[str, str, Any], tuple[str, str]]] = {
    ("media_player.volume_mute", "muted", "off"): ("HassMediaPlayerUnmute", "default"),
}


def done(turn: Turn, action: Action, entities: Sequence[Entity]) -> str:
    """What is said after an action that worked for `entities`."""
    states = turn.states(entities)
    slots: dict[str, Any] = dict(action.call.arguments)
    slots.pop("name", None)
    if len(entities) == 1:
        slots["name"] = entities[0].name
    kinds = [*_by_argument(action), *action.function.intents]
    candidates = [pair for kind in kinds for pair in candidates_for(*kind, states)]
    return turn.replies.respond(turn.hass, candidates, slots, states) or turn.replies.say("done")


def _by_argument(action: Action) -> list[tuple[str, str]]:
    """Intents that the given parameters stand for: a brightness, a colour, unmuting."""
    given = action.call.arguments
    found = [
        kind
        for (name, parameter, value), kind in _BY_VALUE.items()
        if name == action.function.name and given.get(parameter) == value
    ]
    found.extend(p.intent for p in action.function.parameters if p.name in given and p.intent)
    return found


def candidates_for(intent: str, key: str, states: Sequence[State]) -> Iterable[tuple[str, str]]:
    """Responses to try for an intent: the one for these devices first, the general one last."""
    several = len(states) > 1
    domains = {state.domain for state in states}
    if intent in _SWITCHING and len(domains) == 1 and not several:
        # The language's own word for it: `valve`, `fan`, …
        yield intent, next(iter(domains))
    if key != "default" and (several or not key.endswith("_area")):
        yield intent, key
    # "Turned on the switch" is about one, and no lock is turned on.
    if intent not in _SWITCHING or not (several or domains & _NOT_SWITCHED):
        yield intent, "default"


def refusal(turn: Turn, resolved: Ambiguous | Failed) -> Outcome:
    """A question, or why something cannot be done."""
    if isinstance(resolved, Ambiguous):
        return question(turn, resolved)
    if resolved.reason not in ("not_supported", "no_target") or resolved.value in ("", HERE, ALL):
        # No function, no call of it, or nothing of the kind in this home.
        code = IntentResponseErrorCode.NO_INTENT_MATCH
        return Outcome(turn.replies.say("nothing"), error=code)
    key = "not_supported" if resolved.reason == "not_supported" else "no_target"
    text = turn.replies.say(key, value=resolved.value)
    return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)


def question(turn: Turn, ambiguous: Ambiguous) -> Outcome:
    """Ask which of the candidates is meant."""
    spoken = spoken_names(ambiguous.candidates)
    if len(spoken) <= _MOST_NAMED:
        text = turn.replies.say("which_one", names=turn.replies.names(spoken, "or"))
    else:
        listed = turn.replies.names(spoken[:_MOST_NAMED], "or")
        text = turn.replies.say("which_of_many", names=listed, count=str(len(spoken)))
    return Outcome(text, question=ambiguous)


def spoken_names(entities: Sequence[Entity]) -> list[str]:
    """Names that tell the entities apart: with the area, or the id, where they are the same."""
    unique = {entity.entity_id: entity for entity in entities}
    names = {key: entity.name for key, entity in unique.items()}
    for hint in ("area", "entity_id"):
        counts = Counter(name.casefold() for name in names.values())
        for key, entity in unique.items():
            more = getattr(entity, hint)
            if more and counts[names[key].casefold()] > 1:
                names[key] = f"{entity.name} ({more})"
    return list(names.values())


def join(parts: Sequence[str]) -> str:
    """Replies one after the other, each said once."""
    unique = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if len(unique) < 2:
        return "".join(unique)
    ended = [_ended(part) for part in unique]
    # A full-width stop brings its own space.
    return "".join(s if s.endswith(_WIDE) else f"{s} " for s in ended).rstrip()


def _ended(part: str) -> str:
    """A reply as a sentence among others, with the full stop of its script."""
    if part.endswith((".", "?", "!", *_WIDE)):
        return part
    kana = any("\u3040" <= letter <= "\u30ff" for letter in part)
    return part + ("。" if kana or "\u4e00" <= part[-1] <= "\u9fff" else ".")
