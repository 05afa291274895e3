"""Verdicts made by hand."""

from __future__ import annotations

from typing import Any

from training.evaluate.verdicts import Verdict

ASK = {"service": "ambiguous", "entity_id": [], "data": {}}
FAIL = {"service": "failed", "entity_id": [], "data": {}}


def call(service: str, *ids: str, **data: Any) -> dict[str, Any]:
    return {"service": service, "entity_id": list(ids), "data": data}


def verdict(
    meant: list[dict[str, Any]],
    made: list[dict[str, Any]] | None = None,
    *,
    confidence: float = 0.9,
    language: str = "en",
    text: str = "x",
    kind: str = "",
) -> Verdict:
    """`made` None: what was meant."""
    right = made is None or made == meant
    return Verdict("h", language, text, meant, meant if made is None else made, right, confidence,
                   10.0, kind)  # fmt: skip
