"""Pieces of Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> str:
    """A table; so many of its first columns hold words, the others numbers."""
    lines = [head, ["---"] * words + ["---:"] * (len(head) - words), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def text(words: str) -> str:
    """Words that nothing in is taken for Markdown or HTML."""
    plain = html.escape(" ".join(words.split()), quote=False)
    # An underscore within a word emphasises nothing.
    return re.sub(r"([\\`*\[\]|~]|(?<!\w)_|_(?!\w))", r"\\\1", plain)


def code(words: str) -> str:
    """Words as code, in a table too."""
    return f"<code>{html.escape(words, quote=False).replace('|', '&#124;')}</code>"


def percent(share: float | None) -> str:
    """A share of one; None: there is none."""
    return "–" if share is None else f"{100 * share:.1f} %"


def span(rate: Mapping[str, Any]) -> str:
    """A rate's interval."""
    return f"{100 * rate['low']:.1f} – {100 * rate['high']:.1f} %"
