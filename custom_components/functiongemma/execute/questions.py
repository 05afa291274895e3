"""Questions about states: answered from Home Assistant, in its own words."""

from __future__ import annotations

from homeassistant.core import State
from homeassistant.helpers.translation import async_get_translations

from ..core.resolve import Action
from .turn import Outcome, Turn

#: States of a domain that a word of the model stands for, where they differ.
_ALSO: dict[tuple[str, str], frozenset[str]] = {
    ("media_player", "on"): frozenset({"on", "playing", "paused", "idle", "buffering"}),
    ("media_player", "off"): frozenset({"off", "standby"}),
    ("binary_sensor", "open"): frozenset({"on"}),
    ("binary_sensor", "closed"): frozenset({"off"}),
    ("cover", "open"): frozenset({"open", "opening"}),
    ("cover", "closed"): frozenset({"closed", "closing"}),
    ("lock", "unlocked"): frozenset({"unlocked", "open", "opening", "unlocking"}),
}


async def async_get(turn: Turn, action: Action) -> Outcome:
    """The state of one or several entities."""
    states = [s for e in action.entities if (s := turn.hass.states.get(e.entity_id))]
    spoken = []
    for state in states[:5]:
        value = await _async_words(turn, state)
        spoken.append(turn.replies.say("state", name=state.name, value=value))
    return Outcome(", ".join(spoken) or turn.replies.say("none"), action.entities)


async def async_count(turn: Turn, action: Action) -> Outcome:
    """How many are in the state asked for."""
    return _query(turn, action, "how_many")


async def async_list(turn: Turn, action: Action) -> Outcome:
    """Which are in the state asked for."""
    return _query(turn, action, "which")


def _query(turn: Turn, action: Action, key: str) -> Outcome:
    matched, unmatched = [], []
    for entity in action.entities:
        if (state := turn.hass.states.get(entity.entity_id)) is not None:
            (matched if _in_state(state, str(action.data["state"])) else unmatched).append(state)
    slots = {"state": action.data["state"]}
    candidates = [("HassGetState", key)]
    spoken = turn.replies.respond(turn.hass, candidates, slots, matched, unmatched)
    if spoken is None:
        names = ", ".join(sorted(state.name for state in matched))
        spoken = str(len(matched)) if key == "how_many" else names
    return Outcome(spoken or turn.replies.say("none"), action.entities)


def _in_state(state: State, wanted: str) -> bool:
    if wanted == "on" and state.domain == "climate":
        return state.state not in ("off", "unavailable", "unknown")
    return state.state in _ALSO.get((state.domain, wanted), frozenset({wanted}))


async def _async_words(turn: Turn, state: State) -> str:
    """A state as a person would read it in the app: translated, with its unit."""
    if unit := state.attributes.get("unit_of_measurement"):
        return f"{state.state} {unit}"
    domain = state.domain
    translations = await async_get_translations(
        turn.hass, turn.replies.language, "entity_component", {domain}
    )
    device_class = state.attributes.get("device_class", "_")
    for kind in (device_class, "_"):
        key = f"component.{domain}.entity_component.{kind}.state.{state.state}"
        if key in translations:
            return translations[key]
    return state.state
