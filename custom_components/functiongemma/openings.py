"""What an action of Home Assistant would let somebody in by, or water out.

Scripts and scenes are looked into as far as they are written down: which locks, alarm panels,
garage doors, gates, doors and valves they open. What they choose by a template is not known before
they run, so then the script itself is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.template import Template

from .groups import members

#: Covers that are ways into the house.
ENTRANCES: Final = ("door", "garage", "gate")

UNLOCK: Final = "confirm_unlock"
OPEN: Final = "confirm_open"
DISARM: Final = "confirm_disarm"
#: Something may be opened, and nobody can tell what.
UNSURE: Final = "confirm_unsure"

#: By domain: the action, or the type of a device action, to the question before it.
_OPENS: Final[dict[str, dict[str, str]]] = {
    "lock": {"unlock": UNLOCK, "open": OPEN, "turn_off": UNLOCK, "toggle": UNLOCK},
    "alarm_control_panel": {"alarm_disarm": DISARM, "disarm": DISARM},
    "cover": dict.fromkeys(
        ("open_cover", "open", "turn_on", "toggle", "set_cover_position", "set_position"), OPEN
    ),
    "valve": dict.fromkeys(
        ("open_valve", "open", "turn_on", "toggle", "set_valve_position", "set_position"), OPEN
    ),
}
#: Actions for entities of any domain.
_ANY: Final = ("turn_on", "turn_off", "toggle")
#: Actions of scripts that are no script's name.
_OF_SCRIPTS: Final = ("turn_on", "toggle", "turn_off", "reload")
#: What says where, and how far.
_WHERE: Final = ("entity_id", "device_id", "area_id", "floor_id", "label_id", "position")
#: States in which a scene leaves something open.
_OPEN_STATES: Final = {
    "lock": {"unlocked": UNLOCK, "open": OPEN},
    "alarm_control_panel": {"disarmed": DISARM},
    "cover": {"open": OPEN},
    "valve": {"open": OPEN},
}

#: What would be opened, by entity id (or the name of what may open something unknown), with the
#: key of the question that is asked first.
type Opened = dict[str, str]


def would_open(state: State, position: object) -> bool:
    """Whether a cover, valve or lock would be further open than it is; `position`: per cent."""
    if not isinstance(position, (int, float)):
        return state.state not in ("open", "unlocked")
    now = state.attributes.get("current_position")
    return position > (now if isinstance(now, (int, float)) else 0)


def device_class(hass: HomeAssistant, state: State) -> str | None:
    """Its device class; that of a way into the house for a group that has one among others."""
    own: str | None = state.attributes.get(ATTR_DEVICE_CLASS)
    if state.domain != "cover" or own in ENTRANCES:
        return own
    kinds = (member.attributes.get(ATTR_DEVICE_CLASS) for member in members(hass, state))
    return next((str(kind) for kind in kinds if kind in ENTRANCES), own)


def key_of(hass: HomeAssistant, state: State, action: str, position: object = None) -> str | None:
    """The question before `action` of its domain for this entity; None: none."""
    if state.domain == "cover" and device_class(hass, state) not in ENTRANCES:
        return None
    key = _OPENS.get(state.domain, {}).get(action)
    moves = action == "toggle" or action.endswith("position")
    # A group's own position is the mean of all: what of it is further open than it was, opens.
    parts = [*members(hass, state)] or [state]
    return key if key and (not moves or any(would_open(s, position) for s in parts)) else None


def opened_by_action(
    hass: HomeAssistant, domain: str, action: str, data: Mapping[str, Any], name: str
) -> Opened:
    """What `domain.action` with `data` opens; `name`: who calls it, for what cannot be known."""
    return _Look(hass).action(domain, action, data, name)


def opened_by_sequence(hass: HomeAssistant, sequence: object, name: str) -> Opened:
    """What the steps of a script open; `name`: what it is called."""
    return _Look(hass).steps(sequence, name)


class _Look:
    """One look into an action and all that it runs."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._seen: set[str] = set()
        """Scripts that were looked into: they may run each other."""

    def action(self, domain: str, action: str, data: Mapping[str, Any], name: str) -> Opened:
        if domain == "script" and action not in _OF_SCRIPTS:
            return self._script(f"script.{action}", name)
        if (domain, action) == ("scene", "apply"):
            return self._applied(data.get("entities"), name)
        entity_ids = self._entities(data)
        if entity_ids is None:
            unknown = action in _OPENS.get(domain, {}) or domain in ("script", "homeassistant")
            return {name: UNSURE} if unknown else {}
        found: Opened = {}
        for entity_id in entity_ids:
            own = entity_id.partition(".")[0]
            if domain not in (own, "homeassistant") or (
                domain == "homeassistant" and action not in _ANY
            ):
                continue
            if own == "script" and action != "turn_off":
                found |= self._script(entity_id, name)
            elif own == "scene" and action == "turn_on":
                found |= self._scene(entity_id)
            elif (state := self._hass.states.get(entity_id)) and (
                key := key_of(self._hass, state, action, data.get("position"))
            ):
                found[entity_id] = key
        return found

    def _entities(self, data: Mapping[str, Any]) -> list[str] | None:
        """The entities an action is for; None where that is decided when it runs."""
        target = data.get("target")
        where = {**(target if isinstance(target, Mapping) else {}), **data}
        if isinstance(target, Template) or any(_unknown(where.get(key)) for key in _WHERE):
            return None
        selection = TargetSelection(where)
        if not selection.has_any_target:
            return None
        if "all" in selection.entity_ids:
            return sorted(self._hass.states.async_entity_ids())
        chosen = async_extract_referenced_entity_ids(self._hass, selection)
        registry = er.async_get(self._hass)
        ids = sorted(chosen.referenced | chosen.indirectly_referenced)
        return [er.async_resolve_entity_id(registry, entity_id) or entity_id for entity_id in ids]

    def _script(self, entity_id: str, name: str) -> Opened:
        component = self._hass.data.get("script")
        if component is None:
            return {}
        # An action bears the script's own id, which its entity may have been renamed from.
        registry = er.async_get(self._hass)
        own = registry.async_get_entity_id("script", "script", entity_id.partition(".")[2])
        entity = component.get_entity(own or entity_id) or component.get_entity(entity_id)
        if entity is None or entity.entity_id in self._seen:
            return {}
        self._seen.add(entity.entity_id)
        steps = getattr(getattr(entity, "script", None), "sequence", None)
        return self.steps(steps, str(entity.name or name))

    def _scene(self, entity_id: str) -> Opened:
        component = self._hass.data.get("homeassistant_scene")
        scene = getattr(component, "entities", {}).get(entity_id)
        states = getattr(getattr(scene, "scene_config", None), "states", {})
        found: Opened = {}
        for state in states.values():
            found |= self._left(state.entity_id, state.state)
        return found

    def _applied(self, entities: object, name: str) -> Opened:
        """What states that are written down without a scene leave open."""
        if not isinstance(entities, Mapping):
            return {name: UNSURE} if _unknown(entities) else {}
        found: Opened = {}
        for entity_id, wanted in entities.items():
            state = wanted.get("state") if isinstance(wanted, Mapping) else wanted
            if _unknown(wanted) or _unknown(state) or _unknown(entity_id):
                found[name] = UNSURE
            else:
                found |= self._left(str(entity_id), state)
        return found

    def _left(self, entity_id: str, wanted: object) -> Opened:
        """What is open when that entity is in the state that is wanted."""
        domain, now = entity_id.partition(".")[0], self._hass.states.get(entity_id)
        key = _OPEN_STATES.get(domain, {}).get(str(wanted))
        if now is None or not key or (domain == "cover" and not key_of(self._hass, now, "open")):
            return {}
        return {entity_id: key}

    def steps(self, sequence: object, name: str) -> Opened:
        found: Opened = {}
        for step in _dicts(sequence):
            action = step.get("action", step.get("service"))
            data = step.get("data")
            if isinstance(action, Template) or isinstance(data, Template):
                found[name] = UNSURE
            elif isinstance(action, str) and "." in action:
                domain, _, called = action.partition(".")
                given = {**(data if isinstance(data, Mapping) else {}), **step}
                found |= self.action(domain, called, given, name)
            elif isinstance(scene := step.get("scene"), str):
                found |= self._scene(scene)
            elif isinstance(kind := step.get("type"), str) and "device_id" in step:
                at = {"entity_id": step.get("entity_id"), "position": step.get("position")}
                found |= self.action(str(step.get("domain")), kind, at, name)
        return found


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    """All mappings in nested lists and mappings, the outer before the inner."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _dicts(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _dicts(inner)


def _unknown(value: object) -> bool:
    """Whether a template decides about it."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(_unknown(item) for item in value)
    return isinstance(value, Template) or (isinstance(value, str) and "{{" in value)
