"""Weather: one question about a day, whatever the entity is called."""

from __future__ import annotations

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.catalogue.days import DAYS, WEEKDAYS
from custom_components.functiongemma.core.catalogue.weather import NOW

from .calls import asks_which, parameter, service


def test_a_day_or_now_is_asked_about() -> None:
    assert service("weather.get_forecasts", day="tomorrow")[1] == {"day": "tomorrow"}
    day = parameter("weather.get_forecasts", "day")
    assert day.required
    assert day.values == (NOW, *DAYS)
    assert {*WEEKDAYS, "today", "weekend"} <= {*DAYS}
    assert BY_NAME["weather.get_forecasts"].local


def test_two_weather_services_are_no_reason_to_ask_which() -> None:
    assert not asks_which("weather.get_forecasts", day=NOW)
