"""A place in a text that only moves forward, and knows where its special tokens are."""

from __future__ import annotations

import re
from bisect import bisect_left

from ..tokens import ESCAPE, SPECIAL_SPELLINGS
from .result import ParseError, ParseResult

_SPECIAL = re.compile("|".join(map(re.escape, SPECIAL_SPELLINGS)))
_SPACE = re.compile(r"\s*")


class Cursor:
    """One pass over one text, and what it found so far. `_at` only ever moves forward."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._specials = [
            (match.start(), match.end(), SPECIAL_SPELLINGS[match[0]])
            for match in _SPECIAL.finditer(text)
        ]
        self._starts = [start for start, _, _ in self._specials]
        self._at = 0
        self._result = ParseResult()

    def _next_special(self) -> tuple[int, int, int | None]:
        """Return start, end and id of the next special token; the end of the text has no id."""
        index = bisect_left(self._starts, self._at)
        if index < len(self._specials):
            return self._specials[index]
        return len(self._text), len(self._text), None

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match here, up to the next special token."""
        return pattern.match(self._text, self._at, self._next_special()[0])

    def _skip(self, pattern: re.Pattern[str]) -> None:
        if match := self._match(pattern):
            self._at = match.end()

    def _peek(self) -> str:
        """Return the next character that is not white space, empty before a special token."""
        self._skip(_SPACE)
        return self._text[self._at : min(self._at + 1, self._next_special()[0])]

    def _takes(self, character: str) -> bool:
        """Step over `character` if it comes next."""
        if self._peek() != character:
            return False
        self._at += 1
        return True

    def _is_at_escape(self) -> bool:
        self._skip(_SPACE)
        start, _, token = self._next_special()
        return start == self._at and token == ESCAPE

    def _takes_escape(self) -> bool:
        """Step over `<escape>` if it comes next."""
        if not self._is_at_escape():
            return False
        self._at = self._next_special()[1]
        return True

    def _error(self, position: int, message: str, *, damages: bool = False) -> None:
        call = len(self._result.calls) if damages else None
        self._result.errors.append(ParseError(position, message, call))
