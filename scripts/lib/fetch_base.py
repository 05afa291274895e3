"""Print the path of the base model, downloaded into the cache when it is not there yet.

    python scripts/lib/fetch_base.py      (from the root of the repository)

It is the file that `assemble` merges the adapter into, about 250 MB; training starts from it.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from custom_components.functiongemma.core.assemble import DEFAULT_SOURCES
from custom_components.functiongemma.core.assemble.__main__ import default_cache
from custom_components.functiongemma.core.assemble.disk import locked
from custom_components.functiongemma.core.assemble.download import fetch_base
from custom_components.functiongemma.core.assemble.progress import Reporter
from custom_components.functiongemma.core.errors import CoreError


def main() -> None:
    """Fetch the base and print where it is; a failed download is one line and status 1."""
    cache = default_cache()
    cache.mkdir(parents=True, exist_ok=True)
    reporter = Reporter(None, None)
    try:
        with locked(cache, reporter):
            print(fetch_base(cache, DEFAULT_SOURCES, reporter))
    except CoreError as err:
        sys.exit(f"error: {err}")


if __name__ == "__main__":
    main()
