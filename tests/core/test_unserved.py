"""Whoever names three devices wants three of them moved."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.home import Area, Entity, Home
from custom_components.functiongemma.core.said import Said
from custom_components.functiongemma.core.unserved import Unserved

HOME = Home(
    (
        Entity("fan.hood", "Hood", "Kitchen"),
        Entity("switch.dishwasher", "Zmywarka", "Kitchen", ("Dishwasher",)),
        Entity("light.spots", "Spots above the island", "Kitchen"),
        Entity("light.kitchen", "Kitchen", "Kitchen"),
        Entity("light.lamp", "Lamp", "Kitchen"),
        Entity("light.floor", "落地灯", "Hall"),
        Entity("sensor.temperature", "Temperature", "Hall"),
        Entity("todo.list", "Shopping", None),
    ),
    (Area("Kitchen"), Area("Hall")),
)
HOOD = FunctionCall("fan.turn_off", {"name": "Hood"})
SPOTS = FunctionCall("light.turn_off", {"name": "Spots above the island"})


def left(sentence: str, *calls: FunctionCall) -> bool:
    return Unserved(Said(sentence), HOME).left(calls) > 0


@pytest.mark.parametrize(
    "sentence",
    [
        "hood, dishwasher and spots above the island off",
        "the hoods and the spots above the island off, and the dishwasher",
        "wyłącz hood, zmywarkę i spots above the island",
        "hood 和 落地灯 都关掉",
    ],
)
def test_a_device_that_was_named_and_forgotten_is_noticed(sentence: str) -> None:
    assert left(sentence, HOOD, SPOTS)
    assert left(sentence, HOOD)


def item(name: str) -> FunctionCall:
    return FunctionCall("todo.add_item", {"item": name, "name": "Shopping"})


def test_a_second_item_of_a_list_is_noticed() -> None:
    assert left("put butter and curd on shopping", item("butter"))
    assert left("Setz Butter und Quark auf Shopping", item("Butter"))
    assert left("добавь молоко и хлеб", item("молоко"))
    assert left("milk onto shopping, butter and the eggs", item("milk"), item("butter"))
    assert not left("put butter and curd on shopping", item("butter"), item("curd"))
    assert not left("put bread and butter on shopping", item("bread and butter"))
    assert not left("put curd and the butter on shopping", item("butter"), item("curd"))
    # Where something is written down, and what is so: no "and".
    assert not left("pon leche en la lista de la compra", item("leche"))
    assert not left("il latte è finito, mettilo nella lista", item("latte"))
    assert not left("ajoute du lait mais sans lactose", item("lait"))
    assert not left("リストに牛乳と書いて", item("牛乳"))


@pytest.mark.parametrize(
    ("sentence", "calls"),
    [
        ("hood and spots above the island off", (HOOD, SPOTS)),
        # A room's name, a word for anything that shines, what a sensor measures: no device.
        ("the hood in the kitchen off", (HOOD,)),
        ("the hood off, not the lamp", (HOOD,)),
        ("the hood off, what a temperature", (HOOD,)),
        # Everything of that kind in the room is done already.
        ("kitchen lights, and 落地灯", (FunctionCall("light.turn_off", {"area": "Kitchen"}),)),
        # What is to be written down names what it names.
        (
            "put clean the dishwasher on shopping",
            (FunctionCall("todo.add_item", {"item": "clean the dishwasher", "name": "Shopping"}),),
        ),
        # A device that is only spoken of, or not meant.
        ("hood beside the dishwasher off", (HOOD,)),
        ("if the dishwasher is on turn the hood off", (HOOD,)),
        ("the hood off, and not the dishwasher", (HOOD,)),
        ("a timer and for the dishwasher", (FunctionCall("timer.start", {"minutes": 10}),)),
        ("is the hood or the dishwasher on", (FunctionCall("state.get", {"name": "Hood"}),)),
    ],
)
def test_nothing_is_missed_where_all_that_was_named_is_done(
    sentence: str, calls: tuple[FunctionCall, ...]
) -> None:
    assert not left(sentence, *calls)
