"""python -m training.evaluate --commands FILE.jsonl --homes DIR|FILE.jsonl [--model GGUF] [--base]
python -m training.evaluate --heldout [de fr …] [--model GGUF] [--base]
python -m training.evaluate --generated DIR [--model GGUF] [--base]

Asks the quantised model, through the worker and the constraint as the agent does, and compares the
actions with those that were meant: exactly the same ones on exactly the same entities. Prints the
rate by language and by function with 95 % intervals, and every miss. --json keeps everything for
`training.report`; --report writes that report at once.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from custom_components.functiongemma.core.assemble import assemble
from custom_components.functiongemma.core.decode import Search
from custom_components.functiongemma.core.prompt import HOME_STYLE
from custom_components.functiongemma.core.resolve import choose
from custom_components.functiongemma.core.worker import SyncWorker

from ..base import fetched_base
from ..paths import ADAPTER, HELD_OUT, model_cache
from ..report.page import write_report
from .commands import House, read_generated, read_heldout, read_homes, read_rows
from .measures import grouped, rate
from .results import Results, write_results
from .scoring import made_calls, same_calls
from .verdicts import Verdict, said


def evaluate(
    worker: SyncWorker,
    homes: dict[str, House],
    commands: list[dict[str, Any]],
    search: Search,
    *,
    style: str | None,
) -> Iterable[Verdict]:
    """Ask about every command, home by home, with a prompt of `style` (`prompt.build_static`)."""
    by_home: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for command in commands:
        by_home[command["home"]].append(command)
    for name, rows in by_home.items():
        home = homes[name].home
        key = worker.prepare(home, homes[name].functions, style=style)
        for row in rows:
            started = time.perf_counter()
            decoded = worker.decode(key, row["text"], search=search, seconds=60)
            answers = [(a.calls, math.exp(a.logprob)) for a in decoded.answers]
            where = replace(homes[name].where, said=row["text"])
            choice = choose(home, answers, where, mass=decoded.mass)
            made = made_calls(choice.resolved)
            yield Verdict(
                name,
                row["language"],
                row["text"],
                row["calls"],
                made,
                same_calls(made, row["calls"]),
                round(choice.confidence, 4),
                round((time.perf_counter() - started) * 1000, 1),
                row.get("kind", ""),
            )


def print_rates(verdicts: list[Verdict]) -> None:
    """Print the tables and the misses."""
    for verdict in verdicts:
        if not verdict.right:
            print(f"✗ [{verdict.home}] {verdict.text}")
            print(f"    meant {said(verdict.meant)}")
            print(f"    made  {said(verdict.made)}  ({verdict.confidence:.2f})")
    for title, field in (("language", "language"), ("function", "function")):
        print(f"\n{title:<34}{'right':>8}  {'95 % interval':>17}{'n':>7}")
        for name, row in grouped(verdicts, field).items():
            print(_line(name, row))
    print(_line("all", rate(verdicts)))
    print(f"median {statistics.median(v.milliseconds for v in verdicts):.0f} ms a command")


def _line(name: str, row: dict[str, Any]) -> str:
    span = f"{100 * row['low']:.1f} – {100 * row['high']:.1f} %"
    return f"{name:<34}{100 * row['accuracy']:>6.1f} %  {span:>17}{row['n']:>7}"


def commands_of(
    args: argparse.Namespace,
) -> tuple[str, list[dict[str, Any]], dict[str, House]]:
    """What the set of commands is called, its commands, and the houses they are said in.

    Raises SystemExit where there are none, or where the house of one is not there.
    """
    if args.heldout is not None:
        name, (rows, homes) = "held-out", read_heldout(args.heldout)
    elif args.generated:
        name, (rows, homes) = "generated", read_generated(args.generated)
    elif args.commands and args.homes:
        name, rows, homes = args.commands.stem, read_rows(args.commands), read_homes(args.homes)
    else:
        raise SystemExit("say --commands and --homes, --heldout, or --generated")
    if not rows:
        raise SystemExit(f"no commands in {args.commands or args.generated or HELD_OUT}")
    if unknown := sorted({str(row["home"]) for row in rows} - homes.keys()):
        where = args.homes or HELD_OUT
        raise SystemExit(f"{where} has no home {unknown[0]}, which a command is for")
    if args.limit and args.limit < len(rows):
        rows = random.Random(1).sample(rows, args.limit)
    return name, rows, homes


def ask(args: argparse.Namespace) -> Results:
    """Ask the model about all commands."""
    name, rows, homes = commands_of(args)
    model = args.model or (fetched_base() if args.base else assemble(model_cache(), ADAPTER))
    verdicts: list[Verdict] = []
    with SyncWorker() as worker:
        info = worker.load(model, threads=args.threads)
        search = Search(normalise=args.normalise)
        # Of itself, the base would be asked as other people's models are: in many more words.
        style = HOME_STYLE if args.base else info.prompt
        for verdict in evaluate(worker, homes, rows, search, style=style):
            verdicts.append(verdict)
            if len(verdicts) % 50 == 0:
                right = 100 * sum(v.right for v in verdicts) / len(verdicts)
                print(f"{len(verdicts)}/{len(rows)}  {right:.1f} %", file=sys.stderr, flush=True)
    facts = {
        "model": model.name,
        "bytes": model.stat().st_size,
        "base": args.base,
        "commands": name,
        "normalise": args.normalise,
    }
    return Results(args.json.stem if args.json else name, tuple(verdicts), facts)


def main(argv: list[str] | None = None) -> int:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(
        prog="training.evaluate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--commands", type=Path, help="a command a line; needs --homes")
    parser.add_argument("--homes", type=Path, help="a folder of YAML, or a home a line")
    parser.add_argument(
        "--heldout", nargs="*", metavar="CODE", help="training/heldout; all languages or these"
    )
    parser.add_argument(
        "--generated", type=Path, metavar="DIR", help="what training.dataset made, of another seed"
    )
    parser.add_argument("--model", type=Path, help="a GGUF; default: the home model, assembled")
    parser.add_argument(
        "--base",
        action="store_true",
        help="the untrained base instead (--model, or downloaded), with the home model's prompt",
    )
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write report and plots here")
    parser.add_argument("--limit", type=int, help="only this many commands, drawn at random")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--normalise", choices=("allowed", "full"), default=Search().normalise)
    args = parser.parse_args(argv)
    results = ask(args)
    print_rates(list(results.verdicts))
    if args.json:
        write_results(args.json, results)
    if args.report:
        print(write_report([results], args.report))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
