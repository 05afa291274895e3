"""The benchmark's command line. Standard library only: `--help` works without an environment."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_DESCRIPTION: Final = """\
Measures on this machine how long a sentence takes from its text to the calls, in homes of 25, 100
and 1,000 devices, and the same without what this project does about it: the whole prompt every
time, through llama-cpp-python's own interface.

  scripts/bench                  a table; a quarter of an hour on a slow machine
  scripts/bench --quick          one minute or two: whether it works, not what it takes
  scripts/bench --json           all numbers, as one JSON object
  scripts/bench --write          table and plots into docs/performance.md
  scripts/bench --peer           also home-llm's way of asking, with the same model

Nothing else should run on the machine meanwhile: the table says when something did.
"""

_EPILOG: Final = """\
JSON on standard output (progress goes to standard error); milliseconds unless the name says else:
  warm            by number of devices: median_ms, p95_ms, min_ms, samples, parts (medians of
                  functions, restore, prefill, decode, worker and choose; llama is what of it was
                  spent in llama_decode, python the rest), memory, steps (batches and tokens
                  of a sentence), by_sentence; first_ms: the first time round, which the others
                  leave out; again_ms: the same said once more, which is remembered, while all
                  else is the model's own work
  naive, peer     by number of devices: median_ms, prompt_tokens, answer_tokens, rss_mb
  ratio_naive_to_ours            at 25 devices, over the same sentences
  cold_ms                        first sentence after a restart, snapshot on disk; cold: its parts
  rename_ms, rename_wait_ms      a renamed device: in the background, and for a sentence at once
  worker_rss_mb, model_mb        memory of the worker; the model's file
  python_ms                      of a sentence, everything but llama_decode
  bus_ratio                      time ÷ (bytes that must be read ÷ memory bandwidth); bus has more
  pi                             derived, not measured: bytes and operations on a Pi 4 and a Pi 5
  model, machine, options        what was measured, where, how

Numbers are megabytes of 1,000,000 bytes. Rows with one number are about the home of 100 devices.
"""


@dataclass(frozen=True)
class Options:
    """What the user asked for."""

    json: bool = False
    write: bool = False
    peer: bool = False
    quick: bool = False
    threads: int = 1
    rounds: int = 5
    """How often each sentence is said, the time before it counts left out."""
    model: Path | None = None
    """A GGUF file; None: the home model."""


def parse(arguments: list[str]) -> Options:
    """Read the command line; exits with status 2 on a mistake, and after `--help`."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--json", action="store_true", help="one JSON object on standard output")
    add("--write", action="store_true", help="put table and plots into docs/performance.md")
    add("--peer", action="store_true", help="measure home-llm's way of asking as well")
    add("--quick", action="store_true", help="three sentences, once")
    add("--threads", type=_positive, default=1, metavar="N", help="for the model (default: 1)")
    add("--rounds", type=_positive, metavar="N", help="say each sentence N times (default: 5)")
    add("--model", type=Path, metavar="FILE", help="another model than the home model (GGUF)")
    found = parser.parse_args(arguments)
    if found.quick and found.write:
        parser.error("--write goes with a whole measurement, not with --quick")
    if found.model and not found.model.is_file():
        parser.error(f"--model: there is no file {found.model}")
    values = vars(found) | {"rounds": found.rounds or (1 if found.quick else 5)}
    if found.model:
        values["model"] = found.model.resolve()
    return Options(**values)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


if __name__ == "__main__":
    parse(sys.argv[1:])
