"""Reads what a FunctionGemma model answered: calls, the text around them, and what was wrong.

    text     = { words | call }
    call     = "<start_function_call>" "call" ":" name [ object ] "<end_function_call>"
    object   = "{" [ key ":" value { "," key ":" value } ] "}"
    value    = string | number | "true" | "false" | "null" | "None" | list | object
    string   = "<escape>" anything but a special token "<escape>"
    list     = "[" [ value { "," value } ] "]"

White space may stand between any two of these, and special tokens may be spelled as base Gemma 3
does (`<unused42>`). Format: FunctionGemma's chat template; `core.calls` writes it.

Malformed text never raises and never costs what was fine before it. A special token other than
`<escape>` ends whatever is open, since no string can hold one: a call that went wrong does not take
the next one with it. The time is linear in the length of the text.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass, field

from .calls import FunctionCall, Value
from .errors import FormatError
from .tokens import (
    END_FUNCTION_CALL,
    END_FUNCTION_RESPONSE,
    ESCAPE,
    SPECIAL_SPELLINGS,
    START_FUNCTION_CALL,
    START_FUNCTION_RESPONSE,
)

MAX_DEPTH = 32
"""How deeply lists and objects may nest; the catalogue needs 2."""

MAX_DIGITS = 300
"""Longest number in characters; a float's largest has 309 digits."""

_SPECIAL = re.compile("|".join(map(re.escape, SPECIAL_SPELLINGS)))
_UNTAGGED_CALL = re.compile(r"(?<![\w.\-])call\s*:\s*[^\s{}\[\],:<>]+\s*\{")
_CALL = re.compile(r"\s*call\s*:")
_NAME = re.compile(r"\s*([^\s{}\[\],:]+)")
_NAMED_OBJECT = re.compile(r"\s*[^\s{}\[\],:]+\s*\{")
_SPACE = re.compile(r"\s*")
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


@dataclass(frozen=True)
class ParseError:
    """Something that is not as the format says."""

    position: int
    """Where, in characters from 0; the start of what is not closed."""

    message: str
    """What, as an English phrase."""

    damages: int | None = None
    """Index in `calls` of the call that lacks something or may be wrong because of it, if any."""


@dataclass(frozen=True)
class Text:
    """Words outside of calls, without special tokens; never only white space."""

    position: int
    """Where they begin, in characters from 0."""

    text: str


@dataclass
class ParseResult:
    """Everything that could be read, in the text's order."""

    calls: list[FunctionCall] = field(default_factory=list)
    """Every call with a name, with the arguments that could be read."""

    texts: list[Text] = field(default_factory=list)
    errors: list[ParseError] = field(default_factory=list)

    @property
    def sound_calls(self) -> list[FunctionCall]:
        """The calls that no error damages.

        Carry out only these: a call cut off before its target could mean every device.
        """
        damaged = {error.damages for error in self.errors}
        return [call for index, call in enumerate(self.calls) if index not in damaged]

    @property
    def text(self) -> str:
        """All words outside of calls."""
        return " ".join(text.text.strip() for text in self.texts)


def parse(text: str) -> ParseResult:
    """Return the calls, words and errors in a model's answer. Never raises.

    `<start_function_call>call:light.toggle{name:<escape>Lamp<escape>}<end_function_call>` gives
    `calls == [FunctionCall("light.toggle", {"name": "Lamp"})]`.
    """
    return _Parser(text).parse()


def parse_strict(text: str) -> list[FunctionCall]:
    """Return the calls in `text`. Raises FormatError at the first thing that is wrong."""
    result = parse(text)
    if result.errors:
        first = min(result.errors, key=lambda error: error.position)
        raise FormatError(first.position, first.message)
    return result.calls


class _Parser:
    """One pass over one text. `_at` only ever moves forward."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._specials = [
            (match.start(), match.end(), SPECIAL_SPELLINGS[match[0]])
            for match in _SPECIAL.finditer(text)
        ]
        self._starts = [start for start, _, _ in self._specials]
        self._at = 0
        self._result = ParseResult()

    def parse(self) -> ParseResult:
        while self._at < len(self._text):
            start, end, token = self._next_special()
            if start > self._at:
                self._words(start)
                continue
            self._at = end
            if token == START_FUNCTION_CALL:
                self._call(start)
            elif token == START_FUNCTION_RESPONSE:
                self._response(start)
            elif token in (ESCAPE, END_FUNCTION_CALL, END_FUNCTION_RESPONSE):
                self._error(start, f"{self._text[start:end]} outside of a call")
        return self._result

    # Reading on

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

    # Outside of calls

    def _words(self, end: int) -> None:
        """Read words up to `end`, or up to a call whose tokens were not printed."""
        call = _UNTAGGED_CALL.search(self._text, self._at, end)
        stop = call.start() if call else end
        if words := self._text[self._at : stop]:
            if not words.isspace():
                self._result.texts.append(Text(self._at, words))
            self._at = stop
        if call:
            self._error(stop, "a call without <start_function_call>")
            self._call(stop, tagged=False)

    def _response(self, start: int) -> None:
        """Skip a response, which the model should not write, if it is not only the turn's end."""
        _, end, token = self._next_special()
        while token == ESCAPE:
            self._at = end
            _, end, token = self._next_special()
        if token == END_FUNCTION_RESPONSE:
            self._error(start, "a function response in the model's answer")
            self._at = end

    # Calls

    def _call(self, start: int, *, tagged: bool = True) -> None:
        """Read a call from behind its start token up to behind its end token."""
        prefix = self._match(_CALL)
        if prefix is None:
            self._error(self._at, 'expected "call:"')
            if self._match(_NAMED_OBJECT) is None:
                return
        else:
            self._at = prefix.end()
        name = self._match(_NAME)
        if name is None:
            self._error(self._at, "expected a function's name")
            return
        self._at = name.end()
        arguments: dict[str, Value] = {}
        is_cut = self._peek() != "{"
        if not is_cut:
            self._object(arguments, 1)
        if tagged:
            self._close_call(start, is_cut)
        elif self._next_special()[2] == END_FUNCTION_CALL and not self._peek():
            self._at = self._next_special()[1]
        self._result.calls.append(FunctionCall(name[1], arguments))

    def _close_call(self, start: int, is_cut: bool) -> None:
        """Step over the end token; report what stands before it, or that there is none.

        `is_cut` says that the name was the last thing read, and may go on.
        """
        if self._peek() or self._is_at_escape():
            self._error(self._at, "unexpected text after the call", damages=True)
        at, end, token = self._next_special()
        while token == ESCAPE:
            self._at = end
            at, end, token = self._next_special()
        self._at = at
        if token == END_FUNCTION_CALL:
            self._at = end
        else:
            self._error(start, "the call is not closed", damages=is_cut)

    # Lists and objects

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
