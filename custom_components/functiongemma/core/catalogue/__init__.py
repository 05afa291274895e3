"""The home functions: everything our own model can call.

To add a function, add one `Function` to the module of its domain (or a module to `_MODULES`): its
declaration, its constraint, its action and its reply all follow from that entry. Sentences that
train it go to `training/languages/<code>/sentences/`.
"""

from __future__ import annotations

from ..functions import Function
from ..home import Home
from . import (
    alarm_control_panel,
    assist_satellite,
    calendar,
    climate,
    clock,
    cover,
    fan,
    helper,
    home,
    humidifier,
    lawn_mower,
    light,
    lock,
    media_player,
    notify,
    scene,
    sensor,
    siren,
    state,
    switch,
    timer,
    todo,
    vacuum,
    valve,
    water_heater,
    weather,
)

_MODULES = (
    light, switch, fan, cover, valve, lock, climate, media_player, vacuum, scene, todo, timer,
    state, sensor, weather, calendar, clock, assist_satellite, notify, home, humidifier,
    water_heater, lawn_mower, siren, alarm_control_panel, helper,
)  # fmt: skip

FUNCTIONS: tuple[Function, ...] = tuple(f for module in _MODULES for f in module.FUNCTIONS)
BY_NAME: dict[str, Function] = {function.name: function for function in FUNCTIONS}


def functions_for(home: Home) -> tuple[Function, ...]:
    """Functions that this home has a use for, in catalogue order: those that have a target in it.

    Timers need no entity and are always there.
    """
    return tuple(f for f in FUNCTIONS if not f.has_target or f.candidates(home))
