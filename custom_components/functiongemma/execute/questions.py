"""Questions about states: answered from Home Assistant, in its own words."""

from __future__ import annotations

from typing import Any, Final

from homeassistant.const import (
    STATE_HOME,
    STATE_NOT_HOME,
    STATE_OFF,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import State
from homeassistant.helpers.intent import IntentResponseErrorCode
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
    ("lawn_mower", "on"): frozenset({"mowing", "returning"}),
    ("lawn_mower", "off"): frozenset({"docked", "paused"}),
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
#: Domains whose state is what the device does, unless it is off.
_WORKING: Final = frozenset({"climate", "water_heater"})
#: States that say nothing about what an entity is like.
NOWHERE: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})
_AT_HOME_OR_NOT: Final = frozenset({STATE_HOME, STATE_NOT_HOME})

#: More devices than this are not read out one by one.
MOST_READ: Final = 5


async def async_get(turn: Turn, action: Action) -> Outcome:
    """The state of one or several entities."""
    spoken = [await async_sentence(turn, s) for s in turn.states(action.entities)[:MOST_READ]]
    text = turn.replies.own["comma"].join(spoken) or turn.replies.say("none")
    return Outcome(text, action.entities, answer=True)


async def async_all(turn: Turn, action: Action) -> Outcome:
    """Whether all are in the state asked for, and which are not."""
    return _query(turn, action, "all")


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
    if not matched and not unmatched:
        # There is no such device: neither yes nor no would be true.
        text = turn.replies.say("nothing")
        return Outcome(text, error=IntentResponseErrorCode.NO_VALID_TARGETS)
    slots = {"state": wanted}
    spoken = (
        _own_words(turn, action, matched, key)
        or turn.replies.respond(turn.hass, [("HassGetState", key)], slots, matched, unmatched)
        or _counted(turn, matched, unmatched, key)
    )
    ids = {state.entity_id for state in matched}
    entities = tuple(e for e in action.entities if e.entity_id in ids)
    return Outcome(spoken, entities, answer=True)


def _own_words(turn: Turn, action: Action, matched: list[State], key: str) -> str | None:
    """People are not "none", they are nobody."""
    if key == "which" and not matched and turn.replies.fluent:
        return turn.replies.say("nobody") if action.data["domain"] == "person" else None
    return None


def _counted(turn: Turn, matched: list[State], unmatched: list[State], key: str) -> str:
    """The answer in a language without templates for it."""
    if key == "how_many":
        return str(len(matched))
    those = unmatched if key == "all" else matched
    names = turn.replies.names(sorted(state.name for state in those), "and")
    if key == "all":
        return turn.replies.say("no_not_these", names=names) if names else turn.replies.say("yes")
    return names or turn.replies.say("none")


def _is_about(state: State, wanted: str) -> bool:
    """Whether the word can be said of the entity at all: no motion sensor is open."""
    if state.domain != "binary_sensor" or wanted not in _DEVICE_CLASSES:
        return True
    return state.attributes.get("device_class") in _DEVICE_CLASSES[wanted]


def _in_state(state: State, wanted: str) -> bool:
    if state.domain == "person" and wanted == STATE_NOT_HOME:
        # In any zone that is not home.
        return state.state not in NOWHERE | {STATE_HOME}
    if state.domain in _WORKING and wanted == "on":
        return state.state not in NOWHERE | {STATE_OFF}
    if state.domain == "binary_sensor" and wanted in ("locked", "unlocked"):
        # A lock's binary sensor is on while it is unlocked.
        return state.state == ("on" if wanted == "unlocked" else "off")
    return state.state in _ALSO.get((state.domain, wanted), frozenset({wanted}))


async def async_sentence(turn: Turn, state: State) -> str:
    """`Kitchen blind is open`: Home Assistant's words, around a translated state."""
    if state.domain == "person" and state.state not in NOWHERE | _AT_HOME_OR_NOT:
        # Any other state of a person is the name of a zone.
        return turn.replies.say("at_zone", name=state.name, zone=state.state)
    value = await _async_words(turn, state)
    attributes: dict[str, Any] = dict(state.attributes)
    if state.domain == "climate" and (now := attributes.get("current_temperature")) is not None:
        unit = turn.hass.config.units.temperature_unit
        if isinstance(now, (int, float)):
            value = f"{value} ({turn.replies.number(now)} {unit})"
    if state.state in NOWHERE or value != state.state:
        # The template appends the unit itself where the state is a number.
        attributes.pop("unit_of_measurement", None)
    shown = State(state.entity_id, state.state, attributes)
    shown.state = value
    slots = {"name": state.name}
    spoken = turn.replies.respond(turn.hass, [("HassGetState", "one")], slots, [shown])
    value = TemplateState(turn.hass, shown).state_with_unit
    spoken = spoken or turn.replies.say("state", name=state.name, value=value)
    if "unit_of_measurement" in attributes:
        # Most languages leave the number as a computer writes it.
        spoken = spoken.replace(value, value.replace(".", turn.replies.own["decimal"], 1))
    return spoken


async def _async_words(turn: Turn, state: State) -> str:
    """A state as a person would read it in the app: translated, or with its unit."""
    if state.state in NOWHERE:
        return turn.replies.say(state.state)
    word = await async_translated(
        turn, state.domain, state.state, state.attributes.get("device_class", "_")
    )
    # Inside a sentence, unless it is written in capitals throughout.
    return word if word.isupper() or word == state.state else word[:1].lower() + word[1:]


async def async_translated(turn: Turn, domain: str, value: str, kind: str = "_") -> str:
    """A state as it is translated in the app; `kind`: the device class, where it matters."""
    translations = await async_get_translations(
        turn.hass, turn.replies.interface, "entity_component", {domain}
    )
    for part in (kind, "_"):
        if word := translations.get(f"component.{domain}.entity_component.{part}.state.{value}"):
            return word
    return value
