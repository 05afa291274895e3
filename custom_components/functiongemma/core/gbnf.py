"""This home's possible calls as a grammar that llama.cpp's servers decode under.

They know no constraint of ours, and the home model was only ever trained to decide between what is
possible: left to write freely it goes astray. The grammar is a little wider than the constraint
(ranges of numbers, and what goes with what, are left out), so answers are checked all the same.

Format: https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import tokens
from .completion import Spelling, spelled
from .constraint.states import MAX_CALLS
from .constraint.targets import Targets
from .functions import Function, Parameter
from .home import Home

#: Free text: anything on one line that cannot spell a control token.
_FREE = r"[^<\x00-\x1F\x7F]+"
#: Longest array, as in the constraint.
_MOST_ITEMS = 6


def grammar(home: Home, functions: Sequence[Function], spelling: Spelling) -> str:
    """The grammar of all answers in `home`: one to MAX_CALLS calls, or nothing at all."""
    return _Grammar(home, spelling).write(functions)


class _Grammar:
    """Rules by what they say, so that equal ones are written once."""

    def __init__(self, home: Home, spelling: Spelling) -> None:
        self._home = home
        self._escape = _quoted(spelled(tokens.ESCAPE, spelling))
        self._start = _quoted(spelled(tokens.START_FUNCTION_CALL, spelling))
        self._end = _quoted(spelled(tokens.END_FUNCTION_CALL, spelling))
        self._stop = _quoted(spelled(tokens.START_FUNCTION_RESPONSE, spelling))
        self._rules: dict[str, str] = {}

    def write(self, functions: Sequence[Function]) -> str:
        calls = [body for function in functions for body in self._calls(function)]
        if not calls:
            return 'root ::= ""\n'
        call = self._rule(f"{self._start} {self._rule(_any(calls))} {self._end}")
        more = f"({call}){{0,{MAX_CALLS - 1}}}"
        rules = "".join(f"{name} ::= {body}\n" for body, name in self._rules.items())
        return f'root ::= ({call} {more} {self._stop}) | ""\n{rules}'

    def _rule(self, body: str) -> str:
        return self._rules.setdefault(body, f"r{len(self._rules)}")

    def _calls(self, function: Function) -> Iterable[str]:
        """One alternative for each way to say the target."""
        opening = _quoted(f"call:{function.name}{{")
        if not function.has_target:
            yield f"{opening} {self._arguments(function, None, '')} {_quoted('}')}"
            return
        targets = Targets(self._home, function)
        for target in function.targets:
            if values := targets.values(target, targets.everyone, {}):
                said = self._string(tuple(values))
                yield f"{opening} {self._arguments(function, target, said)} {_quoted('}')}"

    def _arguments(self, function: Function, target: str | None, said: str) -> str:
        entities = function.candidates(self._home) if function.has_target else ()
        members = [
            (p.name, self._value(p, p.choices(entities)), p.required)
            for p in function.parameters
            if not function.has_target or any(e.supports(p.feature) for e in entities)
        ]
        if target is not None:
            members.append((target, said, True))
        return self._members(members)

    def _members(self, members: Iterable[tuple[str, str, bool]]) -> str:
        """`a:1,b:2` in the template's order, optional ones left out or not."""
        rows = sorted(members, key=lambda member: member[0].lower())
        first = given = '""'
        for name, value, required in reversed(rows):
            here = f"{_quoted(f'{name}:')} {value}"
            begun = self._rule(f"{here} {given}")
            comma = self._rule(f"{_quoted(',')} {here} {given}")
            first = begun if required else self._rule(f"{begun} | {first}")
            given = comma if required else self._rule(f"{comma} | {given}")
        return first

    def _value(self, parameter: Parameter, choices: tuple[str, ...]) -> str:
        match parameter.type:
            case "STRING":
                return self._string(choices)
            case "BOOLEAN":
                return self._rule('"true" | "false"')
            case "INTEGER" | "NUMBER":
                return self._number(parameter)
            case "ARRAY":
                inner = parameter.items
                item = self._value(inner, inner.values) if inner else self._string(())
                rest = f"({_quoted(',')} {item}){{0,{_MOST_ITEMS - 1}}}"
                return self._rule(f"{_quoted('[')} {item} {rest} {_quoted(']')}")
            case "OBJECT":
                rows = [
                    (p.name, self._value(p, p.values), p.required) for p in parameter.properties
                ]
                return self._rule(f"{_quoted('{')} {self._members(rows)} {_quoted('}')}")

    def _string(self, choices: tuple[str, ...]) -> str:
        said = _any(_quoted(tokens.defuse(choice)) for choice in choices) if choices else _FREE
        return self._rule(f"{self._escape} {self._rule(said)} {self._escape}")

    def _number(self, parameter: Parameter) -> str:
        largest = int(max(abs(parameter.minimum), abs(parameter.maximum)))
        digits = f'("0" | [1-9] [0-9]{{0,{len(str(largest)) - 1}}})'
        sign = '"-"? ' if parameter.minimum < 0 else ""
        point = ' ("." [0-9]{1,2})?' if parameter.type == "NUMBER" and parameter.step % 1 else ""
        return self._rule(f"{sign}{digits}{point}")


def _any(bodies: Iterable[str]) -> str:
    return " | ".join(bodies)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
