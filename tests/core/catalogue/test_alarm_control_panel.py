"""Alarm panels: armed in the ways they know, disarmed one at a time, and never with a code."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import BY_NAME, alarm_control_panel

from .calls import asks_which, needs, service


@pytest.mark.parametrize("mode", ["home", "away", "night"])
def test_arming_is_the_action_of_its_name(mode: str) -> None:
    name = f"alarm_control_panel.alarm_arm_{mode}"
    assert service(name) == (name, {})
    assert needs(name, f"arm_{mode}")
    assert not asks_which(name)


def test_only_one_is_disarmed() -> None:
    name = "alarm_control_panel.alarm_disarm"
    assert service(name) == (name, {})
    assert needs(name, None)
    assert asks_which(name)


@pytest.mark.parametrize("name", [f.name for f in alarm_control_panel.FUNCTIONS])
def test_a_code_that_a_model_makes_up_goes_nowhere(name: str) -> None:
    assert not BY_NAME[name].parameters
    assert service(name, code="1234") == (name, {})
