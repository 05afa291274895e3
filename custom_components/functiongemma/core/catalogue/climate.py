"""Thermostats, heaters and air conditioners."""

from __future__ import annotations

from ..functions import Function, Parameter

_CLIMATE = ("climate",)

FUNCTIONS = (
    Function(
        "climate.turn_on", "Turn on heating or cooling", domains=_CLIMATE, feature="turn_on",
        intent=("HassTurnOn", "default"),
    ),
    Function(
        "climate.turn_off", "Turn off heating or cooling", domains=_CLIMATE, feature="turn_off",
        intent=("HassTurnOff", "default"),
    ),
    Function(
        "climate.set_temperature", "Set the target temperature",
        # 212: a sauna where degrees are Fahrenheit.
        (Parameter("temperature", "NUMBER", minimum=5, maximum=212, step=0.5, required=True),),
        domains=_CLIMATE, feature="temperature", intent=("HassClimateSetTemperature", "default"),
    ),
    Function(
        "climate.adjust_temperature", "Make it warmer or cooler by some degrees",
        (Parameter("change", "NUMBER", minimum=-15, maximum=15, step=0.5, required=True),),
        domains=_CLIMATE, feature="temperature", local=True,
        intent=("HassClimateSetTemperature", "default"),
    ),
    Function(
        "climate.set_hvac_mode", "Heat, cool, dry, …",
        (
            Parameter(
                "hvac_mode", "STRING", option="hvac_modes", required=True,
                values=("off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only"),
            ),
        ),
        domains=_CLIMATE,
    ),
    Function(
        "climate.set_fan_mode", "Set the fan of an air conditioner",
        (
            Parameter(
                "fan_mode", "STRING", option="fan_modes", required=True,
                values=("auto", "low", "medium", "high"),
            ),
        ),
        domains=_CLIMATE, feature="fan_mode", intent=("HassClimateSetFanMode", "default"),
    ),
    Function(
        "climate.set_preset_mode", "Eco, away, comfort, …",
        (
            Parameter(
                "preset_mode", "STRING", option="preset_modes", required=True,
                values=("eco", "away", "comfort", "sleep", "boost", "home"),
            ),
        ),
        domains=_CLIMATE, feature="preset_mode",
    ),
)  # fmt: skip
