"""The core on its own: `python -m custom_components.functiongemma.core --model GGUF --home FILE`.

Reads sentences from the arguments or, one a line, from standard input, and prints what the agent
would call, how sure it is, what else it considered, and where the time went.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import catalogue, tokens
from .calls import FunctionCall
from .decode import Decoded, Search
from .errors import CoreError
from .home import Home
from .prompt import HOME_STYLE, StaticPrompt, build_static, known, listed
from .worker import SyncWorker


def read_home(path: Path) -> Home:
    """A home file, JSON or (with PyYAML installed) YAML; see `Home.from_dict` for its shape.

    Raises ValueError, with the reason, for anything else.
    """
    text = path.read_text(encoding="utf-8")
    try:
        data = json.loads(text) if path.suffix == ".json" else _yaml(text)
        return Home.from_dict(data)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path} is no home file: {error!r}") from error


def _yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise ValueError("YAML needs PyYAML; JSON does not") from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m custom_components.functiongemma.core", description=__doc__
    )
    parser.add_argument("sentences", nargs="*", help="default: lines of standard input")
    parser.add_argument("--model", type=Path, required=True, help="GGUF file")
    parser.add_argument("--home", type=Path, required=True, help="home file, YAML or JSON")
    parser.add_argument("--prompt", action="store_true", help="print the prompts as well")
    parser.add_argument("--json", action="store_true", help="one JSON object a sentence")
    parser.add_argument("--threads", type=int, help="default: what is fastest just now")
    parser.add_argument("--normalise", choices=("allowed", "full"), default="allowed")
    parser.add_argument("--seconds", type=float, default=30.0, help="time limit a sentence")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when every sentence got an answer, 1 otherwise."""
    options = _arguments(arguments)
    try:
        home = read_home(options.home)
        with SyncWorker() as worker:
            return _run(worker, home, options)
    except (CoreError, OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _run(worker: SyncWorker, home: Home, options: argparse.Namespace) -> int:
    began = time.perf_counter()
    info = worker.load(options.model, threads=options.threads)
    loaded = time.perf_counter()
    functions = known(catalogue.functions_for(home), info.functions)
    # A model that does not say what it was trained on still gets the home prompt here: this
    # command exists to look at the home functions.
    style = info.prompt or HOME_STYLE
    key = worker.prepare(home, functions, style=style)
    ready = time.perf_counter()
    if not options.json:
        print(
            f"{info.description}, {info.threads} thread(s); load {(loaded - began) * 1e3:.0f} ms, "
            f"prompt {(ready - loaded) * 1e3:.0f} ms"
        )
    static = build_static(listed(home, info.domains), functions, style=style)
    if options.prompt:
        print(tokens.spell(static.segments), end="")
    failed = 0
    for sentence in _sentences(options.sentences):
        failed += not _answer(worker, key, static, sentence, options)
    return 1 if failed else 0


def _sentences(given: Iterable[str]) -> Iterator[str]:
    lines = given or sys.stdin
    return (line.strip() for line in lines if line.strip())


def _answer(
    worker: SyncWorker, key: str, static: StaticPrompt, sentence: str, options: argparse.Namespace
) -> bool:
    """Print what becomes of one sentence; False when that is an error."""
    search = Search(normalise=options.normalise)
    began = time.perf_counter()
    try:
        decoded = worker.decode(key, sentence, seconds=options.seconds, search=search)
    except CoreError as error:
        failure = {"text": sentence, "error": type(error).__name__, "message": str(error)}
        print(json.dumps(failure, ensure_ascii=False) if options.json else failure)
        return False
    milliseconds = (time.perf_counter() - began) * 1000
    if options.json:
        report: dict[str, Any] = {**asdict(decoded), "text": sentence, "ms": milliseconds}
        if options.prompt:
            report["prompt"] = tokens.spell(static.turn(sentence))
        print(json.dumps(report, ensure_ascii=False), flush=True)
    else:
        if options.prompt:
            print(tokens.spell(static.turn(sentence)), end="")
        _print(sentence, decoded, milliseconds)
    return True


def _print(sentence: str, decoded: Decoded, milliseconds: float) -> None:
    print(f"\n{sentence}")
    for rank, answer in enumerate(decoded.answers):
        calls = " ".join(map(show, answer.calls)) or "(nothing to call)"
        confidence = f"  [{decoded.confidence:.1%}]" if not rank else ""
        print(f"  {'→' if not rank else '·'} {calls}  {answer.logprob:.2f}{confidence}")
    parts = ", ".join(f"{part} {value:.0f}" for part, value in decoded.timings.items())
    print(f"  {milliseconds:.0f} ms ({parts}); {decoded.evaluated} tokens evaluated", flush=True)


def show(call: FunctionCall) -> str:
    """A call on one line, for people."""
    arguments = ", ".join(f"{key}: {value!r}" for key, value in call.arguments.items())
    return f"{call.name}({arguments})"


if __name__ == "__main__":
    sys.exit(main())
