"""The same sentences without this project's means, timed in `bench.stock`'s process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from custom_components.functiongemma.core.tokens import Segment

#: Tokens of context: the prompts have 7,000 to 10,000.
CONTEXT: Final = 16384

#: Longest line of an answer, in bytes.
_LINE: Final = 1 << 20


class StockError(Exception):
    """llama-cpp-python's own interface could not answer; the message says why."""


async def ask_stock(
    model: Path,
    prompts: Sequence[list[Segment]],
    *,
    threads: int,
    context: int = CONTEXT,
    told: Callable[[int], None] = lambda number: None,
) -> list[dict[str, Any]]:
    """What became of every prompt, as `bench.stock` tells it; `told` hears before each.

    Raises StockError.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.stock", str(model), str(context), str(threads),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_LINE,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    found: list[dict[str, Any]] = []
    try:
        for number, prompt in enumerate(prompts):
            told(number)
            with contextlib.suppress(ConnectionError):  # seen below, with its reason
                process.stdin.write(json.dumps(prompt).encode() + b"\n")
                await process.stdin.drain()
            line = await process.stdout.readline()
            if not line:
                said = (await errors).decode(errors="replace").strip().splitlines()
                raise StockError(said[-1] if said else f"exit code {await process.wait()}")
            found.append(json.loads(line))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await asyncio.gather(errors, return_exceptions=True)
    return found


def summary(answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The row of a home: medians over its prompts, the memory at the end."""
    return {
        "median_ms": statistics.median(a["ms"] for a in answers),
        "prompt_tokens": statistics.median(a["prompt_tokens"] for a in answers),
        "answer_tokens": statistics.median(a["answer_tokens"] for a in answers),
        "samples": len(answers),
        "rss_mb": answers[-1].get("rss_mb"),
    }
