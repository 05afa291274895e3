"""Whether the calls made are the calls that were meant."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from custom_components.functiongemma.core.resolve import Action, Resolved

#: How far a number may be off.
TOLERANCES = {"brightness_pct": 1.0, "volume_level": 0.005}


def made_calls(resolved: Iterable[Resolved]) -> list[dict[str, Any]]:
    """Actions in the shape of the evaluation files; what cannot be carried out is a call of
    nothing, so that it never counts as right."""
    calls = []
    for item in resolved:
        if isinstance(item, Action):
            ids = [entity.entity_id for entity in item.entities]
            calls.append({"service": item.service, "entity_id": ids, "data": dict(item.data)})
        else:
            calls.append({"service": type(item).__name__.lower(), "entity_id": [], "data": {}})
    return calls


def same_calls(made: Sequence[Mapping[str, Any]], meant: Sequence[Mapping[str, Any]]) -> bool:
    """Exactly the same actions on the same entities with the same numbers, in any order."""
    rest = _merged(made)
    for call in _merged(meant):
        match = next((c for c in rest if _same(c, call)), None)
        if match is None:
            return False
        rest.remove(match)
    return not rest


def _merged(calls: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Calls that differ in their entities only, as one."""
    merged: list[dict[str, Any]] = []
    for call in calls:
        data = dict(call.get("data") or {})
        ids = set(call["entity_id"])
        for other in merged:
            if other["service"] == call["service"] and _same_data(other["data"], data):
                other["ids"] |= ids
                break
        else:
            merged.append({"service": call["service"], "ids": ids, "data": data})
    return merged


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return (
        one["service"] == other["service"]
        and one["ids"] == other["ids"]
        and _same_data(one["data"], other["data"])
    )


def _same_data(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """The same numbers; words (a colour, muted or not) where both sides give them.

    That is how the evaluation files define it: some of their labels leave the words out.
    """
    numbers = {key for data in (one, other) for key, value in data.items() if _is_number(value)}
    shared = one.keys() & other.keys()
    return numbers <= shared and all(_equal(key, one[key], other[key]) for key in shared)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _equal(key: str, one: Any, other: Any) -> bool:
    if _is_number(one) and _is_number(other):
        return bool(abs(one - other) <= TOLERANCES.get(key, 1e-6))
    return bool(one == other)


def interval(right: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion (E. B. Wilson, 1927)."""
    if not total:
        return 0.0, 1.0
    share = right / total
    centre = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    # Rounding alone would leave the bounds.
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
