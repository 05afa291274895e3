"""Smaller files are still our model: same words, same prompt, answers from the same engine."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest

from custom_components.functiongemma.core.assemble import check_gguf
from custom_components.functiongemma.core.assemble.adapter import Adapter, write_adapter
from custom_components.functiongemma.core.engine import LlamaEngine
from custom_components.functiongemma.core.errors import ModelFileError
from tests.core import tiny_gguf
from training.quantise.__main__ import TYPES, main, quantise

TOKENS = ("tokenizer.ggml.tokens", "tokenizer.ggml.scores", "tokenizer.ggml.token_type")


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """One that changes the special tokens alone."""
    rows = np.full((7, tiny_gguf.HIDDEN), 0.5, np.float32)
    write_adapter(tmp_path / "a.lora.gguf", Adapter(alpha=8, tensors={}, special_rows=rows))
    return tmp_path / "a.lora.gguf"


def types(path: Path) -> dict[str, str]:
    return {t.name: t.tensor_type.name for t in gguf.GGUFReader(path).tensors}


def test_every_type_keeps_the_metadata(
    base: Path, adapter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["--out", str(out), "--base", str(base), "--adapter", str(adapter)]) == 0
    merged = gguf.GGUFReader(out / "merged.gguf")
    printed = capsys.readouterr().out
    for name in TYPES:
        file = out / f"home-{name}.gguf"
        info = check_gguf(file)
        assert info.prompt == "home-1"
        assert info.name == "FunctionGemma Home"
        reader = gguf.GGUFReader(file)
        for key in (*TOKENS, "functiongemma.adapter_sha256"):
            assert reader.fields[key].contents() == merged.fields[key].contents()
        assert f"{file.name} " in printed
    assert not list(out.glob("*.part"))


def test_blocks_and_embedding_have_types_of_their_own(base: Path, tmp_path: Path) -> None:
    quantise(base, tmp_path / "q.gguf", "Q4_0+Q8_0")
    found = types(tmp_path / "q.gguf")
    assert found["token_embd.weight"] == "Q8_0"
    assert {found[f"blk.0.{n}.weight"] for n in ("attn_q", "ffn_up", "ffn_down")} == {"Q4_0"}
    assert found["blk.0.attn_norm.weight"] == "F32"
    quantise(base, tmp_path / "r.gguf", "Q8_0+Q4_0")
    found = types(tmp_path / "r.gguf")
    assert found["token_embd.weight"] == "Q4_0"
    assert found["blk.0.attn_q.weight"] == "Q8_0"


def test_the_engine_says_nearly_the_same(base: Path, tmp_path: Path) -> None:
    logits = {}
    quantise(base, tmp_path / "q8.gguf", "Q8_0")
    quantise(base, tmp_path / "q4.gguf", "Q4_0+Q4_0")
    for path in (base, tmp_path / "q8.gguf", tmp_path / "q4.gguf"):
        engine = LlamaEngine(path, context=tiny_gguf.CONTEXT)
        engine.begin([2, 400, 500], [600])
        logits[path.stem] = engine.evaluate([()], [None])[0].copy()
        engine.close()
    errors = [np.abs(logits[name] - logits[base.stem]).mean() for name in ("q8", "q4")]
    assert errors[0] < errors[1]
    assert errors[0] < 0.1 * np.abs(logits[base.stem]).mean()


def test_what_is_quantised_already_is_refused(base: Path, tmp_path: Path) -> None:
    quantise(base, tmp_path / "q8.gguf", "Q8_0")
    with pytest.raises(ModelFileError, match="quantised already"):
        quantise(tmp_path / "q8.gguf", tmp_path / "q4.gguf", "Q4_0")
    told = ["--out", str(tmp_path), "--model", str(tmp_path / "q8.gguf")]
    with pytest.raises(SystemExit, match="quantised already"):
        main(told)


@pytest.mark.parametrize("name", ["Q9_9", "Q4_0+Q9_9", ""])
def test_a_type_that_does_not_exist(base: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no"):
        quantise(base, tmp_path / "q.gguf", name)
    assert not list(tmp_path.iterdir())
