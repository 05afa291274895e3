"""What a sentence says of the place, where a model's call is for another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ..calls import FunctionCall
from ..functions import ALL, TARGET_PARAMETERS, Function
from ..home import Entity, Home
from ..linking import has_exception
from ..mention import speaks_of
from ..places import places_said
from .call import Where, said_besides
from .covering import covered, named

#: What stays in its room and is for it alone: a robot comes, the water is turned on elsewhere.
_OF_ITS_ROOM: Final = frozenset(("light", "fan", "cover", "climate", "media_player", "humidifier"))


def in_place(
    home: Home,
    calls: Sequence[FunctionCall],
    where: Where | None,
    functions: Mapping[str, Function],
) -> Sequence[FunctionCall]:
    """One call, for the one place that the sentence speaks of.

    All lights are those "upstairs"; and a device of another room, of which not a word is said, is
    not what was meant in this one: the home has no such thing there, and nothing is to be called.
    """
    function = functions.get(calls[0].name) if len(calls) == 1 else None
    if where is None or function is None or not function.has_target or has_exception(where.said):
        return calls
    (call,) = calls
    said = said_besides(function, call.arguments, where.said)
    places = places_said(home, said)
    if len(places) != 1:
        return calls
    place, target = places[0], {k: call.arguments.get(k) for k in TARGET_PARAMETERS}
    if target == {"area": ALL, "floor": None, "name": None}:
        there = covered(home, function, place, None)
        rest = {k: v for k, v in call.arguments.items() if k != "area"}
        return calls if isinstance(there, str) else (FunctionCall(call.name, {**rest, **place}),)
    name = target["name"]
    if not isinstance(name, str) or not _OF_ITS_ROOM.issuperset(function.domains):
        return calls
    found = named(function.candidates(home), name)
    return () if found and all(_is_elsewhere(e, place, said) for e in found) else calls


def _is_elsewhere(entity: Entity, place: Mapping[str, str], said: str) -> bool:
    """Whether an entity is in another area than this one, and not spoken of."""
    area = place.get("area")
    return (
        area is not None
        and entity.area is not None
        and entity.area != area
        and not any(speaks_of(said, name) for name in entity.names)
    )
