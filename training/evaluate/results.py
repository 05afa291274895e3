"""The file an evaluation leaves: a JSON with its rates, its misses and all its verdicts.

The rates (`accuracy`, `languages`, `functions`) and `misses` are for reading; `verdicts`, one a
line, are what reports are made from.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .measures import grouped, rate
from .verdicts import Verdict


@dataclass(frozen=True)
class Results:
    """All verdicts on one model and one set of commands."""

    label: str
    """What reports call it."""
    verdicts: tuple[Verdict, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    """`model` (file name), `bytes` (its size), `base` (untrained or not), `commands`, `search`."""


def write_results(path: Path, results: Results) -> None:
    """Write the file that `read_results` reads."""
    verdicts = results.verdicts
    head = {
        **rate(verdicts),
        "languages": grouped(verdicts, "language"),
        "functions": grouped(verdicts, "function"),
        "facts": results.facts,
        "misses": [_row(v) for v in verdicts if not v.right],
    }
    opened = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    rows = ",\n".join(f"  {json.dumps(_short_row(v), ensure_ascii=False)}" for v in verdicts)
    path.write_text(f'{opened},\n "verdicts": [\n{rows}\n ]\n}}\n', encoding="utf-8")


def read_results(path: Path) -> Results:
    """Read a file of `write_results`; its label is the file's name.

    Raises ValueError for a file without verdicts, as earlier versions wrote it.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or not data.get("verdicts"):
        raise ValueError(f"{path} has no verdicts; evaluate again to get them")
    verdicts = (Verdict(**{"made": row["meant"], **row}) for row in data["verdicts"])
    return Results(path.stem, tuple(verdicts), data.get("facts", {}))


def _row(verdict: Verdict) -> dict[str, Any]:
    row = asdict(verdict)
    if not verdict.kind:
        del row["kind"]
    return row


def _short_row(verdict: Verdict) -> dict[str, Any]:
    """Without the calls that were made, where they are those that were meant."""
    row = _row(verdict)
    if verdict.right:
        del row["made"]
    return row
