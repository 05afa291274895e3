"""Robot lawn mowers."""

from __future__ import annotations

from ..functions import Function

_MOWER = ("lawn_mower",)

FUNCTIONS = (
    Function(
        "lawn_mower.start_mowing", "Start mowing", domains=_MOWER, feature="start",
        intent=("HassLawnMowerStartMowing", "default"),
    ),
    Function("lawn_mower.pause", "Pause mowing", domains=_MOWER, feature="pause"),
    # As Home Assistant's own sentences have it, a mower that is to stop goes home.
    Function(
        "lawn_mower.dock", "Send back to the dock", domains=_MOWER, feature="dock",
        intent=("HassLawnMowerDock", "default"),
    ),
)  # fmt: skip
