"""Humidifiers and dehumidifiers."""

from __future__ import annotations

from ..functions import Function, Parameter

_HUMIDIFIER = ("humidifier",)

FUNCTIONS = (
    Function(
        "humidifier.turn_on", "Turn on humidifiers", domains=_HUMIDIFIER,
        intent=("HassTurnOn", "default"),
    ),
    Function(
        "humidifier.turn_off", "Turn off humidifiers", domains=_HUMIDIFIER,
        intent=("HassTurnOff", "default"),
    ),
    Function(
        "humidifier.set_humidity", "Set the humidity to keep",
        (Parameter("humidity", "INTEGER", required=True),),
        domains=_HUMIDIFIER,
    ),
    Function(
        "humidifier.set_mode", "Normal, eco, sleep, …",
        (
            Parameter(
                "mode", "STRING", option="available_modes", required=True,
                values=(
                    "normal", "eco", "away", "boost", "comfort", "home", "sleep", "auto", "baby",
                ),
            ),
        ),
        domains=_HUMIDIFIER, feature="mode",
    ),
)  # fmt: skip
