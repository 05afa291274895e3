"""What was said is what is called, where the model alone would have misheard it."""

from __future__ import annotations

from typing import Any

import pytest

from custom_components.functiongemma.core import catalogue
from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.constraint import Constraint, Vocabulary
from custom_components.functiongemma.core.decode import Decoded, SaidEvidence, decode
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.said import Said

from .test_decode import Noise, ids_of, size

HOME = Home(
    (
        Entity("light.ceiling", "Ceiling", "Kitchen"),
        Entity("light.lamp", "Reading lamp", "Bedroom"),
        Entity("light.two", "Lamp 2", "Bedroom"),
        Entity("climate.bedroom", "Heating", "Bedroom"),
        Entity("todo.list", "Shopping", None),
    ),
    (Area("Kitchen", "Downstairs"), Area("Bedroom", "Upstairs")),
)
NAMES = ("light.turn_on", "climate.set_temperature", "todo.add_item", "timer.start")


@pytest.fixture
def constraint(vocabulary: Vocabulary) -> Constraint:
    return Constraint(HOME, [catalogue.BY_NAME[name] for name in NAMES], vocabulary)


def call(function: str, **arguments: Any) -> FunctionCall:
    return FunctionCall(function, arguments)


def heard(
    constraint: Constraint,
    sentence: str | None,
    likely: FunctionCall,
    meant: FunctionCall,
    strength: float = 9.0,
) -> Decoded:
    """A model that finds one call a little likelier than the one that is meant."""
    engine = Noise(size(constraint.vocabulary), spread=0.3)
    engine.wish(ids_of(constraint.vocabulary, meant), strength)
    engine.wish(ids_of(constraint.vocabulary, likely), 10.0)
    numbered = [name for entity in HOME.entities for name in entity.names if name[-1].isdigit()]
    evidence = (
        None if sentence is None else SaidEvidence(Said(sentence), constraint, HOME, numbered)
    )
    return decode(constraint, engine, evidence=evidence)


def best(found: Decoded) -> FunctionCall:
    assert found.best is not None
    return found.best.calls[0]


Calls = tuple[FunctionCall, ...]

LAMP, CEILING = (call("light.turn_on", name=name) for name in ("Reading lamp", "Ceiling"))
AT_40, AT_80 = (
    call("light.turn_on", brightness_pct=level, name="Ceiling") for level in (40, 80)
)  # fmt: skip
WARM = call("light.turn_on", color_temp_kelvin=2700, name="Ceiling")
MILK, SILK = (call("todo.add_item", item=item, name="Shopping") for item in ("milk", "silk"))


@pytest.mark.parametrize(
    ("sentence", "likely", "meant"),
    [
        ("the reading lamp on please", CEILING, LAMP),
        ("the readin lamp on please", CEILING, LAMP),
        ("ceiling at eighty percent", AT_40, AT_80),
        ("ceiling at 80 %", AT_40, AT_80),
        ("put milk on the list", SILK, MILK),
    ],
)
def test_what_was_said_beats_what_is_a_little_likelier(
    constraint: Constraint, sentence: str, likely: FunctionCall, meant: FunctionCall
) -> None:
    assert best(heard(constraint, None, likely, meant)) == likely
    assert best(heard(constraint, sentence, likely, meant)) == meant


@pytest.mark.parametrize(
    ("sentence", "likely", "other"),
    [
        ("it is too dark in here", CEILING, LAMP),
        ("ceiling at half", AT_40, AT_80),
        ("half for the two of us", call("light.turn_on", brightness_pct=50, name="Ceiling"), AT_80),
        (
            "ceiling to three quarters",
            call("light.turn_on", brightness_pct=75, name="Ceiling"),
            AT_80,
        ),
        ("lamp 2 to half", call("light.turn_on", brightness_pct=50, name="Lamp 2"), AT_80),
        (
            "lampe blanc très chaud à 60 %",
            WARM,
            call("light.turn_on", color_temp_kelvin=6000, name="Ceiling"),
        ),
        ("all lights except the reading lamp", CEILING, LAMP),
    ],
)
def test_where_nothing_of_it_was_said_the_model_decides(
    constraint: Constraint, sentence: str, likely: FunctionCall, other: FunctionCall
) -> None:
    assert best(heard(constraint, sentence, likely, other, strength=6.0)) == likely


