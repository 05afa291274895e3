"""Only the adapters and the seven special rows are trained, and they do what merging will do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from custom_components.functiongemma.core import tokens
from tests.core import tiny_gguf
from training.model import SPECIAL_COUNT, SPECIAL_FIRST, HomeModel

MakeModel = Callable[..., HomeModel]
GROUPS = [(2, 4)]
SPECIAL = range(SPECIAL_FIRST, SPECIAL_FIRST + SPECIAL_COUNT)


def ordinary(length: int) -> Tensor:
    torch.manual_seed(5)
    return torch.randint(400, 1000, (length,))


def shaken(model: HomeModel) -> HomeModel:
    """With adapters that do something: fresh ones multiply by zero."""
    torch.manual_seed(6)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.copy_(torch.randn_like(parameter) * 0.1)
    return model


def test_the_special_tokens_are_functiongemmas() -> None:
    assert list(SPECIAL) == list(tokens.FUNCTION_TOKENS)


def test_adapters_and_special_rows_are_all_that_is_trained(make_model: MakeModel) -> None:
    names = [name for name, p in make_model().named_parameters() if p.requires_grad]
    assert sum("lora_A" in name for name in names) == 7 * tiny_gguf.LAYERS
    assert sum("lora_B" in name for name in names) == 7 * tiny_gguf.LAYERS
    assert len(names) == 14 * tiny_gguf.LAYERS + 1
    assert "special_rows" in names


def test_a_fresh_model_is_the_base(make_model: MakeModel) -> None:
    model, ids = make_model(), ordinary(11)
    vocabulary = torch.arange(model.embedding.shape[0])
    with torch.no_grad():
        found = model.hidden(ids, 3, GROUPS)
        before = model.logits(found, vocabulary)
        assert torch.equal(before, found @ model.embedding.T)
        assert not torch.equal(found, shaken(model).hidden(ids, 3, GROUPS))


def test_special_rows_change_exactly_seven_columns(make_model: MakeModel) -> None:
    model = make_model()
    vocabulary = torch.cat([torch.tensor([0, 1, 45]), torch.arange(46, 60), ordinary(20).unique()])
    hidden = torch.randn(5, tiny_gguf.HIDDEN)
    with torch.no_grad():
        before = model.logits(hidden, vocabulary)
        model.special_rows.normal_()
        after = model.logits(hidden, vocabulary)
    changed = vocabulary[(before != after).any(dim=0)]
    assert changed.tolist() == list(SPECIAL)
    delta = (after - before)[:, 3:10]
    torch.testing.assert_close(delta, hidden @ model.special_rows.T, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("token", [45, *SPECIAL, 53])
def test_special_rows_change_exactly_seven_inputs(make_model: MakeModel, token: int) -> None:
    model, ids = make_model(), ordinary(11)
    ids[1] = token
    with torch.no_grad():
        before = model.hidden(ids, 3, GROUPS)
        model.special_rows.normal_()
        after = model.hidden(ids, 3, GROUPS)
    assert torch.equal(before, after) == (token not in SPECIAL)


def test_special_rows_are_as_good_as_other_embeddings(make_model: MakeModel) -> None:
    """The same result as with the rows added to the tied matrix itself, which merging does."""
    model, merged, ids = make_model(), make_model(), ordinary(11)
    ids[2], ids[5], ids[9] = 46, 52, 48
    vocabulary = torch.arange(model.embedding.shape[0])
    with torch.no_grad():
        model.special_rows.normal_()
        merged.embedding[SPECIAL_FIRST : SPECIAL_FIRST + SPECIAL_COUNT] += model.special_rows
        found = model.logits(model.hidden(ids, 3, GROUPS), vocabulary)
        expected = merged.logits(merged.hidden(ids, 3, GROUPS), vocabulary)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_a_part_of_the_vocabulary_gives_the_same_logits(make_model: MakeModel) -> None:
    model = shaken(make_model())
    hidden = torch.randn(3, tiny_gguf.HIDDEN)
    some = torch.cat([torch.arange(46, 53), ordinary(9).unique()])
    with torch.no_grad():
        whole = model.logits(hidden, torch.arange(model.embedding.shape[0]))
        torch.testing.assert_close(model.logits(hidden, some), whole[:, some])


def test_what_is_trained_is_saved_and_comes_back(make_model: MakeModel) -> None:
    model, other, ids = shaken(make_model()), make_model(), ordinary(11)
    state = model.trained_state()
    other.load_trained_state(state)
    with torch.no_grad():
        assert torch.equal(model.hidden(ids, 3, GROUPS), other.hidden(ids, 3, GROUPS))
        # The state is a copy: training on does not change it.
        model.special_rows.zero_()
    assert state["special_rows"].abs().max() > 0
    assert all(torch.equal(state[n], v) for n, v in other.trained_state().items())


def test_a_checkpoint_of_another_shape_is_refused(make_model: MakeModel) -> None:
    model = make_model()
    with pytest.raises(ValueError, match="rank"):
        model.load_trained_state(make_model(rank=1).trained_state())
    state = model.trained_state()
    del state["special_rows"]
    with pytest.raises(ValueError, match="targets"):
        model.load_trained_state(state)
