"""The last sentence undone: what it changed becomes as it was.

Most devices are put back by Home Assistant's own way of reproducing a state, the one scenes use.
Locks, alarms, valves and ways into the house go through our calls, so that opening one again is
asked about first. What has happened for good, such as a message, is said to be so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State
from homeassistant.helpers.intent import IntentResponseErrorCode
from homeassistant.helpers.state import async_reproduce_state

from .core.calls import FunctionCall, Value
from .core.home import Entity
from .core.resolve import Action
from .execute import Outcome, Turn
from .execute.actions import async_patiently
from .execute.speech import spoken_names
from .history import Sentence
from .openings import ENTRANCES
from .phrases import Phrases
from .phrases.words import made_of

#: Domains that Home Assistant can put back, and of which the state is all there is.
_REPRODUCED: Final = frozenset(
    """
    climate cover fan humidifier input_boolean input_number input_select light media_player number
    select switch water_heater
    """.split()
)
#: Functions that state does not tell of: the song before is over, and a button was pressed.
_FOR_GOOD: Final = frozenset(
    f"media_player.{name}"
    for name in """
    media_next_track media_previous_track search_and_play shuffle_set repeat_set
    """.split()
)
#: Domain and state before to the function that brings it back.
_BY_CALL: Final = {
    ("lock", "locked"): "lock.lock",
    ("lock", "locking"): "lock.lock",
    ("lock", "unlocked"): "lock.unlock",
    ("lock", "unlocking"): "lock.unlock",
    ("alarm_control_panel", "disarmed"): "alarm_control_panel.alarm_disarm",
    ("alarm_control_panel", "armed_home"): "alarm_control_panel.alarm_arm_home",
    ("alarm_control_panel", "armed_away"): "alarm_control_panel.alarm_arm_away",
    ("alarm_control_panel", "armed_night"): "alarm_control_panel.alarm_arm_night",
    ("siren", "on"): "siren.turn_on",
    ("siren", "off"): "siren.turn_off",
    ("cover", "open"): "cover.open_cover",
    ("cover", "opening"): "cover.open_cover",
    ("cover", "closed"): "cover.close_cover",
    ("cover", "closing"): "cover.close_cover",
    ("valve", "open"): "valve.open_valve",
    ("valve", "opening"): "valve.open_valve",
    ("valve", "closed"): "valve.close_valve",
    ("valve", "closing"): "valve.close_valve",
}


def is_said(text: str, phrases: Phrases) -> bool:
    """Whether a sentence asks for it, and for nothing else."""
    return made_of(text, phrases.undo, phrases.polite)


@dataclass(frozen=True)
class Back:
    """An entity that is put back."""

    entity_id: str
    states: tuple[State, ...]
    """To be reproduced: its own, or those of all that it stands for."""


@dataclass(frozen=True)
class Plan:
    """How a sentence is undone."""

    states: tuple[Back, ...]

    calls: tuple[FunctionCall, ...]
    kept: tuple[Entity, ...]
    """Entities that stay as they are now."""

    partial: bool
    """Whether something stays as it is now; it may be none of the home's entities."""


def plan(turn: Turn, said: Sentence) -> Plan:
    """How to undo `said`. Only what is exposed now is touched."""
    states: dict[str, Back] = {}
    calls: dict[str, FunctionCall] = {}
    kept: dict[str, Entity] = {}
    exposed = {entity.entity_id for entity in turn.home.entities}
    for action in said.changes:
        for entity in action.entities:
            key = entity.entity_id
            before = said.before.get(key, ()) if key in exposed else ()
            before = tuple(state for state in before if _is_known(state, action))
            by_call = _by_call(entity)
            if by_call and _are_alike(before) and (call := _call(entity, before[0])):
                calls[key] = call
            elif before and not by_call and entity.domain in _REPRODUCED:
                states[key] = Back(key, tuple(map(_plain, before)))
            else:
                kept[key] = entity
    nameless = any(not action.entities for action in said.changes)
    return Plan(
        tuple(states.values()), tuple(calls.values()), tuple(kept.values()), bool(kept) or nameless
    )


def _is_known(state: State, action: Action) -> bool:
    gone = action.function.name in _FOR_GOOD
    return not gone and state.state not in (STATE_UNKNOWN, STATE_UNAVAILABLE)


def _by_call(entity: Entity) -> bool:
    if entity.domain == "cover":
        return entity.device_class in ENTRANCES
    return any(domain == entity.domain for domain, _ in _BY_CALL)


def _are_alike(states: Sequence[State]) -> bool:
    """Whether there is one state to go back to, for all of a group."""
    return len({(s.state, s.attributes.get("current_position")) for s in states}) == 1


def _call(entity: Entity, state: State) -> FunctionCall | None:
    """The call that brings `entity` back to `state`, if there is one."""
    target: dict[str, Value] = {"entity_id": [entity.entity_id]}
    position = state.attributes.get("current_position")
    if isinstance(position, (int, float)) and entity.supports("position"):
        name = f"{entity.domain}.set_{entity.domain}_position"
        return FunctionCall(name, {"position": int(position), **target})
    name = _BY_CALL.get((entity.domain, state.state), "")
    return FunctionCall(name, target) if name else None


def _plain(state: State) -> State:
    """The state, without what would start a song again that is playing."""
    if state.domain != "media_player":
        return state
    media = ("media_content_id", "media_content_type")
    rest = {key: value for key, value in state.attributes.items() if key not in media}
    return State(state.entity_id, state.state, rest)


def kept(turn: Turn, found: Plan) -> list[Outcome]:
    """What is said of the part that cannot be undone; nothing if there is none."""
    if not found.partial:
        return []
    names = turn.replies.names(spoken_names(found.kept), "and")
    text = turn.replies.say("cannot_undo_these", names=names)
    if not names or not (found.states or found.calls):
        text = turn.replies.say("cannot_undo")
    return [Outcome(text, error=IntentResponseErrorCode.FAILED_TO_HANDLE, failed=found.kept)]


async def async_restore(turn: Turn, states: Sequence[Back]) -> list[Outcome]:
    """Put states back; what was done, or nothing where there are none."""
    rows = {entity.entity_id: entity for entity in turn.home.entities}
    # Hidden since it was planned, it is out of reach.
    known = [(rows[back.entity_id], back) for back in states if back.entity_id in rows]
    if not known:
        gone = Outcome(
            turn.replies.say("cannot_undo"), error=IntentResponseErrorCode.NO_VALID_TARGETS
        )
        return [gone] if states else []
    errors = await asyncio.gather(*(_async_reproduce(turn, *pair) for pair in known))
    done = tuple(e for (e, _), error in zip(known, errors, strict=True) if error is None)
    failed = tuple(e for (e, _), error in zip(known, errors, strict=True) if error is not None)
    if not failed:
        return [Outcome(turn.replies.say("undone"), done)]
    names = turn.replies.names(spoken_names(failed), "and")
    if done:
        return [Outcome(turn.replies.say("partly", names=names), done, failed)]
    text = turn.replies.say("failed", names=names)
    return [Outcome(text, failed=failed, error=IntentResponseErrorCode.FAILED_TO_HANDLE)]


async def _async_reproduce(turn: Turn, entity: Entity, back: Back) -> Exception | None:
    work = partial(async_reproduce_state, turn.hass, back.states, context=turn.context)
    return await async_patiently(turn, "undo", entity, work)
