"""What an entity can do, in the words of `Function.feature`, read from its attributes.

Members and bits are those of the `*EntityFeature` flags of Home Assistant's domains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: By domain: the flag's member, its bit, and the words for what it allows.
_FLAGS: Mapping[str, Mapping[str, tuple[int, tuple[str, ...]]]] = {
    "cover": {
        "OPEN": (1, ("open",)), "CLOSE": (2, ("close",)), "SET_POSITION": (4, ("position",)),
        "STOP": (8, ("stop",)), "OPEN_TILT": (16, ("tilt",)),
        "SET_TILT_POSITION": (128, ("tilt_position",)),
    },
    "valve": {
        "OPEN": (1, ("open",)), "CLOSE": (2, ("close",)), "SET_POSITION": (4, ("position",)),
        "STOP": (8, ("stop",)),
    },
    "fan": {
        "SET_SPEED": (1, ("speed",)), "OSCILLATE": (2, ("oscillate",)),
        "DIRECTION": (4, ("direction",)), "PRESET_MODE": (8, ("preset_mode",)),
    },
    "lock": {"OPEN": (1, ("open",))},
    "climate": {
        "TARGET_TEMPERATURE": (1, ("temperature",)),
        "TARGET_TEMPERATURE_RANGE": (2, ("temperature",)), "FAN_MODE": (8, ("fan_mode",)),
        "PRESET_MODE": (16, ("preset_mode",)), "TURN_OFF": (128, ("turn_off",)),
        "TURN_ON": (256, ("turn_on",)),
    },
    "media_player": {
        # What can pause can go on, though some say so of pausing only.
        "PAUSE": (1, ("pause", "halt", "play")), "VOLUME_SET": (4, ("volume_set", "volume_step")),
        "VOLUME_MUTE": (8, ("volume_mute",)), "PREVIOUS_TRACK": (16, ("previous",)),
        "NEXT_TRACK": (32, ("next",)), "TURN_ON": (128, ("turn_on",)),
        "TURN_OFF": (256, ("turn_off",)), "VOLUME_STEP": (1024, ("volume_step",)),
        "SELECT_SOURCE": (2048, ("select_source",)), "STOP": (4096, ("halt",)),
        "PLAY": (16384, ("play",)), "SHUFFLE_SET": (32768, ("shuffle",)),
        "REPEAT_SET": (262144, ("repeat",)), "PLAY_MEDIA": (512, ("play_media",)),
        "SEARCH_MEDIA": (4194304, ("search",)),
    },
    "vacuum": {
        "PAUSE": (4, ("pause",)), "STOP": (8, ("stop",)), "RETURN_HOME": (16, ("return_home",)),
        "LOCATE": (512, ("locate",)), "START": (8192, ("start",)),
        "CLEAN_AREA": (16384, ("clean_area",)),
    },
    "humidifier": {"MODES": (1, ("mode",))},
    "water_heater": {
        "TARGET_TEMPERATURE": (1, ("temperature",)), "OPERATION_MODE": (2, ("operation_mode",)),
        "ON_OFF": (8, ("on_off",)),
    },
    "lawn_mower": {
        "START_MOWING": (1, ("start",)), "PAUSE": (2, ("pause",)), "DOCK": (4, ("dock",)),
    },
    "siren": {"TURN_ON": (1, ("turn_on",)), "TURN_OFF": (2, ("turn_off",))},
    "alarm_control_panel": {
        "ARM_HOME": (1, ("arm_home",)), "ARM_AWAY": (2, ("arm_away",)),
        "ARM_NIGHT": (4, ("arm_night",)),
    },
    "assist_satellite": {"ANNOUNCE": (1, ("announce",))},
    "todo": {
        "CREATE_TODO_ITEM": (1, ("add",)), "DELETE_TODO_ITEM": (2, ("delete",)),
        "UPDATE_TODO_ITEM": (4, ("update",)),
    },
}  # fmt: skip

#: What an ability is of no use without: what is found has to be played.
_NEEDS: Mapping[str, str] = {"search": "play_media"}

#: What can be asked for by what it is, and the units that tell it where no device class does.
_MEASURED: Mapping[str, tuple[str, ...]] = {
    "temperature": ("°C", "°F"), "humidity": (), "power": ("W", "kW"), "battery": (),
}  # fmt: skip

_COLOR_MODES = frozenset({"hs", "rgb", "rgbw", "rgbww", "xy"})


def from_bits(domain: str, bits: int) -> frozenset[str] | None:
    """What `supported_features` stands for; None where the domain has no such notion."""
    if domain not in _FLAGS:
        return None
    flags = _FLAGS[domain].values()
    found = {word for bit, words in flags if bits & bit for word in words}
    return frozenset(word for word in found if _NEEDS.get(word, word) in found)


def of_light(color_modes: Iterable[str]) -> frozenset[str]:
    """What a light's `supported_color_modes` allow."""
    modes = set(color_modes)
    features = set()
    if modes - {"onoff", "unknown"}:
        features.add("brightness")
    if modes & _COLOR_MODES:
        features.add("color")
    if modes & {"color_temp", "rgbww"}:
        features.add("color_temp")
    return frozenset(features)


def measuring(quantity: str) -> str:
    """The word for measuring `quantity`; what can set a temperature need not know one."""
    return f"measures_{quantity}"


def of_sensor(device_class: str | None, unit: str | None) -> frozenset[str]:
    """What a sensor measures, of what can be asked for like that."""
    kinds = (q for q, units in _MEASURED.items() if device_class == q or unit in units)
    return frozenset(measuring(quantity) for quantity in kinds)


def of_climate(bits: int, attributes: Mapping[str, Any]) -> frozenset[str]:
    """What a thermostat can do, and what it measures.

    Nearly all know the temperature. Whether one does is not read from its attributes: they are
    gone while it is unavailable, and the prompt would change whenever it is.
    """
    known = {"temperature", *(q for q in _MEASURED if f"current_{q}" in attributes)}
    return (from_bits("climate", bits) or frozenset()) | {measuring(q) for q in known}


def from_file(domain: str, attributes: Mapping[str, Any]) -> frozenset[str] | None:
    """What a home file says an entity can do; None where it says nothing about that.

    `supported_features` is a number, or a list of members with or without the enum's name.
    Raises TypeError for anything else.
    """
    if domain == "light":
        modes = attributes.get("supported_color_modes")
        return None if modes is None else of_light(_last(mode).lower() for mode in modes)
    if domain == "sensor" and attributes:
        unit = attributes.get("unit_of_measurement")
        return of_sensor(_last(attributes.get("device_class") or "").lower(), unit)
    value = attributes.get("supported_features")
    if value is None or domain not in _FLAGS:
        return None
    flags = _FLAGS[domain]
    bits = value
    if not isinstance(value, int):
        bits = sum({flags[m][0] for item in value if (m := _last(item)) in flags})
    return of_climate(bits, attributes) if domain == "climate" else from_bits(domain, bits)


def _last(value: object) -> str:
    """The member's own name: `cover.CoverEntityFeature.OPEN` → `OPEN`."""
    return str(value).rpartition(".")[2]
