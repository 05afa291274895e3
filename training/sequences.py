"""Dataset records to token ids: one home's static prompt and its sentences, ready to train on.

The prompt is rendered by the modules the agent runs (`core.prompt`, `core.template`), so what is
trained on is what is asked; `tests/training` asserts it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from custom_components.functiongemma.core import template, tokens
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.prompt import build_static

from .attention import Groups

Tokenize = Callable[[str], list[int]]

#: What a padded position predicts: nothing.
IGNORE = -100


@dataclass
class Example:
    """A sentence and its answer, after the prefix."""

    ids: list[int]
    prompt: int
    """How many of `ids` belong to the question; the rest is what the model learns to say."""


@dataclass
class Sequence:
    """What one training step evaluates: P prefix ids and groups of N blocks of S ids."""

    ids: Tensor
    """(L)"""
    labels: Tensor
    """(L): the id each position should predict next, IGNORE where it does not matter."""
    prefix: int
    groups: Groups

    @property
    def sentences(self) -> int:
        """How many sentences it holds."""
        return sum(blocks for blocks, _ in self.groups)


def answer_segments(calls: list[FunctionCall]) -> list[tokens.Segment]:
    """What the model says: the calls, then the token that asks for their results; or nothing."""
    if not calls:
        return [tokens.END_OF_TURN]
    parts: list[tokens.Segment] = []
    for call in calls:
        parts.extend(template.call_segments(call))
    return [*parts, tokens.START_FUNCTION_RESPONSE]


class Encoder:
    """Turns records into examples with one tokenizer."""

    def __init__(self, tokenize: Tokenize) -> None:
        self._tokenize = tokenize

    def encode(self, record: dict[str, Any]) -> tuple[list[int], list[Example]]:
        """Prefix ids and examples of a record, in the record's order."""
        home = Home.from_dict(record["home"])
        static = build_static(home, [BY_NAME[name] for name in record["functions"]])
        prefix = tokens.encode(static.segments, self._tokenize)
        examples = []
        for row in record["sentences"]:
            question = tokens.encode(static.turn(row["text"]), self._tokenize)
            calls = [FunctionCall(c["name"], c["arguments"]) for c in row["calls"]]
            answer = tokens.encode(answer_segments(calls), self._tokenize)
            examples.append(Example(question + answer, len(question)))
        return prefix, examples

    def sequences(self, record: dict[str, Any], *, blocks: int, limit: int) -> Iterator[Sequence]:
        """The record's examples in sequences of at most `blocks`, similar lengths together.

        Examples longer than 160 ids and homes whose prefix is longer than `limit` are left out.
        """
        prefix, examples = self.encode(record)
        if len(prefix) > limit:
            return
        examples = sorted((e for e in examples if len(e.ids) <= 160), key=lambda e: len(e.ids))
        for start in range(0, len(examples), blocks):
            yield build_sequence(prefix, examples[start : start + blocks])


def build_sequence(prefix: list[int], examples: list[Example], group: int = 8) -> Sequence:
    """Put `examples`, sorted by length, behind `prefix`; every `group` of them padded alike."""
    ids: list[int] = list(prefix)
    labels: list[int] = [IGNORE] * len(prefix)
    groups: Groups = []
    for start in range(0, len(examples), group):
        rows = examples[start : start + group]
        size = max(len(e.ids) for e in rows)
        groups.append((len(rows), size))
        for row in rows:
            padding = size - len(row.ids)
            ids += row.ids + [tokens.PAD] * padding
            # A position predicts the id after it, from the question's last position on.
            answer = row.ids[row.prompt :]
            labels += [IGNORE] * (row.prompt - 1) + answer + [IGNORE] * (padding + 1)
    return Sequence(torch.tensor(ids), torch.tensor(labels), len(prefix), groups)


def read_records(folder: Path) -> list[dict[str, Any]]:
    """Every record in the folder's .jsonl files, in file order."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
