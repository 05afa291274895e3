"""Questions about states: answered from Home Assistant, in its own words."""

from __future__ import annotations

from typing import Any, Final

from homeassistant.const import STATE_OFF, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State
from homeassistant.helpers.template import TemplateState
from homeassistant.helpers.translation import async_get_translations

from ..core.resolve import Action
from .turn import Outcome, Turn

#: States of a domain that a word of the model stands for, where they differ.
_ALSO: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("media_player", "on"): frozenset({"on", "playing", "paused", "idle", "buffering"}),
    ("media_player", "off"): frozenset({"off", "standby"}),
    ("vacuum", "on"): frozenset({"cleaning", "returning"}),
    ("vacuum", "off"): frozenset({"docked", "idle", "paused"}),
    ("timer", "on"): frozenset({"active"}),
    ("timer", "off"): frozenset({"idle"}),
    ("binary_sensor", "open"): frozenset({"on"}),
    ("binary_sensor", "closed"): frozenset({"off"}),
    ("cover", "open"): frozenset({"open", "opening"}),
    ("cover", "closed"): frozenset({"closed", "closing"}),
    ("valve", "open"): frozenset({"open", "opening"}),
    ("valve", "closed"): frozenset({"closed", "closing"}),
    ("lock", "unlocked"): frozenset({"unlocked", "open", "opening", "unlocking"}),
    ("lock", "open"): frozenset({"open", "opening"}),
}
#: What a binary sensor must be about for the word to mean anything.
_DEVICE_CLASSES: Final[dict[str, frozenset[str]]] = {
    "open": frozenset({"door", "garage_door", "opening", "window"}),
    "closed": frozenset({"door", "garage_door", "opening", "window"}),
    "locked": frozenset({"lock"}),
    "unlocked": frozenset({"lock"}),
}
_NOWHERE: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})

#: More devices than this are not read out one by one.
_MOST_READ: Final = 5


async def async_get(turn: Turn, action: Action) -> Outcome:
    """The state of one or several entities."""
    spoken = [await _async_sentence(turn, s) for s in turn.states(action.entities)[:_MOST_READ]]
    text = turn.replies.own["comma"].join(spoken) or turn.replies.say("none")
    return Outcome(text, action.entities, answer=True)


async def async_count(turn: Turn, action: Action) -> Outcome:
    """How many are in the state asked for."""
    return _query(turn, action, "how_many")


async def async_list(turn: Turn, action: Action) -> Outcome:
    """Which are in the state asked for."""
    return _query(turn, action, "which")


def _query(turn: Turn, action: Action, key: str) -> Outcome:
    wanted = str(action.data["state"])
    matched: list[State] = []
    unmatched: list[State] = []
    for state in turn.states(action.entities):
        if _is_about(state, wanted):
            (matched if _in_state(state, wanted) else unmatched).append(state)
    slots = {"state": wanted}
    spoken = turn.replies.respond(
        turn.hass, [("HassGetState", key)], slots, matched, unmatched
    ) or _counted(turn, matched, key)
    ids = {state.entity_id for state in matched}
    entities = tuple(e for e in action.entities if e.entity_id in ids)
    return Outcome(spoken, entities, answer=True)


def _counted(turn: Turn, matched: list[State], key: str) -> str:
    """The answer in a language without templates for it."""
    if key == "how_many":
        return str(len(matched))
    names = turn.replies.names(sorted(state.name for state in matched), "and")
    return names or turn.replies.say("none")


def _is_about(state: State, wanted: str) -> bool:
    """Whether the word can be said of the entity at all: no motion sensor is open."""
    if state.domain != "binary_sensor" or wanted not in _DEVICE_CLASSES:
        return True
    return state.attributes.get("device_class") in _DEVICE_CLASSES[wanted]


def _in_state(state: State, wanted: str) -> bool:
    if state.domain == "climate" and wanted == "on":
        return state.state not in _NOWHERE | {STATE_OFF}
    if state.domain == "binary_sensor" and wanted in ("locked", "unlocked"):
        # A lock's binary sensor is on while it is unlocked.
        return state.state == ("on" if wanted == "unlocked" else "off")
    return state.state in _ALSO.get((state.domain, wanted), frozenset({wanted}))


async def _async_sentence(turn: Turn, state: State) -> str:
    """`Kitchen blind is open`: Home Assistant's words, around a translated state."""
    value = await _async_words(turn, state)
    attributes: dict[str, Any] = dict(state.attributes)
    if state.domain == "climate" and (now := attributes.get("current_temperature")) is not None:
        unit = turn.hass.config.units.temperature_unit
        value = f"{value} ({now:g} {unit})" if isinstance(now, (int, float)) else value
    if value != state.state:
        # The template appends the unit itself where the state is a number.
        attributes.pop("unit_of_measurement", None)
    shown = State(state.entity_id, state.state, attributes)
    shown.state = value
    slots = {"name": state.name}
    spoken = turn.replies.respond(turn.hass, [("HassGetState", "one")], slots, [shown])
    if spoken is None:
        value = TemplateState(turn.hass, shown).state_with_unit
        spoken = turn.replies.say("state", name=state.name, value=value)
    return spoken


async def _async_words(turn: Turn, state: State) -> str:
    """A state as a person would read it in the app: translated, or with its unit."""
    if state.state in _NOWHERE:
        return turn.replies.say(state.state)
    translations = await async_get_translations(
        turn.hass, turn.replies.language, "entity_component", {state.domain}
    )
    for kind in (state.attributes.get("device_class", "_"), "_"):
        key = f"component.{state.domain}.entity_component.{kind}.state.{state.state}"
        if word := translations.get(key):
            # Inside a sentence, unless it is written in capitals throughout.
            return word if word.isupper() else word[:1].lower() + word[1:]
    return state.state
