"""The clock is asked nothing but itself."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import BY_NAME, functions_for
from custom_components.functiongemma.core.home import Home

from .calls import service


@pytest.mark.parametrize("name", ["clock.time", "clock.date"])
def test_every_home_has_the_time_and_the_date(name: str) -> None:
    assert service(name) == (name, {})
    assert BY_NAME[name].local
    assert BY_NAME[name] in functions_for(Home())
