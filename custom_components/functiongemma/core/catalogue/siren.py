"""Sirens and chimes that sound until they are turned off."""

from __future__ import annotations

from ..functions import Function

FUNCTIONS = (
    Function(
        "siren.turn_on", "Sound a siren", domains=("siren",), feature="turn_on",
        exactly_one=True, intent=("HassTurnOn", "default"),
    ),
    # Silence is wanted of all of them.
    Function(
        "siren.turn_off", "Silence sirens", domains=("siren",), feature="turn_off",
        intent=("HassTurnOff", "default"),
    ),
)  # fmt: skip
