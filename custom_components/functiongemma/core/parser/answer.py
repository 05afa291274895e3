"""Reads a whole answer: the calls in it, and the words around them."""

from __future__ import annotations

import re

from ..calls import FunctionCall, Value
from ..tokens import (
    END_FUNCTION_CALL,
    END_FUNCTION_RESPONSE,
    ESCAPE,
    START_FUNCTION_CALL,
    START_FUNCTION_RESPONSE,
)
from .result import ParseResult, Text
from .values import Values

_UNTAGGED_CALL = re.compile(r"(?<![\w.\-])call\s*:\s*[^\s{}\[\],:<>]+\s*\{")
_CALL = re.compile(r"\s*call\s*:")
_NAME = re.compile(r"\s*([^\s{}\[\],:]+)")
_NAMED_OBJECT = re.compile(r"\s*[^\s{}\[\],:]+\s*\{")


class Answer(Values):
    """Reads the calls and words of one text."""

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
