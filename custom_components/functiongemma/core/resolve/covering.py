"""Which entities a call's target covers: a name, an area, a floor, or entity ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..calls import FunctionCall, Value
from ..functions import ALL, HERE, TARGET_PARAMETERS, Function
from ..home import Entity, Home

#: Arguments that say which entities a call is for. Other people's models answer with entity ids.
TARGETS = (*TARGET_PARAMETERS, "entity_id")


def besides_target(call: FunctionCall) -> dict[str, Value]:
    """A call's arguments without those that say which entities it is for."""
    return {k: v for k, v in call.arguments.items() if k not in TARGETS}


def done_by_all(calls: Sequence[FunctionCall]) -> dict[str, Value] | None:
    """What one function is called with for several targets; None: more than one thing is done."""
    first, *others = calls
    rest = besides_target(first)
    same = all(call.name == first.name and besides_target(call) == rest for call in others)
    return rest if same else None


def covered(
    home: Home, function: Function, target: Mapping[str, Value], here: str | None
) -> tuple[list[Entity], bool] | str:
    """Entities the target covers, and whether only one of them can be meant; or what covers none.

    `target`: the arguments among `TARGETS`; `here`: name of the speaker's area. "Here" is that
    area, if one is known and has anything for the function; otherwise it is whatever there is only
    one of.
    """
    found = _targets(home, function, target, here)
    if isinstance(found, str):
        return found
    vague = "name" in target
    if function.everywhere:
        return found, vague
    if target.get("area") == HERE:
        near = [e for e in found if here and _same(e.area, here)]
        near = [e for e in near if e.supports(function.feature)]
        return (near, vague) if near else (found, True)
    return found, vague or not target


def _targets(
    home: Home, function: Function, target: Mapping[str, Value], here: str | None
) -> list[Entity] | str:
    """Entities the target covers ("here" covers the home), or the word that covers none."""
    found = list(home.in_domains(function.domains))
    if "entity_id" in target:
        entity_ids = _words(target["entity_id"])
        # An empty list is no entity; it is not all of them.
        found = [e for e in found if e.entity_id in entity_ids]
        return found or next(iter(entity_ids), "")
    if isinstance(name := target.get("name"), str):
        found = named(found, name)
        if not found:
            return name
    if isinstance(floor := target.get("floor"), str):
        found = [e for e in found if _same(home.floor_of(e.area), floor)]
        if not found:
            return floor
    area = target.get("area")
    if isinstance(area, str) and area not in (ALL, HERE):
        found = [e for e in found if _in_area(home, e, area)]
        if not found:
            return area
    elif name and here and len(found) > 1:
        # "the lamp", and there is one in this very room.
        found = [e for e in found if _same(e.area, here)] or found
    return found or str(area or name or "")


def named(entities: Sequence[Entity], name: str) -> list[Entity]:
    """Entities with that name or alias; where none has it to the letter, in any case."""
    exact = [e for e in entities if name in e.names]
    return exact or [e for e in entities if any(_same(n, name) for n in e.names)]


def _in_area(home: Home, entity: Entity, area: str) -> bool:
    if _same(entity.area, area):
        return True
    aliases = next((a.aliases for a in home.areas if a.name == entity.area), ())
    return any(_same(alias, area) for alias in aliases)


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.casefold() == other.casefold()


def _words(value: Value) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
