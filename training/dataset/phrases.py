"""Sentence templates in hassil's syntax: parsed once, then walked at random."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.parse_expression import parse_sentence

from .lexicon import LANGUAGES, LexiconError, read_yaml

#: What `say` calls the ways of saying it behind another command, and their targets.
_THEN = {"then_name": "name", "then_area": "area"}
#: And the ways of saying that it is not to be done.
_NOT = {"not_name": "name", "not_area": "area"}

#: Fills a slot: (slot, form or None) → text.
Fill = Callable[[str, str | None], str]


class Phrase:
    """One template."""

    def __init__(self, text: str, rules: Mapping[str, Sentence] | None = None) -> None:
        """Raises LexiconError when `text` does not parse."""
        self.text = text
        self._rules = rules or {}
        try:
            self._root: Expression = parse_sentence(text).expression
        except Exception as error:  # hassil raises several kinds, none of them documented
            raise LexiconError(f"cannot parse {text!r}: {error}") from error
        self.slots = frozenset(self._find(self._root))

    def _find(self, node: Expression) -> set[str]:
        if isinstance(node, ListReference):
            return {node.list_name}
        if isinstance(node, RuleReference):
            if node.rule_name not in self._rules:
                raise LexiconError(f"unknown rule <{node.rule_name}> in {self.text!r}")
            return self._find(self._rules[node.rule_name].expression)
        if isinstance(node, Group):
            return set().union(*(self._find(item) for item in node.items))
        return set()

    def sample(self, generator: random.Random, fill: Fill) -> str:
        """A random way of saying it, slots filled, spaces folded."""
        return " ".join(self._walk(self._root, generator, fill).split())

    def _walk(self, node: Expression, generator: random.Random, fill: Fill) -> str:
        if isinstance(node, TextChunk):
            return node.original_text
        if isinstance(node, ListReference):
            # hassil gives a slot without a form the list's name in its place.
            form = node.slot_name if node.slot_name != node.list_name else None
            return fill(node.list_name, form)
        if isinstance(node, RuleReference):
            return self._walk(self._rules[node.rule_name].expression, generator, fill)
        if isinstance(node, Alternative):
            return self._walk(generator.choice(node.items), generator, fill)
        if isinstance(node, Group):
            items = list(node.items)
            if isinstance(node, Permutation):
                generator.shuffle(items)
            return "".join(self._walk(item, generator, fill) for item in items)
        raise TypeError(f"unexpected part of a template: {node!r}")


#: Templates of a lexicon; they are few, and homes are many.
parsed = lru_cache(maxsize=None)(Phrase)


@dataclass
class PhraseGroup:
    """One call and the ways of saying it."""

    call: str
    """Function name, or `none`."""

    values: dict[str, str] = field(default_factory=dict)
    """Parameter to kind of value, or to a constant."""

    kinds: tuple[str, ...] = ()
    """Kinds of device it fits; empty: all of the function's."""

    say: dict[str, list[Phrase]] = field(default_factory=dict)
    """By target: name, area, name_area, floor, here, all, none."""

    weight: float = 1.0
    """How much it counts beside other groups of its call."""

    then: dict[str, list[Phrase]] = field(default_factory=dict)
    """By target, name or area: how it is said behind another command of its domain, without what
    that one has said already. None of it is said alone, or counts when groups are picked."""

    refused: dict[str, list[Phrase]] = field(default_factory=dict)
    """By target, name or area: how it is said that the call is not to be made."""

    called: tuple[str, ...] = ()
    """Casefolded parts of names: the devices that are there for `needs`."""

    needs: list[Phrase] = field(default_factory=list)
    """What somebody says who needs such a device, without naming it."""

    @property
    def domain(self) -> str:
        """Of the function."""
        return self.call.partition(".")[0]


def load_groups(code: str) -> list[PhraseGroup]:
    """A language's own templates. Raises LexiconError naming the file."""
    groups = []
    for path in sorted((LANGUAGES / code / "sentences").glob("*.yaml")):
        for row in read_yaml(path) or ():
            try:
                groups.append(read_group(row))
            except (LexiconError, KeyError, AttributeError, TypeError) as error:
                raise LexiconError(f"{code}/{path.name}: {error!r} in {row!r:.200}") from error
    return groups


def read_group(row: dict[str, Any]) -> PhraseGroup:
    """A row of a language's file. Raises one of what `load_groups` catches."""
    say = {target: [Phrase(line) for line in lines] for target, lines in row["say"].items()}
    then = {target: say.pop(key) for key, target in _THEN.items() if key in say}
    refused = {target: say.pop(key) for key, target in _NOT.items() if key in say}
    needs = say.pop("need", [])
    called = tuple(str(part).casefold() for part in row.get("called") or ())
    if bool(needs) != bool(called):
        raise LexiconError("`need` and `called` belong together")
    return PhraseGroup(
        row["call"],
        dict(row.get("with") or {}),
        tuple(row.get("kinds") or ()),
        say,
        then=then,
        refused=refused,
        called=called,
        needs=needs,
    )
