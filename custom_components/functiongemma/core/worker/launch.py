"""Starts the worker: run by its path; only the name of its variable is imported.

The child must not import the integration's package, whose `__init__` needs Home Assistant, and must
not have its directory on the path either, where `select.py` or `calendar.py` would hide those of
the standard library. So this script registers the `core` directory as a package of its own name and
runs the worker from there. Its arguments are further directories to look for numpy and llama_cpp
in: where Home Assistant keeps its requirements apart, only its own process knows. A runtime that
was installed apart from those is named in an environment variable and comes before all of them:
nothing but llama_cpp is in its folder.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path

PACKAGE = "functiongemma_core"
RUNTIME_VARIABLE = "FUNCTIONGEMMA_RUNTIME"


def main() -> None:
    """Import the worker from beside this file and run it."""
    core = Path(__file__).absolute().parent.parent
    sys.path[:0] = [path for path in os.environ.get(RUNTIME_VARIABLE, "").split(os.pathsep) if path]
    sys.path.extend(path for path in sys.argv[1:] if path not in sys.path)
    spec = importlib.util.spec_from_file_location(
        PACKAGE, core / "__init__.py", submodule_search_locations=[str(core)]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    importlib.import_module(f"{PACKAGE}.worker.child").main()


if __name__ == "__main__":
    main()
