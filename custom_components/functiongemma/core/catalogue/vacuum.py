"""Vacuum cleaners."""

from __future__ import annotations

from ..functions import Function, Parameter

_VACUUM = ("vacuum",)

FUNCTIONS = (
    Function(
        "vacuum.start", "Start cleaning", domains=_VACUUM, feature="start",
        intent=("HassVacuumStart", "default"),
    ),
    Function("vacuum.pause", "Pause cleaning", domains=_VACUUM, feature="pause"),
    Function("vacuum.stop", "Stop cleaning", domains=_VACUUM, feature="stop"),
    Function(
        "vacuum.return_to_base", "Send back to the dock", domains=_VACUUM, feature="return_home",
        intent=("HassVacuumReturnToBase", "default"),
    ),
    Function("vacuum.locate", "Make a vacuum sound", domains=_VACUUM, feature="locate"),
    # The room to clean is no target: the vacuum stands somewhere else.
    Function(
        "vacuum.clean_area", "Clean one room",
        (Parameter("room", "STRING", option="area_list", required=True),),
        domains=_VACUUM, feature="clean_area", local=True,
        intent=("HassVacuumCleanArea", "default"),
    ),
)  # fmt: skip
