"""python -m custom_components.functiongemma.core.assemble [--adapter FILE] [--cache DIR]

Downloads the base model, merges the adapter into it and prints the path of the result.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ..errors import CoreError
from . import DEFAULT_ADAPTER, DEFAULT_SOURCES, BaseModel, Progress, assemble


def default_cache() -> Path:
    """`functiongemma/models` in the user's cache folder, which demo and training use too."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "functiongemma" / "models"


def main(arguments: list[str] | None = None, *, sources: BaseModel = DEFAULT_SOURCES) -> int:
    """Run the command line; returns the exit status: 0, 1 for a failure, 130 for Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m custom_components.functiongemma.core.assemble",
        description="Download the base model, merge the adapter into it, print the path.",
    )
    parser.add_argument(
        "--adapter", type=Path, default=DEFAULT_ADAPTER, metavar="FILE", help="default: %(default)s"
    )
    parser.add_argument(
        "--cache", type=Path, default=default_cache(), metavar="DIR", help="default: %(default)s"
    )
    parser.add_argument(
        "--keep-base", action="store_true", help="keep the 253 MB base model for the next adapter"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress line")
    options = parser.parse_args(arguments)
    show = None if options.quiet or not sys.stderr.isatty() else _show
    try:
        path = assemble(
            options.cache,
            options.adapter,
            progress=show,
            keep_base=options.keep_base,
            sources=sources,
        )
    except (CoreError, OSError) as err:
        print(f"{_clear(show is not None)}assemble: {err}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            f"{_clear(show is not None)}assemble: interrupted; run it again to go on",
            file=sys.stderr,
        )
        return 130
    if show is not None:
        print(_clear(True), end="", file=sys.stderr)
    print(path)
    return 0


def _show(progress: Progress) -> None:
    bar = "#" * round(progress.fraction * 30)
    line = f"{progress.fraction:4.0%} [{bar:30}] {progress.stage:8} {progress.done / 1e6:5.0f} of"
    print(f"\r{line} {progress.total / 1e6:.0f} MB ", end="", file=sys.stderr, flush=True)


def _clear(shown: bool) -> str:
    return "\r\x1b[K" if shown else ""


if __name__ == "__main__":
    sys.exit(main())
