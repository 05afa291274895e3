"""Labels mean what the words say: the rules of `training.dataset.sentences`, one by one."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.home import Entity
from tests.training.dataset.saying import (
    DEVICES,
    arguments,
    device,
    everything,
    group,
    labels,
    said,
)
from training.dataset.homes import Device
from training.dataset.lexicon import Word

pytestmark = pytest.mark.usefixtures("clearly")


def test_a_device_that_is_named() -> None:
    found = said(group("light.turn_on", "name", "lamp {name}"))
    assert {one["name"] for one in arguments(found)} == {"Spots", "Ceiling"}
    assert all(set(one) == {"name"} for one in arguments(found))
    for one in found:
        assert one.calls[0]["arguments"]["name"].lower() in one.text.lower()


def test_the_area_is_given_only_where_the_name_exists_twice() -> None:
    found = said(group("light.turn_on", "name_area", "{name} {area}"))
    assert sorted(arguments(found), key=str) == [
        {"name": "Ceiling", "area": "Corridor"},
        {"name": "Ceiling", "area": "Hall"},
        {"name": "Ceiling", "area": "Kitchen"},
        {"name": "Spots"},
    ]


def test_an_alias_is_as_good_as_the_name_and_its_own_judge() -> None:
    devices = [
        device("light.a", "Ceiling", "Kitchen", "light", "Sun"),
        device("light.b", "Ceiling", "Hall", "light"),
    ]
    found = said(group("light.turn_on", "name_area", "{name} {area}"), devices=devices)
    assert {"name": "Sun"} in arguments(found)
    assert {"name": "Sun", "area": "Kitchen"} not in arguments(found)


def test_all_of_an_area_and_of_a_floor() -> None:
    found = said(group("light.turn_off", "area", "dark {area}"))
    assert sorted(a["area"] for a in arguments(found)) == ["Corridor", "Hall", "Kitchen"]
    for one in found:
        assert one.calls[0]["arguments"]["area"].lower() in one.text.lower()
    found = said(group("light.turn_off", "floor", "dark {floor}"))
    assert arguments(found) == [{"floor": "Ground floor"}]


def test_nothing_said_about_where_is_here_and_everywhere_iseverything() -> None:
    assert arguments(said(group("light.turn_on", "here", "too dark"))) == [{"area": "here"}]
    assert arguments(said(group("light.turn_on", "all", "everything"))) == [{"area": "all"}]


def test_words_for_only_some_of_an_areas_devices_name_them() -> None:
    """The kitchen has a blind and a gate: "the blinds" is not all of its covers."""
    found = said(group("cover.open_cover", "area", "{nouns} up {area}"))
    by_text = {one.text.lower().rstrip("."): one.calls for one in found}
    assert [c["arguments"] for c in by_text["blinds up kitchen"]] == [{"name": "Blind"}]
    assert [c["arguments"] for c in by_text["gates up kitchen"]] == [{"name": "Gate"}]
    assert [c["arguments"] for c in by_text["blinds up hall"]] == [{"area": "Hall"}]


def test_the_only_one_of_its_kind_is_named_wherever_it_is() -> None:
    devices = [
        device("cover.a", "North", "Kitchen", "cover.blind"),
        device("cover.b", "South", "Hall", "cover.blind"),
        device("cover.c", "Portal", None, "cover.gate"),
    ]
    found = said(group("cover.open_cover", "here", "pull the {noun}"), devices=devices)
    by_text = {one.text.lower().rstrip("."): one.calls[0]["arguments"] for one in found}
    assert by_text["pull the blind"] == {"area": "here"}
    assert by_text["pull the gate"] == {"name": "Portal"}


def test_a_short_name_is_answered_with_the_listed_one() -> None:
    words = [Word({"name": "Smart Fireplace"}), Word({"name": "Fireplace"})]
    entity = Entity("switch.f", "Smart Fireplace", "Hall")
    devices = [*DEVICES, Device(entity, "switch.appliance", words)]
    found = said(group("switch.turn_on", "name", "light {name}"), devices=devices)
    assert {one.text.lower() for one in found} == {"light fireplace", "light smart fireplace"}
    assert arguments(found) == [{"name": "Smart Fireplace"}]


def test_a_group_for_one_kind_is_about_that_kind() -> None:
    found = said(group("cover.open_cover", "area", "raise {area}", "cover.gate"))
    assert arguments(found) == [{"name": "Gate"}]


def test_a_constant_is_not_taken_for_what_is_spoken() -> None:
    both = {"color_name": "red", "brightness_pct": "percent"}
    found = said(group("light.turn_on", "here", "red at {percent}", **both))
    for one in found:
        (call,) = one.calls
        percent = call["arguments"]["brightness_pct"]
        assert call["arguments"]["color_name"] == "red"
        assert str(percent) in one.text.split()[-1]


def test_questions_name_the_domain() -> None:
    found = said(group("state.count", "all", "how many {nouns} {state}?", state="state"))
    for one in found:
        (call,) = one.calls
        domain, state = call["arguments"]["domain"], call["arguments"]["state"]
        assert (domain, state) in {("light", "on"), ("cover", "open")}
        assert ("lights" in one.text.lower()) == (domain == "light")


def test_what_is_measured_somewhere_is_asked_of_the_place() -> None:
    """No sensor is named, and the thermostat there does not count beside it."""
    air = Device(
        Entity("sensor.a", "Air", "Kitchen", features=frozenset({"measures_temperature"})),
        "sensor.temperature",
        [Word({"name": "Air"})],
    )
    devices = [air, device("climate.b", "Radiator", "Kitchen", "climate.heater")]
    asked = group("sensor.temperature", "area", "how warm {area}", "sensor.temperature")
    assert arguments(said(asked, devices=devices)) == [{"area": "Kitchen"}]


def test_a_template_with_a_slot_nobody_fills_is_an_error() -> None:
    with pytest.raises(ValueError, match="colour"):
        said(group("light.turn_on", "here", "make it {colour}"))


VACUUMS = [device("vacuum.v", "Robot", "Hall", "vacuum")]


def test_the_room_to_clean_is_a_room_of_this_home_and_not_the_vacuums() -> None:
    found = said(group("vacuum.clean_area", "here", "clean {room}", room="room"), devices=VACUUMS)
    rooms = {one["room"] for one in arguments(found)}
    assert rooms == {"Kitchen", "Hall", "Corridor"}
    assert all(one["area"] == "here" for one in arguments(found))


def test_clean_the_hall_is_only_a_start_where_no_room_can_be_chosen() -> None:
    groups = [group("vacuum.start", "area", "clean {area}"),
              group("vacuum.clean_area", "here", "clean {room}", room="room")]  # fmt: skip
    names = {
        call["name"] for calls in labels(everything(*groups, devices=VACUUMS)) for call in calls
    }
    assert names == {"vacuum.clean_area"}


def test_helpers_are_spoken_of_like_devices() -> None:
    devices = [device("input_select.m", "Mode", None, "select")]
    found = said(group("select.select_option", "name", "{name} to {option}", option="option"),
                 devices=devices)  # fmt: skip
    assert {one["name"] for one in arguments(found)} == {"Mode"}
    assert {one["option"] for one in arguments(found)} == {"Eco", "Party"}
