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


def model_cache() -> Path:
    """Folder of assembled models, shared by demo, tests and training."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "functiongemma" / "models"
