"""Training and the agent tokenize alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from custom_components.functiongemma.core.engine import LlamaEngine
from tests.core import tiny_gguf
from training.tokenizer import GgufTokenizer

SAMPLES = (
    "Kitchen: light Ceiling, Island lamp = Bar; cover Blind\n",
    "Éteins la lampe du salon, s’il te plaît",
    "거실 온도 2도 올려줘",
    "寝室の電気を消して。",
    "brightness_pct:-20}],{}:[",
    "🏠 \t\n\n  x",
    "<escape><end_of_turn><unused46>",
    "a\x00b",
    "",
)


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(None, id="tiny"),
        pytest.param("real", id="real", marks=pytest.mark.slow),
    ],
)
def test_the_tokenizer_is_the_engines(model: str | None, base: Path) -> None:
    path = tiny_gguf.full_model() if model else base
    engine, tokenizer = LlamaEngine(path, context=512), GgufTokenizer(path)
    for text in SAMPLES:
        assert tokenizer(text) == engine.vocabulary.tokenize(text)
        assert engine.vocabulary.detokenize(tokenizer(text)) == text
    engine.close()


@pytest.mark.slow
def test_the_tokenizer_is_the_one_transformers_reads_from_the_file() -> None:
    """Another implementation, from the same vocabulary."""
    from transformers import AutoTokenizer

    path = tiny_gguf.full_model()
    official = AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
    tokenizer = GgufTokenizer(path)
    for text in SAMPLES[:5]:
        assert tokenizer(text) == official.encode(text, add_special_tokens=False), text


def test_an_answer_is_a_copy(tokenize: GgufTokenizer) -> None:
    first = tokenize("Kitchen")
    first.append(0)
    assert tokenize("Kitchen") == first[:-1]


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_text("<html>")
    with pytest.raises(OSError, match=r"x\.gguf"):
        GgufTokenizer(tmp_path / "x.gguf")
