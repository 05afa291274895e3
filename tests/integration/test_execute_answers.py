"""The clock, calendars, people, measured values, and whether all are so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import IntentResponseType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import expose
from .fake_model import FakeModel
from .house import Speaker, call, place, speech


@pytest.fixture
async def speaker(
    hass: HomeAssistant, home_entry: MockConfigEntry, saturday_in_berlin: None
) -> Speaker:
    return Speaker(hass, home_entry)


async def ask(speaker: Speaker, model: FakeModel, made: Any, language: str = "en") -> str:
    """The answer to a question that the model understands as `made`; it changes nothing."""
    model.answers["Question"] = [made]
    result = await speaker.say("Question", language)
    assert result.response.response_type is IntentResponseType.QUERY_ANSWER, speech(result)
    assert {name for name, _ in speaker.services} <= {"calendar.get_events"}
    return speech(result)


# -- the clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "time", "date"),
    [
        ("en", "3:05 PM", "It is Saturday, 21 November 2026"),
        ("de", "Es ist 15:05", "Heute ist Samstag, der 21. November 2026"),
        ("fr", "Il est 15:05", "Nous sommes le samedi 21 novembre 2026"),
        ("ko", "오후 3시 5분", "오늘은 2026년 11월 21일 토요일입니다"),
        ("ja", "午後3時5分です", "今日は2026年11月21日、土曜日です"),
        ("es", "Son las 3 y 5 de la tarde", "Hoy es sábado, 21 de noviembre de 2026"),
    ],
)
async def test_time_and_date_are_those_of_the_home(
    speaker: Speaker, fake_model: FakeModel, language: str, time: str, date: str
) -> None:
    assert await ask(speaker, fake_model, call("clock.time"), language) == time
    assert await ask(speaker, fake_model, call("clock.date"), language) == date


async def test_shortly_after_midnight_it_is_another_day_at_home(
    speaker: Speaker, fake_model: FakeModel, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-30T23:30:00+00:00")
    told = await ask(speaker, fake_model, call("clock.date"))
    assert told == "It is Tuesday, 1 December 2026"


async def test_time_and_date_in_a_language_without_replies_here_are_home_assistants_own(
    speaker: Speaker, fake_model: FakeModel
) -> None:
    assert await ask(speaker, fake_model, call("clock.time"), "sv") == "15:05"
    told = await ask(speaker, fake_model, call("clock.date"), "sv")
    assert told == "Det är den tjugoförsta november 2026"


# -- calendars -----------------------------------------------------------------------------------


@pytest.fixture
async def calendars(hass: HomeAssistant, speaker: Speaker) -> None:
    """Two calendars that Home Assistant keeps in files."""
    Path(hass.config.path(".storage")).mkdir(exist_ok=True)
    for name in ("Family", "Work"):
        entry = MockConfigEntry(
            domain="local_calendar",
            data={"calendar_name": name, "storage_key": name.lower(), "import": "create_empty"},
        )
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        place(hass, f"calendar.{name.lower()}")
    rows = [
        ("family", "Breakfast", "2026-11-21T09:00:00+01:00", "2026-11-21T10:00:00+01:00"),
        ("family", "Cinema", "2026-11-21T20:15:00+01:00", "2026-11-21T22:00:00+01:00"),
        ("work", "Handover", "2026-11-21T17:00:00+01:00", "2026-11-21T18:00:00+01:00"),
        ("family", "Anna's birthday", "2026-11-23", "2026-11-24"),
    ]
    for calendar, summary, start, end in rows:
        key = "date" if len(start) == 10 else "date_time"
        await hass.services.async_call(
            "calendar",
            "create_event",
            {
                "entity_id": f"calendar.{calendar}",
                "summary": summary,
                f"start_{key}": start,
                f"end_{key}": end,
            },
            blocking=True,
        )
    speaker.services.clear()


@pytest.mark.usefixtures("calendars")
@pytest.mark.parametrize(
    ("day", "language", "reply"),
    [
        ("today", "en", "Today: Handover at 5 PM and Cinema at 8:15 PM"),
        ("today", "de", "Heute: Handover um 17 Uhr und Cinema um 20:15 Uhr"),
        ("today", "fr", "Aujourd'hui : Handover à 17 h et Cinema à 20 h 15"),
        ("today", "ko", "오늘: 오후 5시 Handover 및 오후 8시 15분 Cinema"),
        ("today", "ja", "今日の予定は午後5時にHandoverと午後8時15分にCinemaです"),
        ("tomorrow", "en", "Tomorrow: nothing in the calendar"),
        ("monday", "en", "The day after tomorrow: Anna's birthday"),
        ("weekend", "en", "Today: Handover at 5 PM and Cinema at 8:15 PM"),
        (
            "week",
            "en",
            "Today: Handover at 5 PM and Cinema at 8:15 PM. "
            "The day after tomorrow: Anna's birthday.",
        ),
        ("next", "en", "Handover, today at 5 PM"),
        ("next", "ja", "次の予定は今日午後5時、Handoverです"),
    ],
)
async def test_calendars_are_read_as_one(
    speaker: Speaker, fake_model: FakeModel, day: str, language: str, reply: str
) -> None:
    question = call("calendar.get_events", area="all", day=day)
    assert await ask(speaker, fake_model, question, language) == reply


@pytest.mark.usefixtures("calendars")
async def test_one_calendar_can_be_named_and_a_hidden_one_is_not_read(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    named = call("calendar.get_events", name="Family", day="next")
    assert await ask(speaker, fake_model, named) == "Cinema, today at 8:15 PM"
    expose(hass, "calendar.work", exposed=False)
    all_of_them = call("calendar.get_events", area="all", day="today")
    assert await ask(speaker, fake_model, all_of_them) == "Today: Cinema at 8:15 PM"


# -- people --------------------------------------------------------------------------------------


@pytest.fixture
def people(hass: HomeAssistant, speaker: Speaker) -> None:
    for name, state in (("Anna", "home"), ("Tom", "not_home"), ("Emma", "School")):
        hass.states.async_set(f"person.{name.lower()}", state, {"friendly_name": name})
        place(hass, f"person.{name.lower()}")


HOME_ALL = {"domain": "person", "state": "home", "area": "all"}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("made", "language", "reply"),
    [
        (call("state.list", **HOME_ALL), "en", "Anna"),
        (call("state.list", **{**HOME_ALL, "state": "not_home"}), "en", "Emma and Tom"),
        (call("state.all", **HOME_ALL), "en", "No, Emma and Tom are not home"),
        (call("state.count", **HOME_ALL), "en", "1"),
        (call("state.get", name="Anna"), "en", "Anna is home"),
        (call("state.get", name="Tom"), "en", "Tom is away"),
        (call("state.get", name="Emma"), "en", "Emma is at School"),
        (call("state.get", name="Emma"), "de", "Emma ist in der Zone School"),
        (call("state.get", name="Emma"), "ko", "Emma의 위치는 School입니다"),
    ],
    ids=str,
)
async def test_who_is_home_and_where_somebody_is(
    speaker: Speaker, fake_model: FakeModel, made: Any, language: str, reply: str
) -> None:
    assert await ask(speaker, fake_model, made, language) == reply


@pytest.mark.usefixtures("people")
async def test_an_empty_house_has_nobody_in_it(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    hass.states.async_set("person.anna", "not_home", {"friendly_name": "Anna"})
    question = call("state.list", **HOME_ALL)
    assert await ask(speaker, fake_model, question) == "Nobody"
    assert await ask(speaker, fake_model, question, "fr") == "Personne"


# -- all of something ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "states", "language", "reply"),
    [
        ("state.all", ("locked", "locked"), "en", "Yes"),
        ("state.all", ("locked", "unlocked"), "en", "No, Back is not locked"),
        ("state.all", ("locked", "unlocked"), "ja", "いいえ、Backは違います"),
        ("state.all", ("locked", "locked"), "ja", "はい"),
        # Nobody should go to bed on the word of a lock that does not answer.
        ("state.all", ("locked", "unavailable"), "en", "No, Back is not locked"),
    ],
    ids=str,
)
async def test_whether_all_are_so_is_a_yes_or_a_no(
    hass: HomeAssistant,
    speaker: Speaker,
    fake_model: FakeModel,
    name: str,
    states: tuple[str, str],
    language: str,
    reply: str,
) -> None:
    for key, state in zip(("front", "back"), states, strict=True):
        hass.states.async_set(f"lock.{key}", state, {"friendly_name": key.capitalize()})
        place(hass, f"lock.{key}")
    question = call(name, area="all", domain="lock", state="locked")
    assert await ask(speaker, fake_model, question, language) == reply


async def test_all_of_nothing_is_no_yes(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    """There is a motion sensor, but no window that could be closed."""
    hass.states.async_set("binary_sensor.m", "off", {"device_class": "motion"})
    place(hass, "binary_sensor.m")
    fake_model.answers["Closed"] = [
        call("state.all", area="all", domain="binary_sensor", state="closed")
    ]
    result = await speaker.say("Closed")
    assert result.response.response_type is IntentResponseType.ERROR


# -- measured values -----------------------------------------------------------------------------


@pytest.fixture
async def measured(hass: HomeAssistant, speaker: Speaker) -> None:
    """A bedroom with sensors, a kitchen with a fridge, and an office with a thermostat."""
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    rows: list[tuple[str, str, str, str, dict[str, Any]]] = [
        ("sensor.air", "Bedroom air", "Bedroom", "19.5", _of("temperature", "°C")),
        ("sensor.damp", "Bedroom damp", "Bedroom", "55", _of("humidity", "%")),
        ("sensor.fridge", "Fridge", "Kitchen", "4", _of("temperature", "°C")),
        ("sensor.room", "Room", "Kitchen", "21", _of("temperature", "°C")),
        ("climate.office", "Radiator", "Office", "heat", {"current_temperature": 20.5}),
        ("sensor.phone", "Phone", "Office", "80", _of("battery", "%")),
        ("sensor.dead", "Attic air", "Attic", "unavailable", _of("temperature", "°C")),
    ]
    for entity_id, name, area, state, attributes in rows:
        domain, _, key = entity_id.partition(".")
        er.async_get(hass).async_get_or_create(
            domain, "test", key, suggested_object_id=key, config_entry=entry
        )
        hass.states.async_set(entity_id, state, {"friendly_name": name, **attributes})
        place(hass, entity_id, area)


def _of(device_class: str, unit: str) -> dict[str, str]:
    return {"device_class": device_class, "unit_of_measurement": unit}


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    ("made", "language", "reply"),
    [
        (call("sensor.temperature", area="Bedroom"), "en", "Bedroom air is 19.5 °C"),
        (call("sensor.humidity", area="Bedroom"), "en", "Bedroom damp is 55 %"),
        (call("sensor.temperature", area="Kitchen"), "en", "Fridge is 4 °C, Room is 21 °C"),
        (call("sensor.temperature", area="Office"), "en", "Radiator is 20.5 °C"),
        (call("sensor.temperature", area="Office"), "de", "Radiator ist 20,5 Grad"),
        (call("sensor.battery", area="Office"), "en", "Phone is 80 %"),
        (call("sensor.temperature", area="Attic"), "en", "Attic air is unavailable"),
    ],
    ids=str,
)
async def test_a_value_is_told_without_the_name_of_a_sensor(
    speaker: Speaker, fake_model: FakeModel, made: Any, language: str, reply: str
) -> None:
    assert await ask(speaker, fake_model, made, language) == reply


@pytest.mark.usefixtures("measured")
async def test_the_sensor_chosen_for_a_room_speaks_for_it(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    areas = ar.async_get(hass)
    kitchen = areas.async_get_area_by_name("Kitchen")
    assert kitchen is not None
    areas.async_update(kitchen.id, temperature_entity_id="sensor.room")
    there = call("sensor.temperature", area="Kitchen")
    assert await ask(speaker, fake_model, there) == "Room is 21 °C"
    named = call("sensor.temperature", name="Fridge")
    assert await ask(speaker, fake_model, named) == "Fridge is 4 °C"


@pytest.mark.usefixtures("measured")
async def test_a_thermostat_that_knows_no_temperature_says_so(
    hass: HomeAssistant, speaker: Speaker, fake_model: FakeModel
) -> None:
    hass.states.async_set("climate.office", "heat", {"friendly_name": "Radiator"})
    fake_model.answers["Warm"] = [call("sensor.temperature", area="Office")]
    result = await speaker.say("Warm")
    assert speech(result) == "Sorry, nothing measures that here"
    assert result.response.response_type is IntentResponseType.ERROR
