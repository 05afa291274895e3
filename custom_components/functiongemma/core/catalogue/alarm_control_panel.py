"""Alarm panels: arm and disarm. No code is ever said, guessed or kept."""

from __future__ import annotations

from ..functions import Function

_ALARM = ("alarm_control_panel",)


def _arm(mode: str, description: str) -> Function:
    return Function(
        f"alarm_control_panel.alarm_arm_{mode}", description, domains=_ALARM,
        feature=f"arm_{mode}",
    )  # fmt: skip


FUNCTIONS = (
    _arm("home", "Arm the alarm, somebody stays at home"),
    _arm("away", "Arm the alarm, everybody leaves"),
    _arm("night", "Arm the alarm for the night"),
    Function(
        "alarm_control_panel.alarm_disarm", "Disarm the alarm", domains=_ALARM, exactly_one=True
    ),
)