def test_a_part_of_an_hour_is_no_wrong_number(constraint: Constraint) -> None:
    """Nobody says the 30 of "an hour and a half"."""
    half, other = call("timer.start", hours=1, minutes=30), call("timer.start", hours=1, minutes=12)
    assert best(heard(constraint, "12 eggs for an hour and a half", half, other, 6.0)) == half


def test_halves_may_follow_a_number(constraint: Constraint) -> None:
    half, whole = (
        call("climate.set_temperature", name="Heating", temperature=t) for t in (21.5, 21)
    )
    assert best(heard(constraint, "twenty-one and a half", half, whole)) == half


def test_a_half_that_was_said_is_not_lost(constraint: Constraint) -> None:
    half, whole = (
        call("climate.set_temperature", name="Heating", temperature=t) for t in (19.5, 19)
    )
    assert best(heard(constraint, "dix-neuf degrés et demi", whole, half)) == half


def test_a_colour_is_known_in_any_language(constraint: Constraint) -> None:
    green, lime = (call("light.turn_on", color_name=c, name="Ceiling") for c in ("green", "lime"))
    for sentence in ("ceiling green", "ceiling verte", "ceiling 초록색으로"):
        assert best(heard(constraint, sentence, lime, green)) == green
    assert best(heard(constraint, "ceiling somehow", lime, green)) == lime


def test_probabilities_still_sum_to_one(constraint: Constraint) -> None:
    found = heard(constraint, "the reading lamp on", CEILING, LAMP)
    assert 0.99 < found.mass <= 1.0
    assert found.confidence <= 1.0


def test_the_whole_home_is_as_likely_as_a_room_that_was_said(constraint: Constraint) -> None:
    """All and here are no names: nobody says them in every language."""
    everywhere, kitchen = (call("light.turn_on", area=area) for area in ("all", "Kitchen"))
    assert best(heard(constraint, "all lights and the kitchen", everywhere, kitchen)) == everywhere


def wished(constraint: Constraint, sentence: str, likely: Calls, meant: Calls) -> Calls:
    """The answer of a model that finds `likely` somewhat likelier than `meant`."""
    engine = Noise(size(constraint.vocabulary), spread=0.3)
    engine.wish(ids_of(constraint.vocabulary, *meant), 9.0)
    engine.wish(ids_of(constraint.vocabulary, *likely), 10.0)
    found = decode(constraint, engine, evidence=SaidEvidence(Said(sentence), constraint, HOME))
    assert found.best is not None
    return found.best.calls


def test_a_second_device_that_was_named_is_not_forgotten(constraint: Constraint) -> None:
    one, two = (LAMP,), (LAMP, CEILING)
    assert wished(constraint, "the reading lamp on", one, two) == one
    assert wished(constraint, "the reading lamp and the ceiling on", one, two) == two
    assert wished(constraint, "all on except the reading lamp and the ceiling", one, two) == one


def test_a_device_that_cannot_be_called_for_is_not_made_up_for_with_others(
    constraint: Constraint,
) -> None:
    """A third call does not come from what the second one left open as well."""
    two, three = (LAMP, LAMP), (LAMP, LAMP, WARM)
    assert wished(constraint, "the reading lamp and shopping", two, three) == two


def test_what_was_done_is_not_done_again_where_more_was_said(constraint: Constraint) -> None:
    twice, both = (LAMP, LAMP), (LAMP, CEILING)
    assert wished(constraint, "the reading lamp and the ceiling on", twice, both) == both
    assert wished(constraint, "the reading lamp, twice", twice, both) == twice


def test_a_number_that_no_call_can_have_speaks_for_nothing(constraint: Constraint) -> None:
    timer, twice = call("timer.start", hours=1, minutes=30), call("timer.start", minutes=90)
    assert wished(constraint, "timer 90 minutes", (timer,), (timer, twice)) == (timer,)
    assert wished(constraint, "what is 60 times 70", (), (LAMP,)) == ()


def test_half_an_hour_more_is_no_other_hour(constraint: Constraint) -> None:
    two, twenty = (call("timer.start", hours=hours, minutes=30) for hours in (2, 20))
    assert best(heard(constraint, "two and a half hours, lamp to 20", two, twenty)) == two


def test_a_second_number_that_was_said_is_not_forgotten(constraint: Constraint) -> None:
    both = call("light.turn_on", brightness_pct=60, color_temp_kelvin=2700, name="Ceiling")
    assert wished(constraint, "ceiling at 2700 kelvin", (WARM,), (both,)) == (WARM,)
    assert wished(constraint, "ceiling at 2700 kelvin and 60", (WARM,), (both,)) == (both,)
