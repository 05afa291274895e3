"""The real base with an adapter answers as llama.cpp itself does when it applies the adapter.

Needs the base model: `python -m custom_components.functiongemma.core.assemble --keep-base` leaves
it in the cache; FUNCTIONGEMMA_BASE names it elsewhere.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from custom_components.functiongemma.core.assemble import DEFAULT_SOURCES, check_gguf
from custom_components.functiongemma.core.assemble.__main__ import default_cache
from custom_components.functiongemma.core.assemble.adapter import Adapter, write_adapter
from custom_components.functiongemma.core.assemble.disk import sha256_of
from custom_components.functiongemma.core.assemble.download import base_path
from custom_components.functiongemma.core.assemble.merge import merge
from custom_components.functiongemma.core.assemble.recipe import HOME_RECIPE, KEEP
from custom_components.functiongemma.core.assemble.vocabulary import kept_ids, listed
from custom_components.functiongemma.core.engine import LlamaVocabulary, runtime
from custom_components.functiongemma.core.gguf.reader import read_header

pytestmark = pytest.mark.slow

TOKENS = [2, 818, 5279, 529, 7001, 563]
"""<bos>The capital of France is"""

SAID = (
    "Turn on the kitchen lights",
    "Dim the living room to 30 percent and close the blinds",
    "Éteins la lampe du salon",
    "거실 온도 2도 올려줘",
    "寝室の電気を消して",
)


@pytest.fixture
def base() -> Path:
    path = Path(os.environ.get("FUNCTIONGEMMA_BASE") or base_path(default_cache(), DEFAULT_SOURCES))
    if not path.exists():
        pytest.skip("the base model is not in the cache (assemble --keep-base puts it there)")
    assert sha256_of(path) == DEFAULT_SOURCES.sha256
    return path


def _adapter(base: Path) -> Adapter:
    """A random adapter, strong enough to change the answers clearly."""
    rng = np.random.default_rng(5)
    tensors = {}
    for tensor in read_header(base).tensors:
        if tensor.name.startswith("blk.") and "norm" not in tensor.name:
            inputs, outputs = tensor.shape
            a, b = rng.normal(0, 0.02, (32, inputs)), rng.normal(0, 0.012, (outputs, 32))
            tensors[f"{tensor.name}.lora_a"] = a.astype(np.float32)
            tensors[f"{tensor.name}.lora_b"] = b.astype(np.float32)
    return Adapter(64.0, tensors)


#: Blocks of 8 bits, so that what is wrong is not taken for what was rounded.
PRECISE = replace(
    HOME_RECIPE, rules=(("*_norm.weight", KEEP), ("blk.*.weight", "Q8_0"), ("*", KEEP))
)


def _logits(model: Path, lora: Path | None = None) -> np.ndarray:
    llama_cpp = pytest.importorskip("llama_cpp")
    llama = llama_cpp.Llama(
        str(model),
        n_ctx=64,
        n_batch=16,
        n_threads=1,
        logits_all=True,
        verbose=False,
        lora_path=None if lora is None else str(lora),
    )
    llama.eval(TOKENS)
    logits = np.array(llama.scores[: len(TOKENS)])
    llama.close()
    return logits


def _agreement(one: np.ndarray, other: np.ndarray) -> float:
    """The worst correlation of two models' logits over the positions."""
    return min(float(np.corrcoef(a, b)[0, 1]) for a, b in zip(one, other, strict=True))


def test_the_merged_model_answers_as_base_and_adapter_together(base: Path, tmp_path: Path) -> None:
    adapter, lora, merged = _adapter(base), tmp_path / "a.lora.gguf", tmp_path / "merged.gguf"
    precise = tmp_path / "precise.gguf"
    write_adapter(lora, adapter)
    merge(base, adapter, merged, adapter_sha256="0" * 64)
    merge(base, adapter, precise, adapter_sha256="0" * 64, recipe=PRECISE)
    assert check_gguf(merged).size < 120_000_000
    kept = kept_ids(read_header(base), listed())
    assert set(TOKENS) <= set(kept[: max(TOKENS) + 1].tolist())
    wanted = _logits(base, lora)[:, kept]
    assert _agreement(_logits(precise), wanted) > 0.995
    assert _agreement(_logits(merged), wanted) > 0.98
    assert _agreement(_logits(base)[:, kept], wanted) < 0.985


def test_what_is_said_in_our_languages_is_tokenized_as_before(base: Path, tmp_path: Path) -> None:
    merged = tmp_path / "merged.gguf"
    merge(base, Adapter(1.0, {}), merged, adapter_sha256="0" * 64)
    before, after = _tokenizer(base), _tokenizer(merged)
    assert after.size < 90_000
    for text in SAID:
        assert [after.text(i) for i in after.tokenize(text)] == [
            before.text(i) for i in before.tokenize(text)
        ]
    for text in (*SAID, "Ærøskøbing 𠮷野 สวัสดี 😀 \u200d ﷽ x\ty\nz", "<escape><end_of_turn>"):
        assert after.detokenize(after.tokenize(text)) == text


def _tokenizer(path: Path) -> LlamaVocabulary:
    bindings = runtime()
    parameters = bindings.llama_model_default_params()
    parameters.vocab_only = True
    model = bindings.llama_model_load_from_file(str(path).encode(), parameters)
    return LlamaVocabulary(bindings, model)


def test_only_the_logits_of_special_tokens_feel_the_special_rows(
    base: Path, tmp_path: Path
) -> None:
    plain, changed = tmp_path / "plain.gguf", tmp_path / "changed.gguf"
    rows = np.random.default_rng(6).normal(0, 0.05, (7, 640)).astype(np.float32)
    merge(base, Adapter(1.0, {}), plain, adapter_sha256="0" * 64)
    merge(base, Adapter(1.0, {}, rows), changed, adapter_sha256="0" * 64)
    before, after = _logits(plain), _logits(changed)
    special = np.arange(46, 53)
    assert (np.abs(after - before)[:, special].max(axis=0) > 0.5).all()
    others = np.delete(np.arange(before.shape[1]), special)
    np.testing.assert_array_equal(after[:, others], before[:, others])
