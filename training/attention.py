"""Attention for many short sequences that share one long prefix.

A training sequence is one home's static prompt followed by blocks, one sentence with its call each.
A block sees the prefix and itself, never another block, which is what the agent evaluates at run
time. Blocks come in groups of N blocks of S positions, so that a short sentence need not be padded
to the longest. Computed naively, a square mask would throw away nine tenths of the work; here the
prefix's keys are used once for all blocks (Gemma 3 270M has one KV head).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

#: Name under which transformers finds the function.
NAME = "shared_prefix"

#: Rows of the prefix that are computed together.
ROWS = 256

#: (N, S) of every group of blocks, in sequence order.
Groups = list[tuple[int, int]]


@dataclass
class PrefixMask:
    """Additive masks of one attention type; 0 where a query sees a key, else a large negative."""

    prefix: Tensor
    """(P, P)"""
    cross: Tensor
    """(S max, P): a block's positions to the prefix."""
    own: Tensor
    """(S max, S max)"""
    groups: Groups
    window: int
    """Positions a query sees, its own included."""


def build_masks(
    prefix: int, groups: Groups, window: int, device: torch.device | str = "cpu"
) -> dict[str, PrefixMask]:
    """Masks for full and sliding layers, keyed as in `config.layer_types`.

    `window`: positions a sliding layer sees, the query's own included.
    """
    rows = torch.arange(prefix, device=device)
    own = torch.arange(max(size for _, size in groups), device=device)
    distances = (
        rows[:, None] - rows[None, :],
        prefix + own[:, None] - rows[None, :],
        own[:, None] - own[None, :],
    )

    def mask(limit: int) -> PrefixMask:
        parts = [
            torch.zeros(d.shape, device=device).masked_fill_((d < 0) | (d >= limit), -1e9)
            for d in distances
        ]
        return PrefixMask(parts[0], parts[1], parts[2], groups, limit)

    return {"full_attention": mask(1 << 30), "sliding_attention": mask(window)}


def positions(prefix: int, groups: Groups, device: torch.device | str = "cpu") -> Tensor:
    """(1, P + all N·S): every block's positions go on where the prefix ends."""
    parts = [torch.arange(prefix, device=device)]
    for blocks, size in groups:
        parts.append(torch.arange(prefix, prefix + size, device=device).repeat(blocks))
    return torch.cat(parts)[None]


def shared_prefix_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: PrefixMask,
    scaling: float,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attention in the signature transformers calls.

    query (1, H, L, D), key and value (1, 1, L, D) → (1, L, H, D), L being P and all N·S.
    """
    if key.shape[0] != 1 or key.shape[1] != 1:
        raise ValueError("shared-prefix attention needs batch 1 and one KV head")
    mask, length = attention_mask, attention_mask.prefix.shape[0]
    query, key, value = query[0] * scaling, key[0, 0], value[0, 0]
    key_prefix, value_prefix = key[:length], value[:length]
    outputs = [
        _prefix_rows(query[:, start : start + ROWS], key_prefix, value_prefix, mask, start)
        for start in range(0, length, ROWS)
    ]
    seen = max(0, length - mask.window + 1)
    start = length
    for blocks, size in mask.groups:
        end = start + blocks * size
        outputs.append(
            _blocks(
                query[:, start:end].unflatten(1, (blocks, size)).transpose(0, 1),
                key[start:end].unflatten(0, (blocks, 1, size)),
                value[start:end].unflatten(0, (blocks, 1, size)),
                (key_prefix[seen:], value_prefix[seen:]),
                mask.cross[:size, seen:],
                mask.own[:size, :size],
            )
        )
        start = end
    return torch.cat(outputs)[None], None


def _prefix_rows(query: Tensor, key: Tensor, value: Tensor, mask: PrefixMask, start: int) -> Tensor:
    """Rows of the prefix from `start` on: query (H, at most ROWS, D) → (rows, H, D).

    What comes later, and what no row's window reaches, is not multiplied at all.
    """
    length = mask.prefix.shape[0]
    end, first = min(start + ROWS, length), max(0, start - mask.window + 1)
    # `query` goes on into the blocks behind the prefix's last row.
    rows = query[:, : end - start] @ key[first:end].T + mask.prefix[start:end, first:end]
    return (torch.softmax(rows, dim=-1) @ value[first:end]).transpose(0, 1)


def _blocks(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    prefix: tuple[Tensor, Tensor],
    cross_mask: Tensor,
    own_mask: Tensor,
) -> Tensor:
    """One group: query (N, H, S, D), key and value (N, 1, S, D), prefix (P, D) → (N·S, H, D)."""
    key_prefix, value_prefix = prefix
    cross = query @ key_prefix.T + cross_mask
    own = query @ key.transpose(-1, -2) + own_mask
    weights = torch.softmax(torch.cat([cross, own], dim=-1), dim=-1)
    length = len(key_prefix)
    output = weights[..., :length] @ value_prefix + weights[..., length:] @ value
    return output.transpose(1, 2).flatten(0, 1)
