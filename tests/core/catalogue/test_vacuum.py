"""Vacuum cleaners: start, pause, stop, dock, locate."""

from __future__ import annotations

import pytest

from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.home import Entity

from .calls import asks_which, needs, parameter, service


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("vacuum.start", "start"),
        ("vacuum.pause", "pause"),
        ("vacuum.stop", "stop"),
        ("vacuum.return_to_base", "return_home"),
        ("vacuum.locate", "locate"),
    ],
)
def test_it_is_the_action_of_its_name(name: str, feature: str) -> None:
    assert service(name) == (name, {})
    assert needs(name, feature)
    assert not asks_which(name)


def test_the_room_to_clean_is_not_where_the_vacuum_is() -> None:
    name = "vacuum.clean_area"
    assert service(name, room="Kitchen") == (name, {"room": "Kitchen"})
    assert BY_NAME[name].local
    vacuum = Entity("vacuum.a", "A", area="Hall", options={"area_list": ("Kitchen", "Bath")})
    assert parameter(name, "room").choices((vacuum,)) == ("Kitchen", "Bath")
    assert needs(name, "clean_area")
