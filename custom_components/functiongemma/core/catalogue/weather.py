"""The weather now, and what is forecast."""

from __future__ import annotations

from ..functions import Function, Parameter
from .days import DAYS

#: The weather of the moment, among the days.
NOW = "now"

FUNCTIONS = (
    Function(
        "weather.get_forecasts", "Tell the weather now or on a day",
        (Parameter("day", "STRING", values=(NOW, *DAYS), required=True),),
        domains=("weather",), everywhere=True, local=True, intent=("HassGetWeather", "default"),
    ),
)  # fmt: skip
