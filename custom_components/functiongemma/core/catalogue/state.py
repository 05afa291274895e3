"""Questions about the state of devices; answered by the agent, nothing is changed."""

from __future__ import annotations

from ..functions import Function, Parameter

#: What can be asked about, and by which word the model names it.
DOMAINS = (
    "light", "switch", "fan", "cover", "valve", "lock", "climate", "media_player", "vacuum",
    "sensor", "binary_sensor", "todo", "timer", "person", "humidifier", "water_heater",
    "lawn_mower", "siren", "alarm_control_panel", "input_boolean", "number", "input_number",
    "select", "input_select",
)  # fmt: skip
STATES = ("on", "off", "open", "closed", "locked", "unlocked", "home", "not_home")

_QUERY = (
    Parameter("domain", "STRING", values=DOMAINS, required=True),
    Parameter("state", "STRING", values=STATES, required=True),
)


def _query(name: str, description: str, key: str) -> Function:
    return Function(
        f"state.{name}", description, _QUERY, domains=DOMAINS, targets=("area", "floor"),
        everywhere=True, local=True, intent=("HassGetState", key),
    )  # fmt: skip


FUNCTIONS = (
    Function(
        "state.get", "Tell the state or value of a device", domains=DOMAINS, local=True,
        intent=("HassGetState", "one"),
    ),
    _query("count", "Tell how many devices are in a state", "how_many"),
    _query("list", "Tell which devices are in a state", "which"),
    _query("all", "Tell whether all devices are in a state", "all"),
)  # fmt: skip
