"""A Gemma 3 GGUF of a few hundred kilobytes with random weights, written in milliseconds.

Everything about it is real but its size and its knowledge: architecture, SPM tokenizer with merges
that matter for calls (`{}`, `:-`, `],`, …), control tokens at their ids, and a sliding window of 32
so that short prompts meet its traps. What it answers is noise, but always the same noise.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from custom_components.functiongemma.core import tokens
from custom_components.functiongemma.core.assemble import DEFAULT_ADAPTER, merged_path
from custom_components.functiongemma.core.assemble.__main__ import default_cache

LAYERS, HIDDEN, HEADS, HEAD_SIZE, FEED_FORWARD = 6, 32, 2, 16, 64
WINDOW = 32
CONTEXT = 4096

#: Words whose prefixes become tokens, so that the tokenizer can build them by merging.
_WORDS = (
    "call light switch fan cover climate media_player todo timer state scene script lock "
    "valve vacuum turn_on turn_off toggle open close set add_item get count list area name "
    "floor brightness_pct temperature true false item here all domain hours minutes seconds "
    "Kitchen Bedroom Living Room Lamp Ceiling turn the lights declaration description "
    "parameters properties type OBJECT STRING INTEGER developer user model required You are a "
    "that can do function calling with following functions "
)
_MERGES = ["{}", ":-", "],", ":[", ":{", "}}", "{{", "},", "▁▁", "-1", "e}", "e,", ":tr", "]}"]

_NORMAL, _UNKNOWN, _CONTROL, _USER_DEFINED, _BYTE = 1, 2, 3, 4, 6


def vocabulary(*, user_defined: bool = False) -> list[tuple[str, float, int]]:
    """Tokens with scores and types; `user_defined`: as FunctionGemma's own files type theirs."""
    rows = [(f"<reserved{i}>", -1000.0, _CONTROL) for i in range(107)]
    for token, spelling in tokens.SPELLINGS.items():
        if token < len(rows):
            special = token in tokens.FUNCTION_TOKENS and token != tokens.START_FUNCTION_RESPONSE
            kind = _USER_DEFINED if special and user_defined else _CONTROL
            if special and not user_defined:
                spelling = f"<unused{token - 6}>"
            rows[token] = (spelling, -1000.0, kind)
    rows[tokens.UNK] = ("<unk>", 0.0, _UNKNOWN)
    rows += [(f"<0x{byte:02X}>", -1000.0, _BYTE) for byte in range(256)]
    characters = [chr(c) for c in range(33, 127)] + ["▁", "\n", "é", "ü", "등", "灯"]
    merges = [word[:end] for word in _WORDS.split() for end in range(2, len(word) + 1)]
    merges += ["▁" + word[:end] for word in _WORDS.split() for end in range(1, len(word) + 1)]
    pieces = dict.fromkeys([*_MERGES, *merges, *characters])
    # No token has a digit and anything else: Gemma splits digits.
    pieces = {p: None for p in pieces if len(p) == 1 or not any(c in "0123456789" for c in p)}
    return rows + [(piece, -float(rank), _NORMAL) for rank, piece in enumerate(pieces)]


def write(
    path: Path,
    *,
    architecture: str = "gemma3",
    prompt: str | None = None,
    functions: str | None = None,
    domains: str | None = None,
    user_defined: bool = False,
    spelling: dict[int, str] | None = None,
    seed: int = 0,
    embedding: str = "F32",
) -> Path:
    """Write the model to `path`; skips the test where gguf is not installed.

    `embedding` is the type of the embedding's weights.
    `spelling` renames tokens, as another model's vocabulary would.
    """
    gguf = pytest.importorskip("gguf", reason="writes GGUF files")
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(1)
    writer.add_key_length(HEAD_SIZE)
    writer.add_value_length(HEAD_SIZE)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_sliding_window(WINDOW)
    rows = vocabulary(user_defined=user_defined)
    writer.add_tokenizer_model("llama")
    names = {**dict(enumerate(row[0] for row in rows)), **(spelling or {})}
    writer.add_token_list([names[token] for token in range(len(rows))])
    writer.add_token_scores([row[1] for row in rows])
    writer.add_token_types([row[2] for row in rows])
    writer.add_bos_token_id(tokens.BOS)
    writer.add_eos_token_id(tokens.EOS)
    writer.add_unk_token_id(tokens.UNK)
    writer.add_pad_token_id(tokens.PAD)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    if prompt is not None:
        writer.add_string("functiongemma.prompt", prompt)
    if functions:
        writer.add_string("functiongemma.functions", functions)
    if domains:
        writer.add_string("functiongemma.domains", domains)
    for name, shape in _tensors(len(rows)):
        if architecture == "gemma2" and ("q_norm" in name or "k_norm" in name):
            continue
        generator = np.random.default_rng([seed, *name.encode()])
        norm = "norm" in name
        values = np.ones(shape) if norm else generator.normal(0, shape[-1] ** -0.5, shape)
        if name == "token_embd.weight" and embedding != "F32":
            kind = gguf.GGMLQuantizationType[embedding]
            data = gguf.quants.quantize(values.astype(np.float32), kind)
            writer.add_tensor(name, data, raw_dtype=kind)
        else:
            writer.add_tensor(name, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tensors(size: int) -> list[tuple[str, tuple[int, ...]]]:
    found: list[tuple[str, tuple[int, ...]]] = [
        ("token_embd.weight", (size, HIDDEN)),
        ("output_norm.weight", (HIDDEN,)),
    ]
    block: dict[str, tuple[int, ...]] = {
        "attn_norm": (HIDDEN,),
        "attn_q": (HEADS * HEAD_SIZE, HIDDEN),
        "attn_k": (HEAD_SIZE, HIDDEN),
        "attn_v": (HEAD_SIZE, HIDDEN),
        "attn_output": (HIDDEN, HEADS * HEAD_SIZE),
        "attn_q_norm": (HEAD_SIZE,),
        "attn_k_norm": (HEAD_SIZE,),
        "post_attention_norm": (HIDDEN,),
        "ffn_norm": (HIDDEN,),
        "ffn_gate": (FEED_FORWARD, HIDDEN),
        "ffn_up": (FEED_FORWARD, HIDDEN),
        "ffn_down": (HIDDEN, FEED_FORWARD),
        "post_ffw_norm": (HIDDEN,),
    }
    for layer in range(LAYERS):
        found += [(f"blk.{layer}.{name}.weight", shape) for name, shape in block.items()]
    return found


def full_model() -> Path:
    """The home model: `FUNCTIONGEMMA_MODEL`, or the one that the adapter of this checkout makes;
    skips the test where it is not in the cache.

    Never another one of the cache: an untuned base or the model of an earlier adapter answers
    differently, and a test that took it would say nothing about what ships.
    """
    if named := os.environ.get("FUNCTIONGEMMA_MODEL"):
        return Path(named)
    model = merged_path(default_cache(), DEFAULT_ADAPTER)
    if not model.exists():
        pytest.skip("no home model: run scripts/setup, or set FUNCTIONGEMMA_MODEL to a GGUF")
    return model
