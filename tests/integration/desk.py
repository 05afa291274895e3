"""A home of one lamp, and what is said to it, where only the runtime is asked."""

from __future__ import annotations

from custom_components.functiongemma.core.calls import FunctionCall
from custom_components.functiongemma.core.home import Area, Entity, Home

SENTENCE = "Turn on the desk lamp"
CALL = FunctionCall("light.turn_on", {"name": "Desk lamp"})


def home(name: str = "Desk lamp") -> Home:
    """A new object each time, equal for equal names."""
    options = {"effect_list": ("Rainbow",)}
    return Home((Entity("light.desk", name, "Study", options=options),), (Area("Study"),))
