"""Why a worker process died, in words."""

from __future__ import annotations

import signal
from collections.abc import Iterable

from ..errors import WorkerCrashedError, WorkerOutOfMemoryError

#: What allocators say before they give up.
_OUT_OF_MEMORY = ("bad_alloc", "MemoryError", "failed to allocate", "out of memory", "ENOMEM")

_EXPLANATIONS = {
    signal.SIGILL: "llama-cpp-python was built for another processor",
    signal.SIGSEGV: "a damaged model file or a fault in llama.cpp",
    signal.SIGABRT: "llama.cpp gave up",
    signal.SIGBUS: "the model file was cut short or its disk has failed",
}


def cause_of_death(code: int, said: Iterable[str]) -> WorkerCrashedError | WorkerOutOfMemoryError:
    """The error for a return code (a signal's is negative) and the last lines of standard error.

    A SIGKILL that was not ours is the kernel's, for memory.
    """
    lines = [line for line in said if line.strip()]
    last = lines[-1] if lines else ""
    reason = f"exit code {code}"
    if code < 0:
        try:
            number = signal.Signals(-code)
        except ValueError:
            reason = f"signal {-code}"
        else:
            why = _EXPLANATIONS.get(number)
            reason = f"{number.name} ({why})" if why else number.name
    text = f"The model's process ended with {reason}" + (f": {last}" if last else "")
    if code == -signal.SIGKILL or any(sign in line for line in lines for sign in _OUT_OF_MEMORY):
        return WorkerOutOfMemoryError(text, reason=reason)
    return WorkerCrashedError(text, reason=reason)
