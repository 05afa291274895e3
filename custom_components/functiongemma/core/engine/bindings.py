"""The `llama_cpp` bindings: imported late, silenced, their complaints kept."""

from __future__ import annotations

import importlib
from typing import Any

from ..errors import RuntimeMissingError

#: The library's latest warnings and errors, for the message when something fails.
_complaints: list[str] = []


def runtime() -> Any:
    """The `llama_cpp` bindings, silenced; raises RuntimeMissingError where they are not usable."""
    try:
        bindings: Any = importlib.import_module("llama_cpp.llama_cpp")
    except (ImportError, OSError, RuntimeError) as error:
        raise RuntimeMissingError(str(error)) from error
    if not hasattr(bindings, "_functiongemma_log"):
        # The callback must outlive the library's use of it.
        bindings._functiongemma_log = bindings.llama_log_callback(_log)
        bindings.llama_log_set(bindings._functiongemma_log, None)
        bindings.llama_backend_init()
    return bindings


def _log(level: int, text: bytes | None, _: object) -> None:
    if level in (3, 4) and text:  # warnings and errors
        _complaints.append(text.decode("utf-8", "replace").strip())
        del _complaints[:-20]


def forget_complaints() -> None:
    """Start over: what comes from now on belongs to what is done now."""
    _complaints.clear()


def complaints() -> str:
    """What the library complained about last."""
    return "; ".join(_complaints[-3:]) or "llama.cpp gave no reason"
