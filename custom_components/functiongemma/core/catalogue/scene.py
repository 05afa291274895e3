"""Scenes and scripts: named things that are run."""

from __future__ import annotations

from ..functions import Function

FUNCTIONS = (
    Function(
        "scene.turn_on", "Activate a scene", domains=("scene",), exactly_one=True,
        intent=("HassTurnOn", "scene"),
    ),
    Function(
        "script.turn_on", "Run a script", domains=("script",), exactly_one=True,
        intent=("HassTurnOn", "script"),
    ),
)  # fmt: skip
