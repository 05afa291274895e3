"""Buttons, toggles, numbers and choices: of devices, and the helpers people make themselves.

Nothing tells what such an entity does but its name, so a call is for one of them, and "turn off
everything in the kitchen" is not about a toggle called "Guests".
"""

from __future__ import annotations

from ..functions import Function, Parameter

_BUTTON = ("button", "input_button")
_TOGGLE = ("input_boolean",)
_NUMBER = ("number", "input_number")
_SELECT = ("select", "input_select")

FUNCTIONS = (
    Function("button.press", "Press a button", domains=_BUTTON, exactly_one=True),
    Function(
        "input_boolean.turn_on", "Turn on a toggle", domains=_TOGGLE, exactly_one=True,
        intent=("HassTurnOn", "default"),
    ),
    Function(
        "input_boolean.turn_off", "Turn off a toggle", domains=_TOGGLE, exactly_one=True,
        intent=("HassTurnOff", "default"),
    ),
    Function("input_boolean.toggle", "Switch a toggle over", domains=_TOGGLE, exactly_one=True),
    Function(
        "number.set_value", "Set a number",
        # What one of them takes is up to it, and checked where it is set.
        (
            Parameter(
                "value", "NUMBER", minimum=-1000, maximum=100_000, step=0.01, required=True
            ),
        ),
        domains=_NUMBER, exactly_one=True,
    ),
    Function(
        "select.select_option", "Choose an option",
        (Parameter("option", "STRING", option="options", required=True),),
        domains=_SELECT, exactly_one=True,
    ),
)  # fmt: skip
