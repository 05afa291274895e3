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

    origin: tuple[int, int] = (PROMPT, 0)
    """Of what sequence it is a copy since it was placed, and to what length. Branches with the same
    one hold the very same cells, and may be given tokens together."""


class Branches:
    """A few sequences beside the prompt's."""

    def __init__(self, count: int, window: int, copy: Copy) -> None:
        """`count`: most paths at a time. `window`: tokens a layer looks back."""
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
                    branch.origin = branch.sequence, len(branch.path)
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
        # The last one left may have to give up its own end.
        branch = min(free, key=lambda branch: (branch.sequence == source, branch.used))
        self._copy(source, branch.sequence, length)
        branch.path = held[branch.sequence] = path[:length]
        branch.origin = source, length
        taken.add(branch.sequence)
        return branch


def leaves(paths: Sequence[TokenPath]) -> dict[TokenPath, int]:
    """The paths that no other goes on from.

    With how much of each may be known already: what comes before the first one that is asked for.
    """
    found: dict[TokenPath, int] = {}
    for path in sorted({path for path in paths if path}, key=len, reverse=True):
        for longer in found:
            if longer[: len(path)] == path:
                found[longer] = len(path) - 1
                break
        else:
            found[path] = len(path) - 1
    return found


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """Length of the common beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
