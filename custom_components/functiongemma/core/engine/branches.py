"""Which of llama.cpp's sequences holds which branch of an answer.

A sliding-window cache allows no rolling back, so a branch only ever grows, or becomes a copy of
another one's beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

TokenPath = tuple[int, ...]

#: Makes the sequence `target` a copy of `source`: the prompt and so many tokens more.
Copy = Callable[[int, int, int], None]

#: The sequence of the prompt itself.
PROMPT = 0


@dataclass
class Branch:
    """A sequence and the tokens it holds after the prompt."""

    sequence: int
    path: TokenPath = ()
    used: int = 0


class Branches:
    """A few sequences beside the prompt's."""

    def __init__(self, count: int, window: int, copy: Copy) -> None:
        """`count`: one more than there are paths at a time. `window`: tokens a layer looks back."""
        self._branches = [Branch(PROMPT + 1 + index) for index in range(count)]
        self._window = window
        self._copy = copy
        self._clock = 0

    def clear(self) -> None:
        """Forget all: there is another prompt, or none."""
        for branch in self._branches:
            branch.path = ()

    def place(self, paths: Mapping[TokenPath, int]) -> list[tuple[Branch, TokenPath]]:
        """Give every path a branch that holds a beginning of it.

        Each path comes with the most of its tokens that the branch may hold: fewer than all.
        """
        self._clock += 1
        placed: dict[TokenPath, Branch] = {}
        taken: set[int] = set()
        held = {branch.sequence: branch.path for branch in self._branches}
        for path, most in paths.items():  # first those that go on where a branch ended
            for branch in self._branches:
                ends_here = 0 < len(branch.path) <= most and branch.path == path[: len(branch.path)]
                if branch.sequence not in taken and ends_here:
                    placed[path] = branch
                    taken.add(branch.sequence)
                    break
        for path, most in paths.items():
            if path not in placed:
                placed[path] = self._fork(path, most, taken, held)
        for branch in placed.values():
            branch.used = self._clock
        return [(placed[path], path) for path in paths]

    def _fork(
        self, path: TokenPath, most: int, taken: set[int], held: dict[int, TokenPath]
    ) -> Branch:
        """A branch with the longest beginning of `path` that any sequence has."""
        source, length = PROMPT, 0
        for candidate, tokens in held.items():
            common = min(_common(tokens, path), most)
            # A longer one may have lost what its beginning looks back on.
            if common > length and (common == len(tokens) or len(tokens) < self._window):
                source, length = candidate, common
        free = [branch for branch in self._branches if branch.sequence not in taken]
        others = [branch for branch in free if branch.sequence != source]
        branch = min(others, key=lambda branch: branch.used)
        self._copy(source, branch.sequence, length)
        branch.path = held[branch.sequence] = path[:length]
        taken.add(branch.sequence)
        return branch


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the common beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
