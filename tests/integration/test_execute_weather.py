"""The weather, as it is and as it is forecast, and never better known than it is."""

from __future__ import annotations

from typing import Any

import pytest
from homeassistant.components.weather import WeatherEntityFeature
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.helpers.intent import IntentResponseType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import expose
from .fake_model import FakeModel
from .house import Speaker, call, place, set_up_demo, speech

HOME = "weather.home"


@pytest.fixture
async def speaker(
    hass: HomeAssistant, home_entry: MockConfigEntry, saturday_in_berlin: None
) -> Speaker:
    return Speaker(hass, home_entry)


async def ask(speaker: Speaker, model: FakeModel, day: str, language: str = "en") -> str:
    """What the weather is said to be."""
    model.answers["Weather"] = [call("weather.get_forecasts", area="here", day=day)]
    result = await speaker.say("Weather", language)
    assert result.response.response_type is IntentResponseType.QUERY_ANSWER, speech(result)
    return speech(result)


@pytest.fixture
async def weather(hass: HomeAssistant, speaker: Speaker) -> str:
    """Home Assistant's demo weather, with a forecast for every day."""
    await set_up_demo(hass, Platform.WEATHER)
    place(hass, "weather.demo_weather_south")
    return "weather.demo_weather_south"


@pytest.mark.usefixtures("weather")
@pytest.mark.parametrize(
    ("language", "now", "tomorrow"),
    [
        ("en", "It is 21.6 °C. Sunny", "Tomorrow: Rainy, 8 °C to 19 °C, 30% chance of rain"),
        (
            "de",
            "Es sind 21,6 °C. Sonnig",
            "Morgen: Regnerisch, 8 °C bis 19 °C, Regenwahrscheinlichkeit 30 %",
        ),
        (
            "fr",
            "Il fait 21,6 °C. Ensoleillé",
            "Demain : Pluvieux, de 8 °C à 19 °C, risque de pluie 30 %",
        ),
        (
            "es",
            "Hay 21,6 °C. Soleado",
            "Mañana: Lluvioso, entre 8 °C y 19 °C, 30 % de probabilidad de lluvia",
        ),
        (
            "ru",
            "Сейчас 21,6 °C. Ясно",
            "Завтра: Дождь, от 8 °C до 19 °C, вероятность дождя 30 %",
        ),
        ("ko", "현재 21.6 °C, 맑음", "내일: 비, 최저 8 °C, 최고 19 °C, 강수 확률 30%"),
        (
            "ja",
            "現在の気温は21.6 °C、天気は晴れです",
            "明日は雨、最低8 °C、最高19 °Cです。降水確率は30%です",
        ),
    ],
)
async def test_weather_now_and_tomorrow(
    speaker: Speaker, fake_model: FakeModel, language: str, now: str, tomorrow: str
) -> None:
    assert await ask(speaker, fake_model, "now", language) == now
    assert await ask(speaker, fake_model, "tomorrow", language) == tomorrow


async def test_weather_that_nobody_can_tell_is_not_invented(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    hass.states.async_set("weather.gone", "unavailable", {"friendly_name": "Station"})
    place(hass, "weather.gone")
    fake_model.answers["Weather"] = [call("weather.get_forecasts", area="here", day="now")]
    result = await speaker.say("Weather")
    assert speech(result) == "That did not work: Station"
    assert result.response.response_type is IntentResponseType.ERROR
    hass.states.async_set("weather.gone", "sunny", {"temperature": 20, "temperature_unit": "°C"})
    fake_model.answers["Weather"] = [call("weather.get_forecasts", area="here", day="friday")]
    assert speech(await speaker.say("Weather")) == "Sorry, there is no forecast for Friday"
    assert speech(await speaker.say("Weather", "ja")) == "すみません、金曜日の予報はありません"


# -- providers that tell less --------------------------------------------------------------------


def provide(
    hass: HomeAssistant,
    kind: WeatherEntityFeature,
    rows: list[dict[str, Any]] | None,
    **attributes: Any,
) -> None:
    """A weather with this forecast; `attributes`: what it tells of the moment."""
    features = {"friendly_name": "Home", "supported_features": int(kind)}
    hass.states.async_set(HOME, "cloudy", {**features, **attributes})
    expose(hass, HOME)

    async def get_forecasts(_: ServiceCall) -> Any:
        return {HOME: {"forecast": rows}}

    hass.services.async_register(
        "weather", "get_forecasts", get_forecasts, supports_response=SupportsResponse.ONLY
    )


COLD = {"temperature": 3.5, "temperature_unit": "°C"}
TOMORROW = {"datetime": "2026-11-22T11:00:00+00:00", "condition": "snowy", "temperature": 1}


async def test_evening_whose_forecast_begins_with_tomorrow_is_told_as_it_is_now(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    provide(hass, WeatherEntityFeature.FORECAST_DAILY, [TOMORROW], **COLD)
    assert await ask(speaker, fake_model, "today") == "It is 3.5 °C. Cloudy"
    assert await ask(speaker, fake_model, "tomorrow") == "Tomorrow: Snowy, 1 °C"
    assert await ask(speaker, fake_model, "weekend") == "Tomorrow: Snowy, 1 °C"


async def test_provider_without_a_thermometer_tells_the_sky_and_no_temperature(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    bare = {"datetime": TOMORROW["datetime"], "condition": "snowy", "temperature": None}
    provide(hass, WeatherEntityFeature.FORECAST_DAILY, [bare], temperature=None)
    assert await ask(speaker, fake_model, "now") == "Cloudy"
    assert await ask(speaker, fake_model, "now", "de") == "Bewölkt"
    assert await ask(speaker, fake_model, "tomorrow") == "Tomorrow: Snowy"


async def test_day_told_by_the_hour_is_like_its_daytime_and_as_cold_as_its_night(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    def hour(hour: int, condition: str, temperature: float) -> dict[str, Any]:
        when = f"2026-11-22T{hour:02d}:00:00+01:00"
        rain = {"precipitation_probability": 40 if hour == 17 else 5}
        return {"datetime": when, "condition": condition, "temperature": temperature, **rain}

    night = [hour(n, "clear-night", -2) for n in (0, 1, 2, 3, 4, 5, 6, 21, 22, 23)]
    day = [hour(n, "sunny", 6) for n in range(7, 12)] + [hour(n, "cloudy", 4) for n in (12, 17)]
    provide(hass, WeatherEntityFeature.FORECAST_HOURLY, [*night, *day], **COLD)
    told = await ask(speaker, fake_model, "tomorrow")
    assert told == "Tomorrow: Sunny, -2 °C to 6 °C, 40% chance of rain"


@pytest.mark.parametrize("rows", [None, [], [{"condition": "sunny"}], ["soon"]])
async def test_forecast_that_says_nothing_of_the_day_is_not_made_up(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel, rows: Any
) -> None:
    provide(hass, WeatherEntityFeature.FORECAST_DAILY, rows, **COLD)
    fake_model.answers["Weather"] = [call("weather.get_forecasts", area="here", day="tomorrow")]
    result = await speaker.say("Weather")
    assert speech(result) == "Sorry, there is no forecast for tomorrow"
    assert result.response.response_type is IntentResponseType.ERROR


async def test_language_that_has_no_replies_here_gets_home_assistants_own(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    provide(hass, WeatherEntityFeature.FORECAST_DAILY, [], **COLD)
    assert await ask(speaker, fake_model, "now", "sv") == "3.5 °C och mulet"
