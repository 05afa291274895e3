"""Reads values: strings, numbers, words, lists and objects, sound or not."""

from __future__ import annotations

import math
import re
from bisect import bisect_left

from ..calls import Value
from ..tokens import ESCAPE
from .cursor import Cursor

MAX_DEPTH = 32
"""How deeply lists and objects may nest; the catalogue needs 2."""

MAX_DIGITS = 300
"""Longest number in characters; a float's largest has 309 digits."""

_STRUCTURE = re.compile(r"[{}\[\],]")
_KEY = re.compile(r"[^,:{}\[\]]*")
_NEXT_KEY = re.compile(r"\s*[^\s,:{}\[\]]+\s*:")
_BARE = re.compile(r"[^,{}\[\]]*")
_QUOTED = re.compile(r"(?:\"([^\"]*)\"|'([^']*)')(?=\s*(?:[,}\]]|\Z))")
# No leading zeros: `007` is rather a code than a number, and is kept as the string it is.
_LITERAL = re.compile(
    r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
    r"|true|false|null|None|True|False"
)
_VALUE_END = re.compile(r"\s*(?:[,}\]]|\Z)|\s+[^\s,:{}\[\]]+\s*:")
_MISSING_COMMA = re.compile(r"\s[^\s,:{}\[\]]+\s*:")
_WORDS: dict[str, bool | None] = {
    "true": True,
    "false": False,
    "True": True,
    "False": False,
    "null": None,
    "None": None,
}


class Values(Cursor):
    """Reads what stands between the braces of a call."""

    def _object(self, into: dict[str, Value], depth: int) -> None:
        """Read an object from its brace up to behind the other, or up to a special token."""
        start = self._at
        self._at += 1
        while not self._ends(start, "}", "object"):
            at = self._at
            key = self._key()
            if key is None:
                self._recover()
            elif not self._takes(":"):
                self._error(self._at, f'expected ":" after {key!r}', damages=True)
                self._recover()
            else:
                is_read, value = self._value(depth)
                if is_read and key in into:
                    self._error(at, f"{key!r} is given twice", damages=True)
                elif is_read:
                    into[key] = value
            self._separator(self._match(_NEXT_KEY) is not None)

    def _list(self, into: list[Value], depth: int) -> None:
        """Read a list from its bracket up to behind the other, or up to a special token."""
        start = self._at
        self._at += 1
        while not self._ends(start, "]", "list"):
            is_read, value = self._value(depth)
            if is_read:
                into.append(value)
            self._separator(self._is_at_escape())

    def _ends(self, start: int, closing: str, what: str) -> bool:
        """Whether the list or object opened at `start` is over; steps over its end."""
        while True:
            if self._takes(closing):
                return True
            character = self._peek()
            if (not character and not self._is_at_escape()) or (closing, character) == ("]", "}"):
                self._error(start, f"the {what} is not closed", damages=True)
                return True
            if character not in (",", "]"):
                return False
            self._error(self._at, f'unexpected "{character}"', damages=character == "]")
            self._at += 1

    def _separator(self, is_next: bool) -> None:
        """Step over the comma after a member; without one, go on where `is_next` says so."""
        comma = self._at if self._peek() == "," else None
        if comma is not None:
            self._at += 1
            if self._peek() in ("}", "]"):
                self._error(comma, "a comma before the end")
        elif is_next:
            self._error(self._at, "expected a comma")
        elif self._is_at_escape() or self._peek() not in ("", "}", "]"):
            self._error(self._at, "expected a comma", damages=True)
            self._recover()
            self._takes(",")

    def _recover(self) -> None:
        """Skip to the comma or end of the list or object read now, or to a special token."""
        depth = 0
        while True:
            start, end, token = self._next_special()
            for match in _STRUCTURE.finditer(self._text, self._at, start):
                if not depth and match[0] in ",}]":
                    self._at = match.start()
                    return
                depth += {"{": 1, "[": 1, ",": 0}.get(match[0], -1)
            self._at = start
            if token != ESCAPE:
                return
            self._at = end
            start, end, token = self._next_special()
            self._at = end if token == ESCAPE else start

    # Keys and values

    def _key(self) -> str | None:
        """Read a key, bare or between `<escape>`; None, and an error, where there is none."""
        if self._takes_escape():
            return self._string()
        at = self._at
        self._skip(_KEY)
        key = self._text[at : self._at].strip()
        if not key:
            self._error(at, "expected a name", damages=True)
            return None
        if len(key) > 1 and key[0] == key[-1] and key[0] in "\"'":
            self._error(at, "a name in quotes")
            return key[1:-1]
        return key

    def _string(self) -> str | None:
        """Read a string from behind its first `<escape>`; None, and an error, if it is open."""
        at, (start, end, token) = self._at, self._next_special()
        if token == ESCAPE:
            self._at = end
            return self._text[at:start]
        self._error(
            self._specials[bisect_left(self._starts, at) - 1][0],
            "the string is not closed",
            damages=True,
        )
        self._at = start
        return None

    def _value(self, depth: int) -> tuple[bool, Value]:
        """Read a value; False, and an error, where there is none or it is not to be trusted."""
        if self._takes_escape():
            string = self._string()
            return string is not None, string
        character = self._peek()
        if character in ("", ",", "}", "]"):
            self._error(self._at, "expected a value", damages=True)
            return False, None
        if character not in ("{", "["):
            return self._bare()
        if depth == MAX_DEPTH:
            self._error(self._at, f"nested more than {MAX_DEPTH} deep", damages=True)
            self._recover()
            return False, None
        if character == "{":
            members: dict[str, Value] = {}
            self._object(members, depth + 1)
            return True, members
        elements: list[Value] = []
        self._list(elements, depth + 1)
        return True, elements

    def _bare(self) -> tuple[bool, Value]:
        """Read a number, a word, or a string that lacks its `<escape>`."""
        at = self._at
        end = self._next_special()[0]
        literal = self._match(_LITERAL)
        if literal and _VALUE_END.match(self._text, literal.end(), end):
            self._at = literal.end()
            value: Value = _WORDS.get(literal[0], literal[0])
            if isinstance(value, str):
                value = _number(value)
            if value is not None or literal[0] in _WORDS:
                return (True, value) if self._is_whole(at) else (False, None)
            self._error(at, "the number is out of range", damages=True)
            return False, None
        if quoted := self._match(_QUOTED):
            self._at = quoted.end()
            self._error(at, "a string in quotes instead of <escape>")
            return True, quoted[1] if quoted[1] is not None else quoted[2]
        self._skip(_BARE)
        string = self._text[at : self._at].strip()
        if _MISSING_COMMA.search(string):
            self._error(at, "a string without <escape> that could be several", damages=True)
            return False, None
        if not self._is_whole(at):
            return False, None
        self._error(at, "a string without <escape>")
        return True, string

    def _is_whole(self, start: int) -> bool:
        """Whether a bare value has an end; at the end of the text, more of it may be missing."""
        if self._peek() or self._next_special()[2] is not None:
            return True
        self._error(start, "the value is cut off", damages=True)
        return False


def _number(text: str) -> int | float | None:
    """Return a number; None for one that no int or float of use can hold."""
    if len(text) > MAX_DIGITS:
        return None
    if text.lstrip("+-").isdigit():
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else None
