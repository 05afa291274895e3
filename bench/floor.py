"""What llama.cpp itself takes for one batch: `python -m bench.floor MODEL [--behind TOKENS]`.

A sentence cannot be faster than the batch it is read in. Nothing of ours is in these times but the
callback that ends the graph before the output layer. The tokens mean nothing.
"""

from __future__ import annotations

import argparse
import random
import statistics
from pathlib import Path

from custom_components.functiongemma.core.engine.batch import Piece
from custom_components.functiongemma.core.engine.context import Context

#: Tokens in the batch: a guess, a word, a sentence with its answer, and more.
SIZES = (1, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64)

#: How often each is evaluated, in turn, so that a slow minute is everybody's.
_ROUNDS = 9


def batches(model: Path, behind: int) -> dict[int, list[float]]:
    """Milliseconds of batches of each size, on one thread, behind so many tokens of prompt."""
    context = Context(model, 1, behind + 2 * max(SIZES), 2)
    dice = random.Random(1)
    ids = [dice.randrange(1000, context.vocabulary.size) for _ in range(behind + max(SIZES))]
    context.run([Piece(ids[:behind], 0, (0,))])
    state = context.state()
    found: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(_ROUNDS):
        for size in SIZES:
            context.clear()
            context.restore(state)
            context.take_work()
            context.run([Piece(ids[behind : behind + size], behind, (0,), (size - 1,))])
            found[size].append(context.take_work().milliseconds)
    context.close()
    return found


def main() -> None:
    """Print a line for each size: the least, the median, and of the median a token's share."""
    parser = argparse.ArgumentParser(prog="python -m bench.floor", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--behind", type=int, default=1300, help="tokens of prompt")
    arguments = parser.parse_args()
    print("tokens   least  median  a token (ms)")
    for size, times in batches(arguments.model, arguments.behind).items():
        median = statistics.median(times)
        print(f"{size:6} {min(times):7.1f} {median:7.1f} {median / size:8.1f}")


if __name__ == "__main__":
    main()
