"""What the search asks of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..constraint import Ids

Logits = npt.NDArray[np.float32]

#: Paths that an engine takes at once, and how many of them no other goes on from.
MAX_PATHS = 11
MAX_LEAVES = 3


class Engine(Protocol):
    """A model that has evaluated a prompt."""

    def evaluate(
        self, paths: Sequence[Sequence[int]], wanted: Sequence[Ids | None]
    ) -> Sequence[Logits]:
        """Logits after each path of tokens that follows the prompt.

        Of the ids wanted there, shape (len(ids),); of the whole vocabulary for None. The empty
        path stands for the end of the prompt. The arrays may be views that the next call
        overwrites. What paths have in common with earlier ones is not evaluated again.
        """
        ...
