"""Water heaters and boilers."""

from __future__ import annotations

from ..functions import Function, Parameter

_WATER_HEATER = ("water_heater",)

FUNCTIONS = (
    Function(
        "water_heater.turn_on", "Turn on hot water", domains=_WATER_HEATER, feature="on_off",
        intent=("HassTurnOn", "default"),
    ),
    Function(
        "water_heater.turn_off", "Turn off hot water", domains=_WATER_HEATER, feature="on_off",
        intent=("HassTurnOff", "default"),
    ),
    Function(
        "water_heater.set_temperature", "Set the temperature of the water",
        (Parameter("temperature", "NUMBER", minimum=5, maximum=212, step=0.5, required=True),),
        domains=_WATER_HEATER, feature="temperature",
        intent=("HassClimateSetTemperature", "default"),
    ),
    Function(
        "water_heater.set_operation_mode", "Eco, electric, high demand, …",
        (
            Parameter(
                "operation_mode", "STRING", option="operation_list", required=True,
                values=(
                    "eco", "electric", "performance", "high_demand", "heat_pump", "gas", "off",
                ),
            ),
        ),
        domains=_WATER_HEATER, feature="operation_mode",
    ),
)  # fmt: skip
