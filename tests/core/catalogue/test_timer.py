"""Timers: no device, a duration in parts, a name of their own."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.constraint.grammar import CallGrammar
from custom_components.functiongemma.core.home import Home

from .calls import parameter, service

WITH = ["timer.start", "timer.add_time", "timer.remove_time"]
WITHOUT = ["timer.cancel", "timer.pause", "timer.resume", "timer.status"]


@pytest.mark.parametrize("name", WITH)
def test_a_duration_is_given_in_parts(name: str) -> None:
    data = {"hours": 1, "minutes": 30, "timer_name": "pizza"}
    assert service(name, **data) == (name, data)
    assert parameter(name, "hours").maximum == 24
    assert parameter(name, "minutes").maximum == 120
    assert parameter(name, "seconds").maximum == 120
    # Without a duration such a call would mean nothing.
    assert all(not run.text.endswith("{}") for run in CallGrammar(Home(), BY_NAME[name]).runs())


@pytest.mark.parametrize("name", WITHOUT)
def test_the_others_need_nothing(name: str) -> None:
    assert service(name) == (name, {})
    assert service(name, timer_name="pizza") == (name, {"timer_name": "pizza"})
    assert any(run.text.endswith("{}") for run in CallGrammar(Home(), BY_NAME[name]).runs())


@pytest.mark.parametrize("name", WITH + WITHOUT)
def test_the_agent_answers_itself(name: str) -> None:
    assert BY_NAME[name].local
    assert not BY_NAME[name].has_target
