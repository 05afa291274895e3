"""An answer in words, for models that may speak."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from .. import tokens
from .engine import Engine


def speak(
    engine: Engine,
    stop: frozenset[int] = tokens.STOP_IDS,
    *,
    budget: int = 120,
    deadline: float | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[int]:
    """An answer in words, greedily: the ids up to a stop token, the budget or the deadline."""
    path: list[int] = []
    while len(path) < budget:
        if cancelled is not None and cancelled():
            break
        if deadline is not None and time.monotonic() > deadline:
            break
        token = int(np.argmax(engine.evaluate([path], [None])[0]))
        if token in stop:
            break
        path.append(token)
    return path
