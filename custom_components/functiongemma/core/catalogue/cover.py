"""Covers: blinds, shutters, curtains, awnings, garage doors, gates, windows."""

from __future__ import annotations

from ..functions import Function, Parameter

_COVER = ("cover",)
#: Ways into the house: "open all the blinds" says nothing of these.
_ENTRANCES = ("door", "garage", "gate")

FUNCTIONS = (
    Function(
        "cover.open_cover", "Open covers", domains=_COVER, feature="open",
        only_named=_ENTRANCES, intent=("HassTurnOn", "cover"),
    ),
    Function(
        "cover.close_cover", "Close covers", domains=_COVER, feature="close",
        intent=("HassTurnOff", "cover"),
    ),
    Function("cover.stop_cover", "Stop covers", domains=_COVER, feature="stop"),
    Function("cover.toggle", "Open or close covers", domains=_COVER, only_named=_ENTRANCES),
    Function(
        "cover.set_cover_position", "Move covers to a position",
        (Parameter("position", "INTEGER", required=True),),
        domains=_COVER, feature="position", only_named=_ENTRANCES,
        intent=("HassSetPosition", "default"),
    ),
    Function("cover.open_cover_tilt", "Open slats", domains=_COVER, feature="tilt"),
    Function("cover.close_cover_tilt", "Close slats", domains=_COVER, feature="tilt"),
    Function(
        "cover.set_cover_tilt_position", "Tilt slats",
        (Parameter("tilt_position", "INTEGER", required=True),),
        domains=_COVER, feature="tilt_position",
    ),
)  # fmt: skip
