"""Never mind: the one thing a house can always do."""

from __future__ import annotations

from custom_components.functiongemma.core.catalogue import BY_NAME, functions_for
from custom_components.functiongemma.core.home import Home

from .calls import service


def test_it_can_be_said_in_every_home_and_does_nothing() -> None:
    assert service("home.never_mind") == ("home.never_mind", {})
    assert BY_NAME["home.never_mind"].local
    assert BY_NAME["home.never_mind"] in functions_for(Home())
