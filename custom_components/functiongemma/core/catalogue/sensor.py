"""What is measured somewhere: asked for by what it is, not by the name of a sensor.

"How warm is it in the bedroom?" is about whatever measures it there. Where no sensor does, it is
the thermostat that knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..calls import Value
from ..features import measuring
from ..functions import Function


def _get(arguments: Mapping[str, Value]) -> tuple[str, dict[str, Any]]:
    # Asking for it by the sensor's name comes to the same, so the two count as one answer.
    return "state.get", {}


def _measured(quantity: str, description: str, *otherwise: str) -> Function:
    return Function(
        f"sensor.{quantity}", description, domains=("sensor", *otherwise), secondary=otherwise,
        feature=measuring(quantity), to_service=_get, local=True,
        intent=("HassGetState", "one"),
    )  # fmt: skip


FUNCTIONS = (
    _measured("temperature", "Tell how warm it is", "climate"),
    _measured("humidity", "Tell how humid it is", "climate"),
    _measured("power", "Tell how much power is used"),
    _measured("battery", "Tell how full batteries are"),
)
