"""What can become of a call: an action, a question, or a failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..calls import FunctionCall
from ..functions import Function
from ..home import Entity
from .covering import besides_target


@dataclass(frozen=True)
class Action:
    """A call that can be carried out."""

    call: FunctionCall
    function: Function
    entities: tuple[Entity, ...]
    """Empty for functions without a target."""
    service: str
    """`domain.service`; for local functions the function's own name."""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ambiguous:
    """A call that could mean several things: ask which."""

    call: FunctionCall
    function: Function
    candidates: tuple[Entity, ...]


@dataclass(frozen=True)
class Failed:
    """A call that cannot be carried out here."""

    call: FunctionCall
    reason: str
    """`unknown_function`, `bad_arguments` (missing, or of the wrong type), `no_target` (nothing of
    that name or there) or `not_supported`."""
    value: str = ""
    """The name, area or floor that was not found, the entity that cannot, or the function."""


Resolved = Action | Ambiguous | Failed


def effect(resolved: Resolved) -> tuple[Any, ...]:
    """What it comes to: equal for calls that are worded differently and do the same."""
    if isinstance(resolved, Action):
        ids = frozenset(e.entity_id for e in resolved.entities)
        return ("act", resolved.service, ids, _frozen(resolved.data))
    if isinstance(resolved, Ambiguous):
        ids = frozenset(e.entity_id for e in resolved.candidates)
        rest = besides_target(resolved.call)
        return ("ask", resolved.function.name, ids, _frozen(rest))
    return ("fail", resolved.call.name, resolved.reason, resolved.value)


def _frozen(data: Mapping[str, Any]) -> str:
    # Data can hold lists, which cannot be compared as a part of a key.
    return json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
