"""Function calls, and the text FunctionGemma's format gives them.

    call:light.turn_on{area:<escape>Kitchen<escape>,brightness_pct:40}

`core.parser` reads this back. Format: the `format_argument` macro of FunctionGemma's chat template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, Union

from .tokens import END_FUNCTION_CALL, ESCAPE, START_FUNCTION_CALL, Segment, defuse, spell

Value = Union[str, int, float, bool, None, list["Value"], dict[str, "Value"]]  # noqa: UP007
"""What an argument can be. Numbers are expected to be finite."""

T = TypeVar("T")

# A key is written bare unless the text could not be read back: the official template has no rule
# for such keys and writes them bare as well, which makes them structure.
_BARE_KEY = re.compile(r"""(?!["'\s])[^{}\[\],:]+(?<!\s)""")


@dataclass(frozen=True)
class FunctionCall:
    """One call of a function by the model."""

    name: str
    """Name of the function as declared, usually `domain.service`."""

    arguments: dict[str, Value] = field(default_factory=dict)
    """Parameter name -> value."""


def sort_items(mapping: Mapping[str, T]) -> list[tuple[str, T]]:
    """Return the items sorted as Jinja's `dictsort` does: case-insensitively, ties in order."""
    return sorted(mapping.items(), key=lambda item: item[0].lower())


def string_segments(text: str) -> list[Segment]:
    """Return a string value: its defused text between two `<escape>`."""
    return [ESCAPE, defuse(text), ESCAPE]


def value_segments(value: Value) -> list[Segment]:
    """Return a value as the template writes it.

    Numbers are written as Python's `str` does (`40`, `2.0`, `1e+22`), None as `None`; lists and
    objects nest.
    """
    if isinstance(value, str):
        return string_segments(value)
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, Mapping):
        return object_segments(value)
    if isinstance(value, Sequence):
        segments: list[Segment] = ["["]
        for index, element in enumerate(value):
            segments += ["," if index else "", *value_segments(element)]
        return [*segments, "]"]
    return [str(value)]


def object_segments(value: Mapping[str, Value]) -> list[Segment]:
    """Return an object as the template writes it: `{a:1,B:2}`, keys sorted and bare."""
    segments: list[Segment] = ["{"]
    for index, (key, element) in enumerate(sort_items(value)):
        name = [defuse(key)] if _BARE_KEY.fullmatch(key) else string_segments(key)
        segments += ["," if index else "", *name, ":", *value_segments(element)]
    return [*segments, "}"]


def call_body_segments(call: FunctionCall) -> list[Segment]:
    """Return `call:name{...}` without the tokens around it."""
    return [f"call:{defuse(call.name)}", *object_segments(call.arguments)]


def call_segments(call: FunctionCall) -> list[Segment]:
    """Return a call between `<start_function_call>` and `<end_function_call>`."""
    return [START_FUNCTION_CALL, *call_body_segments(call), END_FUNCTION_CALL]


def render_call(call: FunctionCall) -> str:
    """Return a call without the tokens around it: `call:light.turn_on{area:<escape>Hall<escape>}`.

    Special tokens spelled in names or strings are defused (`tokens.defuse`).
    """
    return spell(call_body_segments(call))


def render_calls(calls: Iterable[FunctionCall]) -> str:
    """Return calls as the model writes them: with the tokens around each, nothing between."""
    return spell(segment for call in calls for segment in call_segments(call))
