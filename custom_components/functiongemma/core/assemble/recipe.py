"""The recipe of the home model: which type each tensor of the merged file has."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Final

KEEP: Final = "keep"

FILE_TYPES: Final = {
    "F32": 0,
    "F16": 1,
    "Q4_0": 2,
    "Q4_1": 3,
    "Q8_0": 7,
    "Q5_0": 8,
    "Q5_1": 9,
    "IQ4_NL": 25,
    "BF16": 32,
}
"""llama.cpp's `llama_ftype` by the type most tensors have. The types here are those gguf-py can
quantise to, and IQ4_NL, for which there is `gguf.iq4nl`.
"""


@dataclass(frozen=True)
class Recipe:
    """How a merged model is made; two that differ in anything make two cached files."""

    version: int
    """Raised when the way of merging changes while the types below do not."""
    name: str
    """Becomes `general.name`."""
    prompt: str
    """Becomes `functiongemma.prompt`: the prompt style the adapter was trained with."""
    main_type: str
    """Key of `FILE_TYPES`; becomes `general.file_type`."""
    rules: tuple[tuple[str, str], ...]
    """(glob over tensor names, tensor type or `keep`); the first that matches decides, `keep` where
    none does.
    """

    trim: bool = False
    """Whether only the tokens that homes need are kept: see `vocabulary.py`."""

    def type_of(self, tensor: str, stored: str) -> str:
        """The type the tensor gets, where the base stores it in the type `stored`."""
        for pattern, type_name in self.rules:
            if fnmatchcase(tensor, pattern):
                return stored if type_name == KEEP else type_name
        return stored

    def fingerprint(self) -> bytes:
        """Equal for equal recipes only."""
        return json.dumps(asdict(self), sort_keys=True).encode()


HOME_RECIPE: Final = Recipe(
    version=4,
    name="FunctionGemma Home",
    prompt="home-1",
    main_type="IQ4_NL",
    # The values' projections are a sixtieth of the blocks, and all that attention passes on.
    rules=(
        ("*_norm.weight", KEEP),
        ("blk.*.attn_v.weight", "Q8_0"),
        ("blk.*.weight", "IQ4_NL"),
        # Two thirds of the file in eight bits; six answer alike, and five with a least value are
        # stored in six.
        ("token_embd.weight", "Q5_1"),
        ("*", KEEP),
    ),
    trim=True,
)
