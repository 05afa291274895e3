"""The merged model is base + adapter and nothing else: a wrong weight would be a wrong answer."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest

from custom_components.functiongemma.core.assemble import AssembleCancelledError, check_gguf
from custom_components.functiongemma.core.assemble import disk as disk_module
from custom_components.functiongemma.core.assemble import merge as merge_module
from custom_components.functiongemma.core.assemble.adapter import Adapter, AdapterError
from custom_components.functiongemma.core.assemble.merge import merge
from custom_components.functiongemma.core.assemble.progress import Progress, Reporter
from custom_components.functiongemma.core.assemble.recipe import HOME_RECIPE, KEEP, Recipe
from custom_components.functiongemma.core.errors import DiskFullError, WrongArchitectureError
from custom_components.functiongemma.core.gguf.reader import read_header

from .tiny import HIDDEN, LAYERS, make_adapter, read_model, write_base

SHA = "ab" * 32


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write_base(tmp_path / "base.gguf")


#: Of the embedding, every row is what it was in the base.
COPYING = replace(HOME_RECIPE, rules=(("token_embd.weight", KEEP), *HOME_RECIPE.rules))


def _merge(
    base: Path, adapter: Adapter, name: str = "merged.gguf", recipe: Recipe = HOME_RECIPE
) -> Path:
    target = base.with_name(name)
    merge(base, adapter, target, adapter_sha256=SHA, recipe=recipe)
    return target


def test_block_weights_are_base_plus_adapter(base: Path) -> None:
    adapter = make_adapter()
    _, old = read_model(base)
    target = base.with_name("merged.gguf")
    exactly = replace(HOME_RECIPE, rules=(("*_norm.weight", "keep"), ("blk.*", "Q8_0")))
    merge(base, adapter, target, adapter_sha256=SHA, recipe=exactly)
    _, new = read_model(target)
    for block in range(2):
        for layer in LAYERS:
            name = f"blk.{block}.{layer}.weight"
            a, b = adapter.tensors[f"{name}.lora_a"], adapter.tensors[f"{name}.lora_b"]
            expected = old[name] + 2.0 * (b @ a)  # alpha is twice the rank
            # Q8_0 has 127 steps for the largest of each 32 values.
            step = np.abs(expected).max() / 127
            np.testing.assert_allclose(new[name], expected, atol=step * 0.51)
            assert np.abs(new[name] - old[name]).max() > 20 * step


def test_embedding_keeps_all_but_the_special_rows(base: Path) -> None:
    adapter = make_adapter()
    _, old = read_model(base)
    _, new = read_model(_merge(base, adapter, recipe=COPYING))
    before, after = old["token_embd.weight"], new["token_embd.weight"]
    untouched = [row for row in range(len(before)) if not 46 <= row <= 52]
    np.testing.assert_array_equal(after[untouched], before[untouched])
    np.testing.assert_allclose(after[46:53], before[46:53] + adapter.special_rows, atol=0.02)


def test_embedding_in_a_smaller_type_has_the_same_rows(base: Path) -> None:
    adapter = make_adapter()
    _, old = read_model(base)
    _, new = read_model(_merge(base, adapter))
    expected = old["token_embd.weight"].copy()
    expected[46:53] += adapter.special_rows
    # Q5_1 has 31 steps from the least to the largest of each 32 values.
    step = np.ptp(expected.reshape(-1, 32), axis=1).max() / 31
    np.testing.assert_allclose(new["token_embd.weight"], expected, atol=step * 0.51)
    assert not np.array_equal(new["token_embd.weight"], expected)


def test_norms_are_untouched(base: Path) -> None:
    _, old = read_model(base)
    _, new = read_model(_merge(base, make_adapter()))
    norms = [name for name in old if "norm" in name]
    assert len(norms) == 3
    for name in norms:
        np.testing.assert_array_equal(new[name], old[name])


def test_without_special_rows_the_embedding_is_copied(base: Path) -> None:
    _, old = read_model(base)
    _, new = read_model(_merge(base, make_adapter(rows=False), recipe=COPYING))
    np.testing.assert_array_equal(new["token_embd.weight"], old["token_embd.weight"])


def test_tokenizer_and_all_other_metadata_are_kept(base: Path) -> None:
    old, _ = read_model(base)
    new, _ = read_model(_merge(base, make_adapter()))
    changed = {
        "general.name": "FunctionGemma Home",
        "general.file_type": int(gguf.LlamaFileType.MOSTLY_IQ4_NL),
        "functiongemma.prompt": "home-1",
        "functiongemma.adapter_sha256": SHA,
        "GGUF.kv_count": old["GGUF.kv_count"] + 2,  # type: ignore[operator]
    }
    assert new == {**old, **changed}


@pytest.mark.parametrize("alignment", [32, 64])
def test_tensors_keep_their_order_and_alignment(tmp_path: Path, alignment: int) -> None:
    base = write_base(tmp_path / "base.gguf", alignment=alignment)
    merged = read_header(_merge(base, make_adapter()))
    assert [t.name for t in merged.tensors] == [t.name for t in read_header(base).tensors]
    assert merged.alignment == alignment
    assert all(tensor.offset % alignment == 0 for tensor in merged.tensors)
    assert read_model(merged.path)[1].keys() == {t.name for t in merged.tensors}


def test_the_same_inputs_make_the_same_file(base: Path) -> None:
    adapter = make_adapter()
    first, second = _merge(base, adapter, "1.gguf"), _merge(base, adapter, "2.gguf")
    assert first.read_bytes() == second.read_bytes()


def test_a_recipe_decides_the_types(base: Path) -> None:
    target = base.with_name("mixed.gguf")
    recipe = replace(HOME_RECIPE, rules=(("*.ffn_down.weight", "Q4_0"), *HOME_RECIPE.rules))
    merge(base, make_adapter(), target, adapter_sha256=SHA, recipe=recipe)
    types = {tensor.name: tensor.type_name for tensor in read_header(target).tensors}
    assert types["blk.1.ffn_down.weight"] == "Q4_0"
    assert types["blk.1.attn_q.weight"] == "IQ4_NL"
    assert types["blk.1.attn_v.weight"] == "Q8_0"
    assert types["blk.1.attn_norm.weight"] == "F32"
    _, new = read_model(target)
    _, exact = read_model(_merge(base, make_adapter()))
    correlation = np.corrcoef(
        new["blk.1.ffn_down.weight"].ravel(), exact["blk.1.ffn_down.weight"].ravel()
    )
    assert correlation[0, 1] > 0.98


def test_what_the_adapter_calls_important_is_kept_better(base: Path) -> None:
    adapter, name = make_adapter(), "blk.0.attn_q.weight"
    columns = np.full(HIDDEN, 1e-4, np.float32)
    columns[::8] = 1.0
    exact = read_model(base)[1][name] + 2.0 * (
        adapter.tensors[f"{name}.lora_b"] @ adapter.tensors[f"{name}.lora_a"]
    )
    _, plain = read_model(_merge(base, adapter, "plain.gguf"))
    told = replace(adapter, importance={name: columns})
    _, weighed = read_model(_merge(base, told, "weighed.gguf"))
    lost = [np.square(model[name] - exact)[:, ::8].mean() for model in (plain, weighed)]
    assert lost[1] < 0.8 * lost[0]


@pytest.mark.parametrize(
    "adapter",
    [
        Adapter(
            4.0,
            {
                "blk.0.attn_q.weight.lora_a": np.zeros((4, 128), np.float32),
                "blk.0.attn_q.weight.lora_b": np.zeros((64, 4), np.float32),
            },
        ),
        Adapter(
            4.0,
            {
                "blk.9.attn_q.weight.lora_a": np.zeros((4, HIDDEN), np.float32),
                "blk.9.attn_q.weight.lora_b": np.zeros((64, 4), np.float32),
            },
        ),
        Adapter(4.0, {}, np.zeros((7, 640), np.float32)),
    ],
    ids=["width", "block", "rows"],
)
def test_an_adapter_for_another_base_is_refused(base: Path, adapter: Adapter) -> None:
    with pytest.raises(AdapterError, match="the base's"):
        _merge(base, adapter)
    assert list(base.parent.iterdir()) == [base]


def test_another_architecture_is_refused(tmp_path: Path) -> None:
    base = write_base(tmp_path / "base.gguf", architecture="llama")
    with pytest.raises(WrongArchitectureError):
        _merge(base, make_adapter())


def test_a_full_disk_is_seen_before_anything_is_written(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(disk_module.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DiskFullError, match="1 MB are needed, 0 MB are free") as caught:
        _merge(base, make_adapter())
    assert caught.value.placeholders["free"] == "1000"
    assert int(caught.value.placeholders["needed"]) > 40_000
    assert list(base.parent.iterdir()) == [base]


def test_a_disk_that_fills_up_meanwhile_leaves_nothing_behind(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_up(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(merge_module.os, "fsync", fill_up)
    with pytest.raises(DiskFullError):
        _merge(base, make_adapter())
    assert list(base.parent.iterdir()) == [base]


def _merge_cancelled_at(base: Path, stage: str) -> Path:
    seen: list[Progress] = []
    reporter = Reporter(seen.append, lambda: bool(seen) and seen[-1].stage == stage)
    target = base.with_name("merged.gguf")
    merge(base, make_adapter(), target, adapter_sha256=SHA, reporter=reporter)
    return target


def test_cancelling_leaves_no_half_model(base: Path) -> None:
    with pytest.raises(AssembleCancelledError):
        _merge_cancelled_at(base, "merge")
    assert list(base.parent.iterdir()) == [base]


def test_a_finished_model_is_not_lost_to_a_late_cancel(base: Path) -> None:
    assert check_gguf(_merge_cancelled_at(base, "write")).prompt == "home-1"


def test_the_result_is_a_model_of_ours(base: Path) -> None:
    info = check_gguf(_merge(base, make_adapter()))
    assert (info.name, info.prompt, info.file_type) == ("FunctionGemma Home", "home-1", 25)
