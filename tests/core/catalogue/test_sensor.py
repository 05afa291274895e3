"""Measured values are asked for by what they are."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.catalogue import BY_NAME, functions_for
from custom_components.functiongemma.core.constraint.grammar import CallGrammar
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.resolve import Action, Failed, Where, effect, resolve

QUANTITIES = ("temperature", "humidity", "power", "battery")


def sensor(entity_id: str, area: str, *quantities: str) -> Entity:
    words = frozenset(f"measures_{quantity}" for quantity in quantities)
    return Entity(entity_id, entity_id.partition(".")[2].capitalize(), area, features=words)


HOME = Home(
    (
        sensor("sensor.air", "Bedroom", "temperature"),
        sensor("sensor.damp", "Bedroom", "humidity"),
        sensor("climate.radiator", "Bedroom", "temperature"),
        sensor("climate.stove", "Kitchen", "temperature"),
    ),
    (Area("Bedroom"), Area("Kitchen")),
)


def asked(name: str, said_in: str | None = None, **target: str) -> list[str] | str:
    resolved = resolve(HOME, FunctionCall(name, dict(target)), Where(said_in))
    if isinstance(resolved, Failed):
        return resolved.reason
    assert isinstance(resolved, Action)
    return [entity.entity_id for entity in resolved.entities]


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_only_what_measures_it_is_asked(quantity: str) -> None:
    function = BY_NAME[f"sensor.{quantity}"]
    assert function.local
    fits = Home((sensor("sensor.x", "Hall", quantity),))
    other = Home((sensor("sensor.x", "Hall", "something else"),))
    assert CallGrammar(fits, function).possible
    assert not CallGrammar(other, function).possible
    assert function not in functions_for(other)


def test_a_rooms_value_comes_from_its_sensor_and_else_from_its_thermostat() -> None:
    assert asked("sensor.temperature", area="Bedroom") == ["sensor.air"]
    assert asked("sensor.temperature", area="Kitchen") == ["climate.stove"]
    assert asked("sensor.humidity", area="Bedroom") == ["sensor.damp"]
    assert asked("sensor.humidity", area="Kitchen") == "not_supported"


def test_here_is_the_room_of_the_speaker_even_if_only_a_thermostat_is_there() -> None:
    assert asked("sensor.temperature", "Kitchen", area="here") == ["climate.stove"]
    assert asked("sensor.temperature", "Bedroom", area="here") == ["sensor.air"]


def test_asking_for_the_sensor_by_its_name_comes_to_the_same() -> None:
    by_name = resolve(HOME, FunctionCall("state.get", {"name": "Air"}))
    by_quantity = resolve(HOME, FunctionCall("sensor.temperature", {"area": "Bedroom"}))
    assert effect(by_name) == effect(by_quantity)
