"""The trained model: the base from its GGUF, LoRA on every linear layer, seven special rows.

FunctionGemma's special tokens 46-52 are unused tokens in the base, with nearly equal embeddings,
so they must be trained. peft's `trainable_token_indices` would rebuild the whole tied matrix every
step; a 7 x 640 delta added to the embedded input and to seven logit columns does the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn
from transformers import AutoModelForCausalLM
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from . import attention

#: First special token id and how many there are.
SPECIAL_FIRST, SPECIAL_COUNT = 46, 7
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class HomeModel(nn.Module):
    """Base + LoRA + special rows, evaluated on shared-prefix sequences."""

    def __init__(self, base: nn.Module, rank: int, alpha: float) -> None:
        """`base`: a Gemma3ForCausalLM, which is changed in place."""
        super().__init__()
        config = LoraConfig(r=rank, lora_alpha=alpha, target_modules=list(TARGETS))
        self.rank, self.alpha = rank, alpha
        self.peft = get_peft_model(base, config)
        self.window = int(base.config.sliding_window)
        hidden = base.config.hidden_size
        self.special_rows = nn.Parameter(torch.zeros(SPECIAL_COUNT, hidden))
        self.scale = hidden**0.5

    @classmethod
    def from_gguf(cls, path: Path, rank: int, alpha: float, dtype: torch.dtype) -> HomeModel:
        """Load and dequantise the base; the weights stay frozen in `dtype`."""
        ALL_ATTENTION_FUNCTIONS.register(attention.NAME, attention.shared_prefix_attention)
        base = AutoModelForCausalLM.from_pretrained(
            str(path.parent), gguf_file=path.name, dtype=dtype, attn_implementation=attention.NAME
        )
        return cls(base, rank, alpha)

    @property
    def embedding(self) -> Tensor:
        """(vocabulary, hidden): tied input and output matrix of the base."""
        return self.peft.base_model.model.model.embed_tokens.weight

    def hidden(self, ids: Tensor, prefix: int, groups: attention.Groups) -> Tensor:
        """Last hidden states (L, hidden) of `ids` (L): a prefix and groups of blocks."""
        rows = self.embedding[ids]
        special = (ids >= SPECIAL_FIRST) & (ids < SPECIAL_FIRST + SPECIAL_COUNT)
        index = (ids - SPECIAL_FIRST).clamp(0, SPECIAL_COUNT - 1)
        rows = rows + self.special_rows[index] * special[:, None]
        masks = attention.build_masks(prefix, groups, self.window, ids.device)
        # Autocast leaves softmax in float32; additive masks are cast by the addition itself.
        output = self.peft.base_model.model.model(
            inputs_embeds=(rows * self.scale)[None],
            attention_mask=masks,
            position_ids=attention.positions(prefix, groups, ids.device),
            use_cache=False,
        )
        return output.last_hidden_state[0]

    def logits(self, hidden: Tensor, vocabulary: Tensor) -> Tensor:
        """(positions, len(vocabulary)): logits of the ids in `vocabulary` only.

        The softmax over the ids that occur in the data instead of all 262,144 saves a third of a
        CPU's training time. `vocabulary` is sorted and holds 46-52.
        """
        rows = self.embedding[vocabulary].to(hidden.dtype)
        start = int(torch.searchsorted(vocabulary, SPECIAL_FIRST))
        delta = torch.zeros_like(rows)
        delta[start : start + SPECIAL_COUNT] = self.special_rows.to(hidden.dtype)
        return hidden @ (rows + delta).T

    def trained_state(self) -> dict[str, Tensor]:
        """Everything that is trained, by parameter name."""
        return {n: p.detach().cpu().clone() for n, p in self.named_parameters() if p.requires_grad}

    def load_trained_state(self, state: dict[str, Tensor]) -> None:
        """Set what `trained_state` returned; raises ValueError for another rank or other layers."""
        own: dict[str, Any] = {n: p for n, p in self.named_parameters() if p.requires_grad}
        if own.keys() != state.keys():
            raise ValueError("the checkpoint was trained with other LoRA targets")
        if any(own[name].shape != state[name].shape for name in own):
            raise ValueError("the checkpoint was trained with another rank or another base")
        with torch.no_grad():
            for name, parameter in own.items():
                parameter.copy_(state[name])
