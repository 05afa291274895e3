"""python -m training.report RESULTS.json [MORE.json …] --out DIR

Writes `report.md` with its plots (SVG) from what `training.evaluate --json` wrote. Several files
are set side by side: models, quantisations, sets of commands. Those that were asked the same
commands as the first are compared with it command by command.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .page import labelled, write_report


def main(argv: list[str] | None = None) -> int:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(
        prog="training.report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", type=Path, nargs="+", help="of training.evaluate --json")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    args = parser.parse_args(argv)
    try:
        results = labelled(args.results)
    except (OSError, ValueError) as err:
        raise SystemExit(f"error: {err}") from err
    print(write_report(results, args.out))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
