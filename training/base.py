"""The untrained base model."""

from __future__ import annotations

from pathlib import Path

from custom_components.functiongemma.core.assemble import DEFAULT_SOURCES
from custom_components.functiongemma.core.assemble.disk import locked
from custom_components.functiongemma.core.assemble.download import fetch_base
from custom_components.functiongemma.core.assemble.progress import Reporter

from .paths import model_cache


def fetched_base() -> Path:
    """The base model, downloaded into the cache unless it is there.

    Raises what `fetch_base` raises.
    """
    model_cache().mkdir(parents=True, exist_ok=True)
    reporter = Reporter()
    with locked(model_cache(), reporter):
        return fetch_base(model_cache(), DEFAULT_SOURCES, reporter)
