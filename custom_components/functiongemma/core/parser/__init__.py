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

from ..calls import FunctionCall
from ..errors import FormatError
from .answer import Answer
from .result import ParseError, ParseResult, Text
from .values import MAX_DEPTH, MAX_DIGITS

__all__ = ["MAX_DEPTH", "MAX_DIGITS", "ParseError", "ParseResult", "Text", "parse", "parse_strict"]


def parse(text: str) -> ParseResult:
    """Return the calls, words and errors in a model's answer. Never raises.

    `<start_function_call>call:light.toggle{name:<escape>Lamp<escape>}<end_function_call>` gives
    `calls == [FunctionCall("light.toggle", {"name": "Lamp"})]`.
    """
    return Answer(text).parse()


def parse_strict(text: str) -> list[FunctionCall]:
    """Return the calls in `text`. Raises FormatError at the first thing that is wrong."""
    result = parse(text)
    if result.errors:
        first = min(result.errors, key=lambda error: error.position)
        raise FormatError(first.position, first.message)
    return result.calls
