"""The tokens that branches lack, those that several lack alike only once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from .batch import Piece
from .branches import Branch, TokenPath

_Job = tuple[Branch, TokenPath]


def lacking(
    jobs: Sequence[_Job], asked: Collection[TokenPath]
) -> Iterator[tuple[Piece, list[TokenPath]]]:
    """What each branch lacks of its path, and which of the `asked` paths end in it, in order.

    Positions count from the end of the prompt. Branches that are copies of different ones may lack
    the same tokens; a path that ends in them is told once all the same, since a batch has room for
    so many outputs and no more.
    """
    left = set(asked)
    alike: dict[tuple[int, int], list[_Job]] = {}
    for job in jobs:
        alike.setdefault(job[0].origin, []).append(job)
    for group in alike.values():
        yield from _from(group, len(group[0][0].path), left)


def _from(
    jobs: Sequence[_Job], start: int, left: set[TokenPath]
) -> Iterator[tuple[Piece, list[TokenPath]]]:
    """The paths of `jobs` from `start` on, where they are all alike up to there.

    `left`: those that are asked for; what is found is taken out.
    """
    paths = [path for _, path in jobs]
    stop = start
    while all(len(path) > stop and path[stop] == paths[0][stop] for path in paths):
        stop += 1
    if stop > start:
        sequences = tuple(branch.sequence for branch, _ in jobs)
        ends = [end for end in range(start, stop) if paths[0][: end + 1] in left]
        found = [paths[0][: end + 1] for end in ends]
        left.difference_update(found)
        outputs = tuple(end - start for end in ends)
        yield Piece(paths[0][start:stop], start, sequences, outputs), found
    going_on = sorted((job for job in jobs if len(job[1]) > stop), key=lambda job: job[1][stop])
    for _, group in groupby(going_on, key=lambda job: job[1][stop]):
        yield from _from(list(group), stop, left)
