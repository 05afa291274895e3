"""Valves: water, gas and irrigation."""

from __future__ import annotations

from ..functions import Function, Parameter

_VALVE = ("valve",)

FUNCTIONS = (
    Function(
        "valve.open_valve", "Open valves, let water flow", domains=_VALVE, feature="open",
        intent=("HassTurnOn", "default"),
    ),
    Function(
        "valve.close_valve", "Close valves, stop water", domains=_VALVE, feature="close",
        intent=("HassTurnOff", "default"),
    ),
    Function("valve.stop_valve", "Stop moving valves", domains=_VALVE, feature="stop"),
    Function(
        "valve.set_valve_position", "Move valves to a position",
        (Parameter("position", "INTEGER", required=True),),
        domains=_VALVE, feature="position", intent=("HassSetPosition", "default"),
    ),
)  # fmt: skip
