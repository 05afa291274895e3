"""Leaving tokens out changes neither what can be written nor what the model thinks of the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.functiongemma.core.assemble import vocabulary
from custom_components.functiongemma.core.assemble.adapter import Adapter
from custom_components.functiongemma.core.assemble.merge import merge
from custom_components.functiongemma.core.assemble.recipe import HOME_RECIPE, KEEP
from custom_components.functiongemma.core.errors import NotGgufError
from custom_components.functiongemma.core.gguf.reader import read_header
from tests.core import tiny_gguf

from .tiny import write_base

pytest.importorskip("llama_cpp", reason="runs llama.cpp")
from custom_components.functiongemma.core.engine import LlamaEngine

#: Of the tiny model's 1,400 tokens, these are common; the rest are parts of words.
COMMON = 500
WORDS = frozenset(["▁turn".encode(), "▁tur".encode(), "▁tu".encode(), b"light"])
EXACT = replace(HOME_RECIPE, rules=(("*", KEEP),))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[LlamaEngine, LlamaEngine]:
    """The tiny model, and the same with few of its tokens."""
    folder = tmp_path_factory.mktemp("trim")
    base, small = tiny_gguf.write(folder / "base.gguf"), folder / "small.gguf"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vocabulary, "COMMON", COMMON)
        patch.setattr("custom_components.functiongemma.core.assemble.merge.listed", lambda: WORDS)
        merge(base, Adapter(1.0, {}), small, adapter_sha256="0" * 64, recipe=EXACT)
    return LlamaEngine(base, context=2048), LlamaEngine(small, context=2048)


def spelled(engine: LlamaEngine) -> list[str | None]:
    return [engine.vocabulary.text(token) for token in range(engine.vocabulary.size)]


def test_common_tokens_characters_and_listed_words_are_kept(
    models: tuple[LlamaEngine, LlamaEngine],
) -> None:
    before, after = map(spelled, models)
    assert after[:COMMON] == before[:COMMON]
    assert {"▁turn", "light", "é", "灯", "Z"} <= set(after)
    assert {"▁developer", "declaration"} & set(before)
    assert not {"▁developer", "declaration"} & set(after)
    assert [text for text in before if text in set(after)] == after


@given(st.text(max_size=40))
def test_every_text_can_still_be_written(
    models: tuple[LlamaEngine, LlamaEngine], text: str
) -> None:
    tokens = models[1].vocabulary
    assert tokens.detokenize(tokens.tokenize(text)) == text.encode("utf-8", "replace").decode()


def test_the_model_thinks_the_same_of_the_tokens_that_are_left(
    models: tuple[LlamaEngine, LlamaEngine],
) -> None:
    before, after = models
    text = " turn light Z灯"
    names = [after.vocabulary.text(token) for token in after.vocabulary.tokenize(text)]
    old = {name: token for token, name in enumerate(spelled(before))}
    new = {name: token for token, name in enumerate(spelled(after))}
    assert "▁turn" in names
    rows = []
    for engine, ids in ((before, old), (after, new)):
        engine.begin([2], [ids[name] for name in names])
        row = engine.evaluate([()], [None])[0]
        rows.append([row[ids[name]] for name in new])
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-4)


def test_a_file_without_a_vocabulary_is_named(tmp_path: Path) -> None:
    header = read_header(write_base(tmp_path / "base.gguf"))
    bare = replace(header, key_values={})
    with pytest.raises(NotGgufError, match="tokens"):
        vocabulary.kept_ids(bare, WORDS)


def test_the_shipped_list_is_sorted_and_of_whole_tokens() -> None:
    lines = vocabulary.LIST.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) == len(vocabulary.listed()) > 5_000
    assert all(len(line.replace("▁", "")) > 1 for line in lines)
