"""Print the requirements of Home Assistant components and of all they depend on.

    python scripts/lib/ha_requirements.py HOMEASSISTANT_PACKAGE COMPONENT...

Home Assistant installs a component's requirements when it first sets it up; a test or a demo must
have them before. They are in the components' manifests (`requirements`), and so are the components
each needs first (`dependencies`). `after_dependencies` only order the start and are left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def collect_requirements(package: Path, components: list[str]) -> list[str]:
    """Return the sorted requirement lines of `components` and their dependencies.

    `package` is the folder of the `homeassistant` package. Raises `FileNotFoundError` for a
    component that Home Assistant does not have.
    """
    requirements: set[str] = set()
    seen: set[str] = set()
    waiting = list(components)
    while waiting:
        component = waiting.pop()
        if component in seen:
            continue
        seen.add(component)
        manifest = json.loads((package / "components" / component / "manifest.json").read_text())
        requirements.update(manifest.get("requirements", []))
        waiting += manifest.get("dependencies", [])
    return sorted(requirements)


def main() -> None:
    """Print one requirement a line."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    print("\n".join(collect_requirements(Path(sys.argv[1]), sys.argv[2:])))


if __name__ == "__main__":
    main()
