"""The `llama_cpp` bindings: imported late, silenced, their complaints kept."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from functools import cache
from typing import Any

from ..errors import RuntimeMissingError

#: The library's latest warnings and errors, for the message when something fails.
_complaints: list[str] = []


@cache
def runtime() -> Any:
    """The `llama_cpp` bindings, silenced; raises RuntimeMissingError where they are not usable."""
    try:
        bindings = _declarations()
    except (ImportError, OSError, RuntimeError, AttributeError, SyntaxError) as error:
        # The latter two where an upgrade is half done: declarations of one version, a library of
        # another, or half a file.
        raise RuntimeMissingError(f"llama-cpp-python is not usable: {error}") from error
    # The callback must outlive the library's use of it.
    bindings.functiongemma_log = bindings.llama_log_callback(_log)
    bindings.llama_log_set(bindings.functiongemma_log, None)
    bindings.llama_backend_init()
    return bindings


def _declarations() -> Any:
    """The module of ctypes declarations, without the package around it.

    The package's `__init__` brings its server and chat half along: a fifth of a second and 10 MB
    here, and packages nobody needs for this.
    """
    name = "llama_cpp"
    if name in sys.modules:
        return importlib.import_module(f"{name}.llama_cpp")
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ImportError("it is not installed")
    sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        return importlib.import_module(f"{name}.llama_cpp")
    finally:
        del sys.modules[name]  # whoever wants all of it still gets it


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
