"""python -m training.evaluate --commands FILE.jsonl --homes DIR|FILE.jsonl [--model GGUF]

Asks the quantised model, through the worker and the constraint as the agent does, and compares the
actions with those that were meant: exactly the same ones on exactly the same entities. Prints the
rate by language and by function with 95 % intervals, and every miss.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from custom_components.functiongemma.core.assemble import assemble
from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.decode import Search
from custom_components.functiongemma.core.home import Home
from custom_components.functiongemma.core.resolve import Where, choose
from custom_components.functiongemma.core.worker import SyncWorker

from .paths import ADAPTER, model_cache
from .scoring import interval, made_calls, same_calls


@dataclass(frozen=True)
class Verdict:
    """How one command went."""

    home: str
    language: str
    text: str
    meant: list[dict[str, Any]]
    made: list[dict[str, Any]]
    right: bool
    confidence: float
    milliseconds: float

    @property
    def function(self) -> str:
        """What the command is counted under."""
        return self.meant[0]["service"] if self.meant else "no call"


@dataclass(frozen=True)
class House:
    """A home and the states its entities are in."""

    home: Home
    where: Where


def read_homes(path: Path) -> dict[str, House]:
    """Houses by name: a folder of YAML files, or JSONL with a `home` (its name) a line."""
    if path.is_dir():
        files = sorted(path.glob("*.yaml"))
        return {file.stem: _house(yaml.safe_load(file.read_text("utf-8"))) for file in files}
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {row["home"]: _house(row) for row in rows}


def _house(data: dict[str, Any]) -> House:
    states = {row["id"]: str(row["state"]) for row in data["entities"] if "state" in row}
    return House(Home.from_dict(data), Where(states=states))


def evaluate(
    worker: SyncWorker, homes: dict[str, House], commands: list[dict[str, Any]], search: Search
) -> Iterable[Verdict]:
    """Ask about every command, home by home."""
    style = worker.info.prompt if worker.info else None
    by_home: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for command in commands:
        by_home[command["home"]].append(command)
    for name, rows in by_home.items():
        home = homes[name].home
        key = worker.prepare(home, functions_for(home), style=style)
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
                choice.confidence,
                (time.perf_counter() - started) * 1000,
            )


def rate(verdicts: list[Verdict]) -> dict[str, Any]:
    """Accuracy, its interval and the number of commands."""
    right = sum(v.right for v in verdicts)
    low, high = interval(right, len(verdicts))
    return {"accuracy": right / len(verdicts), "low": low, "high": high, "n": len(verdicts)}


def grouped(verdicts: list[Verdict], field: str) -> dict[str, dict[str, Any]]:
    """Rates by an attribute of the verdicts, the most frequent value first."""
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[getattr(verdict, field)].append(verdict)
    return {k: rate(v) for k, v in sorted(groups.items(), key=lambda item: -len(item[1]))}


def report(verdicts: list[Verdict], *, misses: bool = True) -> None:
    """Print the tables and the misses."""
    if misses:
        for verdict in verdicts:
            if not verdict.right:
                print(f"✗ [{verdict.home}] {verdict.text}")
                print(f"    meant {_short(verdict.meant)}")
                print(f"    made  {_short(verdict.made)}  ({verdict.confidence:.2f})")
    for title, field in (("language", "language"), ("function", "function")):
        print(f"\n{title:<34}{'right':>8}  {'95 % interval':>17}{'n':>7}")
        for name, row in grouped(verdicts, field).items():
            print(_line(name, row))
    print(_line("all", rate(verdicts)))
    print(f"median {statistics.median(v.milliseconds for v in verdicts):.0f} ms a command")


def _line(name: str, row: dict[str, Any]) -> str:
    span = f"{100 * row['low']:.1f} – {100 * row['high']:.1f} %"
    return f"{name:<34}{100 * row['accuracy']:>6.1f} %  {span:>17}{row['n']:>7}"


def _short(calls: list[dict[str, Any]]) -> str:
    parts = [
        f"{call['service']} {','.join(call['entity_id'])} {call.get('data') or ''}".strip()
        for call in calls
    ]
    return "; ".join(parts) or "nothing"


def main(argv: list[str] | None = None) -> int:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(prog="training.evaluate", description=__doc__)
    parser.add_argument("--commands", type=Path, required=True)
    parser.add_argument("--homes", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="a GGUF; default: the home model, assembled")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--limit", type=int, help="only this many commands, drawn at random")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--normalise", choices=("allowed", "full"), default=Search().normalise)
    args = parser.parse_args(argv)
    rows = [json.loads(line) for line in args.commands.read_text(encoding="utf-8").splitlines()]
    if not rows:
        raise SystemExit(f"no commands in {args.commands}")
    if args.limit and args.limit < len(rows):
        rows = random.Random(1).sample(rows, args.limit)
    model = args.model or assemble(model_cache(), ADAPTER)
    verdicts: list[Verdict] = []
    with SyncWorker() as worker:
        worker.load(model, threads=args.threads)
        search = Search(normalise=args.normalise)
        for verdict in evaluate(worker, read_homes(args.homes), rows, search):
            verdicts.append(verdict)
            if len(verdicts) % 50 == 0:
                right = 100 * sum(v.right for v in verdicts) / len(verdicts)
                print(f"{len(verdicts)}/{len(rows)}  {right:.1f} %", file=sys.stderr, flush=True)
    report(verdicts)
    if args.json:
        languages = grouped(verdicts, "language")
        result = {
            **rate(verdicts),
            "languages": languages,
            "functions": grouped(verdicts, "function"),
            "misses": [asdict(v) for v in verdicts if not v.right],
        }
        args.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
