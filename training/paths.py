"""Where things are kept."""

from __future__ import annotations

import os
from pathlib import Path

#: The trained adapter that is committed and shipped.
ADAPTER = (
    Path(__file__).parent.parent
    / "custom_components"
    / "functiongemma"
    / "adapter"
    / "home.lora.gguf"
)

#: A folder a language: homes (YAML) and `commands.jsonl`, written by hand, never trained on.
HELD_OUT = Path(__file__).parent / "heldout"


def model_cache() -> Path:
    """Folder of assembled models, shared by demo, tests and training."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "functiongemma" / "models"
