"""Blocks behind a shared prefix are computed as if each stood there alone."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from transformers import Gemma3ForCausalLM, Gemma3TextConfig
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from training import attention
from training.attention import Groups, build_masks, positions

WINDOW = 5
PREFIX = 9
GROUPS: Groups = [(2, 3), (3, 7), (1, 1)]


def tiny(implementation: str) -> Gemma3ForCausalLM:
    config = Gemma3TextConfig(
        vocab_size=60,
        hidden_size=24,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=3,
        num_key_value_heads=1,
        head_dim=8,
        query_pre_attn_scalar=8,
        sliding_window=WINDOW,
        layer_types=["sliding_attention", "full_attention"],
        pad_token_id=0,
    )
    ALL_ATTENTION_FUNCTIONS.register(attention.NAME, attention.shared_prefix_attention)
    torch.manual_seed(1)
    model = Gemma3ForCausalLM._from_config(config, attn_implementation=implementation)
    for parameter in model.parameters():  # the initial weights would hardly attend to anything
        torch.nn.init.normal_(parameter, std=0.3)
    return model.eval()


def blocks(ids: Tensor) -> list[Tensor]:
    """The blocks of a sequence, in order."""
    found, start = [], PREFIX
    for count, size in GROUPS:
        for _ in range(count):
            found.append(ids[start : start + size])
            start += size
    assert start == len(ids)
    return found


@pytest.fixture
def ids() -> Tensor:
    torch.manual_seed(2)
    return torch.randint(1, 60, (PREFIX + sum(n * s for n, s in GROUPS),))


def shared(model: Gemma3ForCausalLM, ids: Tensor) -> Tensor:
    output = model.model(
        input_ids=ids[None],
        attention_mask=build_masks(PREFIX, GROUPS, WINDOW),
        position_ids=positions(PREFIX, GROUPS),
        use_cache=False,
    )
    return output.last_hidden_state[0]


def alone(model: Gemma3ForCausalLM, ids: Tensor) -> Tensor:
    """Each block evaluated behind a prefix of its own, by transformers' own attention."""
    prefix = ids[:PREFIX]
    rows = [model.model(input_ids=prefix[None], use_cache=False).last_hidden_state[0]]
    for block in blocks(ids):
        whole = torch.cat([prefix, block])[None]
        rows.append(model.model(input_ids=whole, use_cache=False).last_hidden_state[0][PREFIX:])
    return torch.cat(rows)


@pytest.fixture(params=[2, 4, 256])
def rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The prefix is computed so many rows at a time."""
    monkeypatch.setattr(attention, "ROWS", request.param)


@pytest.mark.usefixtures("rows")
def test_every_position_is_as_if_its_block_stood_alone(ids: Tensor) -> None:
    with torch.no_grad():
        found, expected = shared(tiny(attention.NAME), ids), alone(tiny("eager"), ids)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.usefixtures("rows")
def test_the_gradients_are_the_same(ids: Tensor) -> None:
    ours, eager = tiny(attention.NAME), tiny("eager")
    torch.manual_seed(3)
    direction = torch.randn(len(ids), 24)
    for model, run in ((ours, shared), (eager, alone)):
        # The prefix counts through the blocks: once here, once for each of them there.
        (run(model, ids) * direction)[PREFIX:].sum().backward()
    for (name, one), other in zip(ours.named_parameters(), eager.parameters(), strict=True):
        assert one.grad is not None
        assert other.grad is not None
        torch.testing.assert_close(one.grad, other.grad, atol=2e-3, rtol=2e-3, msg=name)
        assert other.grad.abs().max() > 0, name


def test_the_test_would_notice_a_position_too_many(ids: Tensor) -> None:
    model = tiny(attention.NAME)
    with torch.no_grad():
        right = shared(model, ids)
        output = model.model(
            input_ids=ids[None],
            attention_mask=build_masks(PREFIX, GROUPS, WINDOW + 1),
            position_ids=positions(PREFIX, GROUPS),
            use_cache=False,
        )
    assert (output.last_hidden_state[0] - right).abs().max() > 1e-2


def test_positions_go_on_where_the_prefix_ends() -> None:
    assert positions(3, [(2, 2), (1, 1)]).tolist() == [[0, 1, 2, 3, 4, 3, 4, 3]]


def test_masks_of_a_small_example() -> None:
    masks = build_masks(3, [(2, 2)], window=2)
    seen = {
        kind: [(part == 0).int().tolist() for part in (mask.prefix, mask.cross, mask.own)]
        for kind, mask in masks.items()
    }
    assert seen == {
        "full_attention": [
            [[1, 0, 0], [1, 1, 0], [1, 1, 1]],
            [[1, 1, 1], [1, 1, 1]],
            [[1, 0], [1, 1]],
        ],
        "sliding_attention": [
            [[1, 0, 0], [1, 1, 0], [0, 1, 1]],
            [[0, 0, 1], [0, 0, 0]],
            [[1, 0], [1, 1]],
        ],
    }


def test_several_kv_heads_are_refused() -> None:
    module, mask = torch.nn.Module(), build_masks(1, [(1, 1)], 1)["full_attention"]
    query, key = torch.zeros(1, 2, 2, 4), torch.zeros(1, 2, 2, 4)
    with pytest.raises(ValueError, match="one KV head"):
        attention.shared_prefix_attention(module, query, key, key, mask, 1.0)
