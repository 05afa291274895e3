"""`python -m bench`: see `scripts/bench --help`."""

from __future__ import annotations

import sys

from .options import parse

if __name__ == "__main__":
    options = parse(sys.argv[1:])
    # Home Assistant takes seconds to import; --help and mistakes on the command line do not.
    from .run import main

    sys.exit(main(options))
