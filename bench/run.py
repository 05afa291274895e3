"""From the command line to the table."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from pathlib import Path

from custom_components.functiongemma.core.assemble import DEFAULT_ADAPTER, assemble
from custom_components.functiongemma.core.assemble import Progress as Assembled
from custom_components.functiongemma.core.assemble.__main__ import default_cache
from custom_components.functiongemma.core.errors import CoreError

from .document import write
from .machine import BUSY
from .measure import measure
from .naive import StockError
from .options import Options
from .progress import Progress
from .report import markdown


def main(options: Options) -> int:
    """Run the benchmark; the exit status: 0, 1 for an error, which was printed, 130 for Ctrl-C."""
    progress = Progress()
    try:
        if (load := os.getloadavg()[0]) > BUSY:
            progress.line(f"note: the machine is busy (load {load:.1f}), which these numbers show")
        model = options.model or _home_model(progress)
        with tempfile.TemporaryDirectory(prefix="functiongemma-bench-") as folder:
            results = asyncio.run(measure(options, model, Path(folder), progress))
        progress.clear()
        if options.write:
            for path in write(results):
                progress.line(f"wrote {path}")
    except (CoreError, StockError, OSError, ValueError) as err:
        progress.line(f"error: {err or type(err).__name__}")
        return 1
    except KeyboardInterrupt:
        progress.line("interrupted")
        return 130
    print(json.dumps(results, ensure_ascii=False, indent=1) if options.json else markdown(results))
    return 0


def _home_model(progress: Progress) -> Path:
    """The model of the adapter in this repository, assembled if it is not there yet."""

    def show(done: Assembled) -> None:
        progress("assembling the home model", f"{done.stage}, {done.fraction:.0%}")

    return assemble(default_cache(), DEFAULT_ADAPTER, progress=show)
