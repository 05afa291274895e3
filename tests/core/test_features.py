"""What a home file says about its devices decides what can be asked of them."""

from __future__ import annotations

from typing import Any

import pytest

from custom_components.functiongemma.core import features
from custom_components.functiongemma.core.catalogue import functions_for
from custom_components.functiongemma.core.home import Home


@pytest.mark.parametrize(
    ("domain", "attributes", "expected"),
    [
        ("cover", {"supported_features": 3}, {"open", "close"}),
        ("cover", {"supported_features": ["CoverEntityFeature.OPEN", "SET_POSITION"]},
         {"open", "position"}),
        ("vacuum", {"supported_features": ["vacuum.VacuumEntityFeature.STATE"]}, set()),
        ("media_player", {"supported_features": []}, set()),
        ("lawn_mower", {"supported_features": ["START_MOWING", "DOCK"]}, {"start", "dock"}),
        ("alarm_control_panel", {"supported_features": 6}, {"arm_away", "arm_night"}),
        ("light", {"supported_color_modes": ["onoff"]}, set()),
        ("light", {"supported_color_modes": ["light.ColorMode.RGBW"]}, {"brightness", "color"}),
    ],
)  # fmt: skip
def test_spelled_as_numbers_or_members(
    domain: str, attributes: dict[str, Any], expected: set[str]
) -> None:
    assert features.from_file(domain, attributes) == expected


@pytest.mark.parametrize("domain", ["light", "cover", "switch"])
def test_a_file_that_says_nothing_forbids_nothing(domain: str) -> None:
    assert features.from_file(domain, {}) is None


def test_a_garage_door_without_slats_is_never_tilted() -> None:
    garage = {"id": "cover.g", "name": "Garage door", "attributes": {"supported_features": 3}}
    names = {f.name for f in functions_for(Home.from_dict({"entities": [garage]}))}
    assert {"cover.open_cover", "cover.close_cover"} <= names
    assert "cover.open_cover_tilt" not in names and "cover.set_cover_position" not in names


def test_a_player_that_cannot_play_what_it_finds_does_not_search() -> None:
    members = ["SEARCH_MEDIA", "PLAY_MEDIA"]
    assert "search" in (features.from_file("media_player", {"supported_features": members}) or ())
    assert "search" not in (
        features.from_file("media_player", {"supported_features": members[:1]}) or ()
    )
