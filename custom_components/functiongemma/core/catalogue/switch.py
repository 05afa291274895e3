"""Switches, outlets and appliances: on, off, toggle."""

from __future__ import annotations

from ..functions import Function

FUNCTIONS = (
    Function(
        "switch.turn_on", "Turn on switches", domains=("switch",), intent=("HassTurnOn", "default")
    ),
    Function(
        "switch.turn_off", "Turn off switches", domains=("switch",),
        intent=("HassTurnOff", "default"),
    ),
    Function("switch.toggle", "Switch switches over", domains=("switch",)),
)  # fmt: skip
