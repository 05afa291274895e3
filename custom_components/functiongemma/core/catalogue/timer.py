"""Timers: Assist's own on the speaker's satellite, or timer helpers by name."""

from __future__ import annotations

from ..functions import Function, Parameter

_NAME = Parameter("timer_name", "STRING")
_DURATION = (
    Parameter("hours", "INTEGER", maximum=24),
    Parameter("minutes", "INTEGER", maximum=120),
    Parameter("seconds", "INTEGER", maximum=120),
)


def _timer(name: str, description: str, intent: str, *, duration: bool = False) -> Function:
    parameters = (*_DURATION, _NAME) if duration else (_NAME,)
    return Function(
        f"timer.{name}", description, parameters, local=True, intent=(intent, "default")
    )


FUNCTIONS = (
    _timer("start", "Start a timer", "HassStartTimer", duration=True),
    _timer("cancel", "Cancel a timer", "HassCancelTimer"),
    _timer("pause", "Pause a timer", "HassPauseTimer"),
    _timer("resume", "Resume a timer", "HassUnpauseTimer"),
    _timer("add_time", "Make a timer longer", "HassIncreaseTimer", duration=True),
    _timer("remove_time", "Make a timer shorter", "HassDecreaseTimer", duration=True),
    _timer("status", "Tell how long a timer has left", "HassTimerStatus"),
)
