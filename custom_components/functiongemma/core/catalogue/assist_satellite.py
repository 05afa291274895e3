"""Announcements: something is said aloud by the satellites of a room or of the home."""

from __future__ import annotations

from ..functions import Function, Parameter

FUNCTIONS = (
    Function(
        "assist_satellite.announce", "Say something aloud in the home",
        (Parameter("message", "STRING", required=True),),
        domains=("assist_satellite",), feature="announce", everywhere=True, local=True,
        intent=("HassBroadcast", "default"),
    ),
)  # fmt: skip
