"""A home, and what calls come to in it."""

from __future__ import annotations

from custom_components.functiongemma.core.calls import FunctionCall, Value
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.resolve import (
    Action,
    Ambiguous,
    Failed,
    Resolved,
    Where,
    choose,
    resolve,
)

COLOR = frozenset({"brightness", "color"})
HOME = Home(
    (
        Entity("light.kitchen", "Ceiling", "Kitchen", features=COLOR),
        Entity("light.island", "Island lamp", "Kitchen", ("Bar",), frozenset()),
        Entity("light.bedroom", "Ceiling", "Bedroom", features=COLOR),
        Entity("light.porch", "Porch"),
        Entity("lock.front", "Front door", "Hall"),
        Entity("lock.back", "Back door", "Kitchen"),
        Entity("media_player.tv", "TV", "Bedroom"),
        Entity("media_player.radio", "Radio", "Kitchen"),
        Entity("vacuum.robot", "Robot", "Hall"),
        Entity("todo.shopping", "Shopping"),
        Entity("cover.blind", "Blind", "Bedroom", features=frozenset({"open", "close"})),
    ),
    (
        Area("Kitchen", "Ground floor", ("Galley",)),
        Area("Hall", "Ground floor"),
        Area("Bedroom", "Upstairs"),
    ),
)


def ask(name: str, where: Where | None = None, /, **arguments: Value) -> Resolved:
    return resolve(HOME, FunctionCall(name, arguments), where)


def chosen(home: Home, where: Where, *calls: FunctionCall) -> list[set[str]]:
    """The devices of each action that comes of an answer of these calls, and of nothing else."""
    found = choose(home, [(calls, 0.9)], where, mass=1.0)
    return [reached(item) for item in found.resolved]


def reached(resolved: Resolved) -> set[str]:
    assert isinstance(resolved, Action), resolved
    return {entity.entity_id for entity in resolved.entities}


def asked(resolved: Resolved) -> set[str]:
    assert isinstance(resolved, Ambiguous), resolved
    return {entity.entity_id for entity in resolved.candidates}


def failed(resolved: Resolved) -> tuple[str, str]:
    assert isinstance(resolved, Failed), resolved
    return resolved.reason, resolved.value


KITCHEN = {"light.kitchen", "light.island"}
LIGHTS = {*KITCHEN, "light.bedroom", "light.porch"}


def home_of(*devices: tuple[str, str, str]) -> Home:
    """A home of these: domain, name and area."""
    entities = (
        Entity(f"{d}.e{n}", name, area or None) for n, (d, name, area) in enumerate(devices)
    )
    areas = dict.fromkeys(area for *_, area in devices if area)
    return Home(tuple(entities), tuple(map(Area, areas)))
