"""Fans: on, off, toggle, speed, oscillation, direction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..calls import Value
from ..functions import Function, Parameter

_FAN = ("fan",)


def _oscillate(arguments: Mapping[str, Value]) -> tuple[str, dict[str, Any]]:
    return "fan.oscillate", {"oscillating": arguments["oscillating"] == "on"}


FUNCTIONS = (
    Function("fan.turn_on", "Turn on fans", domains=_FAN, intent=("HassTurnOn", "fans_area")),
    Function("fan.turn_off", "Turn off fans", domains=_FAN, intent=("HassTurnOff", "fans_area")),
    Function("fan.toggle", "Switch fans over", domains=_FAN),
    Function(
        "fan.set_percentage", "Set the speed of fans",
        (Parameter("percentage", "INTEGER", required=True),),
        domains=_FAN, feature="speed", intent=("HassFanSetSpeed", "default"),
    ),
    Function("fan.increase_speed", "Make fans faster", domains=_FAN, feature="speed"),
    Function("fan.decrease_speed", "Make fans slower", domains=_FAN, feature="speed"),
    Function(
        "fan.oscillate", "Start or stop oscillation",
        (Parameter("oscillating", "STRING", values=("on", "off"), required=True),),
        domains=_FAN, feature="oscillate", to_service=_oscillate,
    ),
    Function(
        "fan.set_direction", "Set the direction of fans",
        (Parameter("direction", "STRING", values=("forward", "reverse"), required=True),),
        domains=_FAN, feature="direction",
    ),
)  # fmt: skip
