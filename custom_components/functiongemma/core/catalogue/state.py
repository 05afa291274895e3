"""Questions about the state of devices; answered by the agent, nothing is changed."""

from __future__ import annotations

from ..functions import Function, Parameter

#: What can be asked about, and by which word the model names it.
DOMAINS = (
    "light", "switch", "fan", "cover", "valve", "lock", "climate", "media_player", "vacuum",
    "sensor", "binary_sensor", "todo", "timer",
)  # fmt: skip
STATES = ("on", "off", "open", "closed", "locked", "unlocked")

_QUERY = (
    Parameter("domain", "STRING", values=DOMAINS, required=True),
    Parameter("state", "STRING", values=STATES, required=True),
)

FUNCTIONS = (
    Function(
        "state.get", "Tell the state or value of a device", domains=DOMAINS, local=True,
        intent=("HassGetState", "one"),
    ),
    Function(
        "state.count", "Tell how many devices are in a state", _QUERY, domains=DOMAINS,
        targets=("area", "floor"), everywhere=True, local=True, intent=("HassGetState", "how_many"),
    ),
    Function(
        "state.list", "Tell which devices are in a state", _QUERY, domains=DOMAINS,
        targets=("area", "floor"), everywhere=True, local=True, intent=("HassGetState", "which"),
    ),
)  # fmt: skip
