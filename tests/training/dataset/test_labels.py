"""Every label can be decoded and carried out: the model is taught nothing it may not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.constraint import (
    Constraint,
    Refused,
    Vocabulary,
    strings,
)
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Failed, resolve
from tests.core import tiny_gguf
from tests.training.conftest import LANGUAGES
from training.dataset.__main__ import Generator
from training.dataset.lexicon import Lexicon
from training.sequences import answer_segments
from training.tokenizer import GgufTokenizer

Record = dict[str, Any]
every_language = pytest.mark.parametrize("code", LANGUAGES)


def sentences(records: list[Record]) -> Iterator[tuple[Record, Record]]:
    for record in records:
        for row in record["sentences"]:
            yield record, row


def refused(records: list[Record], vocabulary: Vocabulary) -> list[str]:
    """Labels that the constraint does not let through."""
    found = []
    for record in records:
        home = Home.from_dict(record["home"])
        functions = [BY_NAME[name] for name in record["functions"]]
        constraint = Constraint(home, functions, vocabulary)
        for row in record["sentences"]:
            calls = [FunctionCall(c["name"], c["arguments"]) for c in row["calls"]]
            ids = tokens.encode(answer_segments(calls), vocabulary.tokenize)
            try:
                assert constraint.follow(ids).done
            except Refused as error:
                found.append(f"{row['text']}: {row['calls']} at {error.index} of {len(ids)}")
    return found


@every_language
def test_every_label_can_be_decoded(
    records: dict[str, list[Record]], code: str, tokenize: GgufTokenizer
) -> None:
    # The tiny tokenizer spells rare letters out in bytes: free text is too long for it, not wrong.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strings, "MAX_FREE", 200)
        assert refused(records[code], tokenize.vocabulary) == []


@every_language
def test_every_label_can_be_carried_out(records: dict[str, list[Record]], code: str) -> None:
    failed = []
    for record, row in sentences(records[code]):
        home = Home.from_dict(record["home"])
        for call in row["calls"]:
            resolved = resolve(home, FunctionCall(call["name"], call["arguments"]))
            if isinstance(resolved, Failed):
                failed.append(f"{row['text']}: {call} {resolved.reason}")
    assert failed == []


@every_language
def test_a_label_names_only_functions_that_are_declared(
    records: dict[str, list[Record]], code: str
) -> None:
    for record, row in sentences(records[code]):
        assert {call["name"] for call in row["calls"]} <= {*record["functions"]}


@every_language
def test_no_slot_is_left_in_a_sentence(records: dict[str, list[Record]], code: str) -> None:
    for _, row in sentences(records[code]):
        assert row["text"].strip()
        assert not re.search(r"[{}<>\[\]|]", row["text"]), row


@every_language
def test_a_home_gets_as_many_sentences_as_asked_for(
    records: dict[str, list[Record]], code: str
) -> None:
    counts = [len(record["sentences"]) for record in records[code]]
    assert sum(counts) > 0.9 * 12 * len(counts)
    texts = [row["text"] for row in records[code][0]["sentences"]]
    assert len(set(texts)) == len(texts)


@every_language
def test_some_sentences_have_nothing_to_call_and_some_have_two(
    records: dict[str, list[Record]], code: str
) -> None:
    lengths = [len(row["calls"]) for _, row in sentences(records[code])]
    assert 0.01 < lengths.count(0) / len(lengths) < 0.3
    assert sum(n > 1 for n in lengths) > 3


@pytest.mark.slow
@every_language
def test_every_label_can_be_decoded_by_the_real_model(code: str) -> None:
    """With the vocabulary that merges what the tiny one does not, and more homes."""
    tokenize = GgufTokenizer(tiny_gguf.full_model())
    lexicons = {language: Lexicon.load(language) for language in LANGUAGES}
    generator = Generator(code, lexicons)
    records = [generator.record(f"real/{code}/{i}", 24) for i in range(40)]
    assert refused(records, tokenize.vocabulary) == []
