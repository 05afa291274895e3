"""How a command went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Calls = list[dict[str, Any]]

#: What a command is counted under when nothing is to be called.
NO_CALL = "no call"


@dataclass(frozen=True)
class Verdict:
    """How one command went."""

    home: str
    language: str
    text: str
    meant: Calls
    """`service`, `entity_id` (a list) and `data` of each; `ambiguous` stands for asking which."""
    made: Calls
    """Of the same shape; `ambiguous` and `failed` stand for what cannot be carried out."""
    right: bool
    confidence: float
    """0 to 1."""
    milliseconds: float
    kind: str = ""
    """What kind of command it is, where the file of commands tells."""

    @property
    def function(self) -> str:
        """What the command is counted under."""
        return str(self.meant[0]["service"]) if self.meant else NO_CALL


def said(calls: Sequence[dict[str, Any]]) -> str:
    """Calls as one line."""
    parts = []
    for call in calls:
        data = ", ".join(f"{key} {value}" for key, value in (call.get("data") or {}).items())
        words = (call["service"], ", ".join(call["entity_id"]), f"({data})" if data else "")
        parts.append(" ".join(word for word in words if word))
    return "; ".join(parts) or "nothing"
