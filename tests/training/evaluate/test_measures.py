"""The numbers of a report, computed by hand on small cases."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.evaluate.verdicts import ASK, FAIL, call, verdict
from training.evaluate.measures import (
    NOTHING,
    Bin,
    Found,
    Miss,
    Step,
    acts,
    calibration,
    calibration_error,
    confusion,
    coverage,
    false_positives,
    found_functions,
    found_no_call,
    grouped,
    kind_of_miss,
    miss_kinds,
    rate,
    suggested_threshold,
)
from training.evaluate.verdicts import Verdict

ON, OFF, PLAY = call("light.turn_on", "light.a"), call("light.turn_off", "light.a"), call("m.play")


def test_rates() -> None:
    rows = [
        verdict([ON], language="fr"),
        verdict([ON, PLAY]),
        verdict([PLAY], []),
        verdict([]),
    ]
    assert rate(rows)["accuracy"] == 0.75
    assert {k: (v["accuracy"], v["n"]) for k, v in grouped(rows, "language").items()} == {
        "en": (pytest.approx(2 / 3), 3),
        "fr": (1.0, 1),
    }
    assert list(grouped(rows, "function")) == ["light.turn_on", "m.play", "no call"]


def test_a_command_counts_for_each_of_its_functions() -> None:
    rows = [
        verdict([ON, PLAY]),
        verdict([ON, OFF], [ON, PLAY]),
        verdict([ON], [call("light.turn_on", "light.b")]),  # the function was right
        verdict([OFF], []),
        verdict([], [ON]),
        verdict([call("light.turn_on", "b", v=1), ON]),  # one function twice is one
    ]
    found = found_functions(rows)
    assert found == {
        "light.turn_on": Found(both=4, meant=4, made=5),
        "light.turn_off": Found(both=0, meant=2, made=0),
        "m.play": Found(both=1, meant=1, made=2),
    }
    assert found["light.turn_on"].precision == 0.8
    assert found["light.turn_on"].recall == 1
    assert found["light.turn_on"].f1 == pytest.approx(8 / 9)
    assert found["light.turn_off"].precision is None
    assert found["light.turn_off"].f1 == 0
    assert found["m.play"].precision == 0.5
    assert Found(0, 0, 0).f1 is None


def test_having_nothing_to_call() -> None:
    rows = [
        verdict([]),
        verdict([], [ON], confidence=0.6),
        verdict([], [ON], confidence=0.4),
        verdict([], [FAIL]),
        verdict([ON], []),
        verdict([ON]),
    ]
    found = found_no_call(rows)
    assert found == Found(both=1, meant=4, made=2)
    assert (found.precision, found.recall) == (0.5, 0.25)
    assert false_positives(rows, 0)["accuracy"] == 0.5
    assert false_positives(rows, 0.5)["accuracy"] == 0.25
    assert false_positives(rows, 0.5)["n"] == 4
    assert false_positives([verdict([ON])], 0)["n"] == 0


def test_asking_and_failing_are_not_acting() -> None:
    assert acts(verdict([ON]))
    assert acts(verdict([ON], [ASK, OFF]))
    assert not acts(verdict([ON], [ASK]))
    assert not acts(verdict([ON], [FAIL, ASK]))
    assert not acts(verdict([]))
    assert acts(verdict([ON], confidence=0.5), 0.5)
    assert not acts(verdict([ON], confidence=0.49), 0.5)


def test_confusions() -> None:
    cells = confusion([
        verdict([ON]),
        verdict([ON], [OFF]),
        verdict([ON, PLAY], [OFF, PLAY]),
        verdict([ON], []),
        verdict([], [ON]),
        verdict([]),
        verdict([ON], [ASK]),
        verdict([ON, OFF], [ON]),
    ])  # fmt: skip
    on, off = "light.turn_on", "light.turn_off"
    assert cells == {
        (on, on): 2,
        (on, off): 2,
        ("m.play", "m.play"): 1,
        (on, NOTHING): 1,
        (NOTHING, on): 1,
        (NOTHING, NOTHING): 1,
        (on, "ambiguous"): 1,
        (off, NOTHING): 1,
    }


def test_calibration_and_its_error() -> None:
    rows = [
        verdict([ON], confidence=0.12),
        verdict([ON], [], confidence=0.18),
        verdict([ON], confidence=0.95),
        verdict([ON], confidence=1.0),
    ]
    bins = calibration(rows)
    assert bins == [
        Bin(0.1, 0.2, 2, pytest.approx(0.15), 0.5),
        Bin(0.9, 1.0, 2, pytest.approx(0.975), 1.0),
    ]
    assert calibration_error(bins) == pytest.approx((0.35 + 0.025) / 2)
    assert calibration_error([]) == 0


def test_what_each_threshold_does() -> None:
    rows = [
        verdict([ON], confidence=0.3),
        verdict([ON], [OFF], confidence=0.5),
        verdict([ON], confidence=0.8),
        verdict([], confidence=0.99),
    ]
    assert coverage(rows, [0, 0.5, 0.6, 1]) == [
        Step(0, 3, 2),
        Step(0.5, 2, 1),
        Step(0.6, 1, 1),
        Step(1, 0, 0),
    ]
    assert coverage(rows, [0])[0].wrong == 1


def at(right: bool, confidence: float) -> Verdict:
    return verdict([ON], None if right else [OFF], confidence=confidence)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(True, 0.2), (True, 0.9)], 0),
        ([(False, 0.2), (True, 0.4), (True, 0.9)], 0.3),
        ([(False, 0.2), (True, 0.3), (False, 0.4), (False, 0.5), (True, 0.9), (True, 1)], 0.7),
        ([(False, 0.2), (True, 0.2), (True, 0.9)], 0),  # as often right as wrong: act
        ([(False, 0.2), (False, 0.9)], 1),
        ([], 0),
    ],
)
def test_the_suggested_threshold(rows: list[tuple[bool, float]], expected: float) -> None:
    assert suggested_threshold([at(*row) for row in rows]) == pytest.approx(expected)


def test_only_what_is_acted_on_decides_the_threshold() -> None:
    asked = [verdict([ON], [ASK], confidence=0.3)] * 5 + [verdict([ON], [], confidence=0.3)] * 5
    assert suggested_threshold([*asked, at(True, 0.2)]) == 0


verdicts = st.lists(
    st.builds(at, st.booleans(), st.sampled_from([n / 20 for n in range(1, 20)])), max_size=40
)


@settings(deadline=None)
@given(verdicts)
def test_no_other_threshold_is_better(rows: list[Verdict]) -> None:
    def gain(threshold: float) -> int:
        (step,) = coverage(rows, [threshold])
        return step.right - step.wrong

    best = gain(suggested_threshold(rows))
    assert best >= max(gain(n / 40) for n in range(41))


@settings(deadline=None)
@given(verdicts)
def test_a_higher_threshold_never_acts_more(rows: list[Verdict]) -> None:
    steps = coverage(rows, [n / 10 for n in range(11)])
    assert [s.acted for s in steps] == sorted((s.acted for s in steps), reverse=True)
    assert all(0 <= s.right <= s.acted <= len(rows) for s in steps)


@settings(deadline=None)
@given(verdicts)
def test_every_command_is_in_one_bin(rows: list[Verdict]) -> None:
    bins = calibration(rows)
    assert sum(b.n for b in bins) == len(rows)
    assert all(b.low - 1e-9 <= b.confidence < b.high for b in bins)
    assert 0 <= calibration_error(bins) <= 1


@pytest.mark.parametrize(
    ("meant", "made", "kind"),
    [
        ([ON], [OFF], Miss.FUNCTION),
        ([ON, PLAY], [OFF, PLAY], Miss.FUNCTION),
        ([ON], [call("light.turn_on", "light.b")], Miss.TARGET),
        ([ON], [call("light.turn_on", "light.a", "light.b")], Miss.TARGET),
        ([ON], [call("light.turn_on", "light.b", brightness_pct=3)], Miss.TARGET),
        ([ON], [call("light.turn_on", "light.a", brightness_pct=3)], Miss.VALUE),
        ([ON, PLAY], [ON], Miss.TOO_FEW),
        ([ON], [ON, PLAY], Miss.TOO_MANY),
        ([ON], [ASK], Miss.ASKED),
        ([], [ASK], Miss.ASKED),
        ([ON], [], Miss.SILENT),
        ([ASK], [], Miss.SILENT),
        ([ON], [FAIL], Miss.FAILED),
        ([], [FAIL], Miss.FAILED),
        ([], [ON], Miss.ACTED),
        ([ASK], [ON], Miss.GUESSED),
    ],
)
def test_why_a_command_is_wrong(
    meant: list[dict[str, Any]], made: list[dict[str, Any]], kind: Miss
) -> None:
    assert kind_of_miss(verdict(meant, made)) is kind


def test_misses_by_kind_the_most_frequent_first() -> None:
    rows = [verdict([ON], []), verdict([ON], [OFF]), verdict([PLAY], [ON]), verdict([ON])]
    assert miss_kinds(rows) == {Miss.FUNCTION: rows[1:3], Miss.SILENT: rows[:1]}
