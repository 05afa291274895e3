"""Which of llama.cpp's sequences holds which branch of an answer.

A sliding-window cache allows no rolling back, so a branch only ever grows, or becomes a copy of
another one's beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Path = tuple[int, ...]

#: Makes the sequence `target` a copy of `source`: the prompt and so many tokens more.
Copy = Callable[[int, int, int], None]

#: The sequence of the prompt itself.
PROMPT = 0


@dataclass
class Branch:
    """A sequence and the tokens it holds after the prompt."""

    sequence: int
    path: Path = ()
    used: int = 0


class Branches:
    """A few sequences beside the prompt's."""

    def __init__(self, count: int, copy: Copy) -> None:
        """`count`: one more than there are paths at a time."""
        self._branches = [Branch(PROMPT + 1 + index) for index in range(count)]
        self._copy = copy
        self._clock = 0

    def clear(self) -> None:
        """Forget all: there is another prompt, or none."""
        for branch in self._branches:
            branch.path = ()

    def place(self, paths: list[Path]) -> list[tuple[Branch, Path]]:
        """Give every path a branch that holds a beginning of it, not all of it."""
        self._clock += 1
        placed: dict[Path, Branch] = {}
        taken: set[int] = set()
        held = {branch.sequence: branch.path for branch in self._branches}
        for path in paths:  # first those that go on where a branch ended
            for branch in self._branches:
                ends_here = branch.path and path[: len(branch.path)] == branch.path != path
                if branch.sequence not in taken and ends_here:
                    placed[path] = branch
                    taken.add(branch.sequence)
                    break
        for path in paths:
            if path not in placed:
                placed[path] = self._fork(path, taken, held)
        for branch in placed.values():
            branch.used = self._clock
        return [(placed[path], path) for path in paths]

    def _fork(self, path: Path, taken: set[int], held: dict[int, Path]) -> Branch:
        """A branch with the longest beginning of `path` that any sequence has."""
        source, length = PROMPT, 0
        for candidate, tokens in held.items():
            common = min(_common(tokens, path), len(path) - 1)
            if common > length:
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
