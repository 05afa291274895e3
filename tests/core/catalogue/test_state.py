"""Questions: about one device, or about how many and which of the whole home."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.catalogue.state import DOMAINS, STATES

from .calls import asks_which, home_of, parameter, service


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_device_can_be_asked_about(domain: str) -> None:
    assert service("state.get", domain) == ("state.get", {})
    assert BY_NAME["state.get"].candidates(home_of(domain))


@pytest.mark.parametrize("name", ["state.count", "state.list", "state.all"])
def test_counting_is_about_a_domain_and_a_state(name: str) -> None:
    function = BY_NAME[name]
    assert function.everywhere
    assert function.targets == ("area", "floor")
    assert parameter(name, "domain").values == DOMAINS
    assert parameter(name, "state").values == STATES
    assert all(p.required for p in function.parameters)
    assert not asks_which(name, "cover", domain="cover", state="open")


@pytest.mark.parametrize("name", ["state.get", "state.count", "state.list", "state.all"])
def test_a_question_changes_nothing(name: str) -> None:
    assert BY_NAME[name].local
