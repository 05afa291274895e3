"""What the integration's tables of words have in common: how they are written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .dataset.__main__ import languages


def write(path: Path, table: Callable[[list[str]], Any]) -> None:
    """Write what `table` makes of all languages there are templates for."""
    text = json.dumps(table(languages()), ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")
