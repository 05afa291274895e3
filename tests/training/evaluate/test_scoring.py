"""A command counts as right exactly when the evaluation files say so."""

from __future__ import annotations

from typing import Any

import pytest

from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.home import Entity, Home
from custom_components.functiongemma.core.resolve import resolve
from training.evaluate.scoring import interval, made_calls, same_calls

HOME = Home((Entity("light.a", "A"), Entity("light.b", "B"), Entity("media_player.c", "C")))


def call(service: str, *ids: str, **data: Any) -> dict[str, Any]:
    return {"service": service, "entity_id": list(ids), "data": data}


ON, OFF = "light.turn_on", "light.turn_off"


@pytest.mark.parametrize(
    ("made", "meant"),
    [
        ([], []),
        ([call(ON, "a")], [call(ON, "a")]),
        ([call(ON, "a", "b")], [call(ON, "b", "a")]),
        ([call(ON, "a"), call(ON, "b")], [call(ON, "a", "b")]),
        ([call(ON, "a"), call(OFF, "b")], [call(OFF, "b"), call(ON, "a")]),
        ([call(ON, "a", brightness_pct=30)], [call(ON, "a", brightness_pct=30.0)]),
        ([call(ON, "a", brightness_pct=31)], [call(ON, "a", brightness_pct=30)]),
        ([call("v", "a", volume_level=0.5)], [call("v", "a", volume_level=0.504)]),
        ([call(ON, "a", color_name="red")], [call(ON, "a")]),
        ([call("m", "a", is_volume_muted=True)], [call("m", "a", is_volume_muted=True)]),
    ],
)
def test_right(made: list[dict[str, Any]], meant: list[dict[str, Any]]) -> None:
    assert same_calls(made, meant)
    assert same_calls(meant, made)


@pytest.mark.parametrize(
    ("made", "meant"),
    [
        ([], [call(ON, "a")]),
        ([call(ON, "a")], []),
        ([call(ON, "a")], [call(OFF, "a")]),
        ([call("light.toggle", "a")], [call(ON, "a")]),
        ([call(ON, "a")], [call(ON, "a", "b")]),
        ([call(ON, "a", "b")], [call(ON, "a")]),
        ([call(ON, "a"), call(OFF, "b")], [call(ON, "a")]),
        ([call(ON, "a")], [call(ON, "a", brightness_pct=30)]),
        ([call(ON, "a", brightness_pct=32)], [call(ON, "a", brightness_pct=30)]),
        ([call("v", "a", volume_level=0.5)], [call("v", "a", volume_level=0.51)]),
        ([call("t", "a", temperature=21)], [call("t", "a", temperature=21.5)]),
        ([call(ON, "a", color_name="red")], [call(ON, "a", color_name="blue")]),
        ([call("m", "a", is_volume_muted=True)], [call("m", "a", is_volume_muted=False)]),
        ([call("failed")], []),
    ],
)
def test_wrong(made: list[dict[str, Any]], meant: list[dict[str, Any]]) -> None:
    assert not same_calls(made, meant)
    assert not same_calls(meant, made)


def resolved(name: str, **arguments: Any) -> list[dict[str, Any]]:
    return made_calls([resolve(HOME, FunctionCall(name, arguments))])


def test_calls_have_the_shape_of_the_evaluation_files() -> None:
    assert resolved("light.turn_on", area="all", brightness_pct=30) == [
        call(ON, "light.a", "light.b", brightness_pct=30)
    ]
    assert resolved("media_player.volume_set", area="here", volume_pct=40) == [
        call("media_player.volume_set", "media_player.c", volume_level=0.4)
    ]


def test_a_question_or_a_failure_is_never_right() -> None:
    assert resolved("light.turn_on", area="here") == [call("ambiguous")]
    assert resolved("light.turn_on", area="Moon") == [call("failed")]


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe (1998), table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_the_interval_is_wilsons(right: int, total: int, low: float, high: float) -> None:
    found = interval(right, total)
    assert found == pytest.approx((low, high), abs=2e-4)
