"""The grammar of a call, as the plain text between two special tokens.

Training tokenizes a rendered call run by run: special tokens as ids, the text between two of them
as one string. So the grammar yields whole runs and never tokenizes a part of one, apart from
numerals, whose characters Gemma never merges with anything. What may come next inside a run
(`{}`, `:-`, `},{`) therefore gets the very ids it had in training.

Only canonical calls exist: arguments sorted as the template sorts them, each target in one form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..calls import FunctionCall, Value
from ..functions import Function, Parameter
from ..home import Home
from .numerals import Numerals, numerals_for
from .targets import Targets

#: Longest array the grammar allows.
MAX_ITEMS = 6

#: Parameters of which a function that has them all needs at least one.
_DURATION = frozenset(("hours", "minutes", "seconds"))


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over; `<end_function_call>` follows its text."""

    call: FunctionCall


@dataclass(frozen=True, slots=True)
class Quoted:
    """A string: `<escape>` follows the text, then one of `values` (free text: None)."""

    values: tuple[str, ...] | None
    then: Callable[[str], Iterator[Run]]


@dataclass(frozen=True, slots=True)
class Numeral:
    """A numeral follows the text (its sign, if it has one, is part of the text)."""

    numerals: Numerals
    then: Callable[[int | float], Iterator[Run]]


@dataclass(frozen=True, slots=True)
class Run:
    """Plain text up to the next special token or numeral, and what is there."""

    text: str
    end: Ended | Quoted | Numeral


#: What follows a value that ended in the middle of a run, given the run's text so far.
_Then = Callable[[Value, str], Iterator[Run]]


class CallGrammar:
    """Every call of one function in one home."""

    def __init__(self, home: Home, function: Function) -> None:
        self.function = function
        self._targets = Targets(home, function)
        names: dict[str, Parameter | None] = {p.name: p for p in function.parameters}
        if function.has_target:
            names |= dict.fromkeys(function.targets)
        #: Arguments in the order the template writes them; None: a target parameter.
        self._slots = sorted(names.items(), key=lambda slot: slot[0].lower())

    @property
    def possible(self) -> bool:
        """Whether there is anything to call it for."""
        return not self.function.has_target or self._targets.everyone != 0

    def runs(self) -> Iterator[Run]:
        """How a call may begin."""
        return self._arguments(0, self._targets.everyone, {}, f"call:{self.function.name}")

    @cached_property
    def _wants_duration(self) -> bool:
        optional = {p.name for p in self.function.parameters if not p.required}
        return optional >= _DURATION

    def _arguments(
        self, first: int, mask: int, given: Mapping[str, Value], text: str
    ) -> Iterator[Run]:
        """What may follow once the slots before `first` are settled."""
        opening = text + ("," if given else "{")
        for index in range(first, len(self._slots)):
            if self._slots[index][1] is None:
                yield from self._target(index, mask, given, opening)
            else:
                yield from self._parameter(index, mask, given, opening)
            if self._must_give(index, mask, given):
                return
        call = FunctionCall(self.function.name, dict(given))
        yield Run(text + ("}" if given else "{}"), Ended(call))

    def _must_give(self, index: int, mask: int, given: Mapping[str, Value]) -> bool:
        """Whether a call that leaves out slot `index` could not be completed."""
        name, parameter = self._slots[index]
        if parameter is not None and parameter.required:
            return True
        if name in _DURATION and self._wants_duration:
            later = {slot for slot, _ in self._slots[index + 1 :]}
            return not (_DURATION & (given.keys() | later))
        return parameter is None and not self._has_target(index + 1, mask, given)

    def _has_target(self, first: int, mask: int, given: Mapping[str, Value]) -> bool:
        """Whether a target is given or one of the slots from `first` on still offers one."""
        if not self.function.has_target or not self.function.targets:
            return True
        return any(target in given for target in self.function.targets) or any(
            parameter is None and self._targets.values(name, mask, given)
            for name, parameter in self._slots[first:]
        )

    def _target(
        self, index: int, mask: int, given: Mapping[str, Value], opening: str
    ) -> Iterator[Run]:
        name = self._slots[index][0]
        values = self._targets.values(name, mask, given)

        def then(value: str) -> Iterator[Run]:
            return self._arguments(index + 1, values[value], {**given, name: value}, "")

        if values:
            yield Run(f"{opening}{name}:", Quoted(tuple(values), then))

    def _parameter(
        self, index: int, mask: int, given: Mapping[str, Value], opening: str
    ) -> Iterator[Run]:
        name, parameter = self._slots[index]
        assert parameter is not None
        left = self._targets.supporting(mask, parameter.feature)
        if self.function.has_target and not (left and self._has_target(index + 1, left, given)):
            return

        def then(value: Value, text: str) -> Iterator[Run]:
            narrowed = left
            if parameter.option is not None and isinstance(value, str):
                narrowed = self._targets.accepting(left, parameter.option, value)
            return self._arguments(index + 1, narrowed, {**given, name: value}, text)

        choices: tuple[str, ...] = ()
        if parameter.type == "STRING":
            choices = parameter.choices(self._targets.select(left))
        yield from _value(parameter, choices, f"{opening}{name}:", then)


def _value(parameter: Parameter, choices: tuple[str, ...], text: str, then: _Then) -> Iterator[Run]:
    """The values of `parameter`; `text` is the run so far."""
    match parameter.type:
        case "STRING":
            yield Run(text, Quoted(choices or None, lambda value: then(value, "")))
        case "BOOLEAN":
            yield from then(True, f"{text}true")
            yield from then(False, f"{text}false")
        case "INTEGER" | "NUMBER":
            for numerals in numerals_for(parameter):
                sign = "-" if numerals.negative else ""
                yield Run(text + sign, Numeral(numerals, lambda value: then(value, "")))
        case "ARRAY":
            yield from _items(parameter.items or _TEXT, (), f"{text}[", then)
        case "OBJECT":
            yield from _members(parameter.properties, {}, text, then)


#: An array's item when the tool does not say what it is.
_TEXT = Parameter("item", "STRING")


def _items(item: Parameter, before: tuple[Value, ...], text: str, then: _Then) -> Iterator[Run]:
    """Array: another item, or its end. `text` ends in `[` before the first item."""

    def more(value: Value, after: str) -> Iterator[Run]:
        return _items(item, (*before, value), after, then)

    if len(before) < MAX_ITEMS:
        yield from _value(item, item.values, f"{text}," if before else text, more)
    if before:
        yield from then(list(before), f"{text}]")


def _members(
    properties: tuple[Parameter, ...], given: Mapping[str, Value], text: str, then: _Then
) -> Iterator[Run]:
    """Object: the next member, or its end. `properties` are those not settled yet."""
    rest = sorted(properties, key=lambda member: member.name.lower())
    opening = text + ("," if given else "{")
    for index, member in enumerate(rest):
        left = tuple(rest[index + 1 :])

        def more(
            value: Value,
            after: str,
            member: Parameter = member,
            left: tuple[Parameter, ...] = left,
        ) -> Iterator[Run]:
            return _members(left, {**given, member.name: value}, after, then)

        yield from _value(member, member.values, f"{opening}{member.name}:", more)
        if member.required:
            return
    yield from then(dict(given), text + ("}" if given else "{}"))
