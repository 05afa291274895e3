"""What Home Assistant knows about a home, as a home file.

The file is what `Home.from_dict` reads, and gives the very `Home` that the integration's
`exposure.py` builds. Nothing else goes into it: what people have at home is their own business.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from custom_components.functiongemma.core import features
from custom_components.functiongemma.core.catalogue import FUNCTIONS

#: Domains that some home function is for; the agent lists no others.
DOMAINS: Final = frozenset(domain for function in FUNCTIONS for domain in function.domains)
#: Attributes that list values an entity accepts, as far as some function takes one.
OPTIONS: Final = tuple(
    dict.fromkeys(p.option for function in FUNCTIONS for p in function.parameters if p.option)
)
#: Their states are nobody's business: an address, who is at home, when a scene was last wanted.
_STATELESS: Final = (
    "sensor", "binary_sensor", "scene", "person", "calendar", "notify", "button", "input_button",
    "input_boolean", "alarm_control_panel",
)  # fmt: skip
#: Home Assistant's VacuumEntityFeature.CLEAN_AREA.
_CLEAN_AREA: Final = 16384

Row = Mapping[str, Any]


@dataclass
class Registries:
    """The answers of Home Assistant, by id."""

    entities: Mapping[str, Row | None]
    """By entity id, with aliases; None or missing: not registered."""
    devices: Mapping[str, Row]
    areas: Mapping[str, Row]
    """In their order."""
    floors: Mapping[str, Row] = field(default_factory=dict)

    def area_of(self, entry: Row) -> str | None:
        """Id of an entity's area: its own, else its device's, else that of the device's parent."""
        area: str | None = entry.get("area_id")
        device = self.devices.get(entry.get("device_id") or "")
        while area is None and device is not None:
            area = device.get("area_id")
            device = self.devices.get(device.get("parent_device_id") or "")
        return area

    def computed_name(self, entry: Row) -> str:
        """The name Home Assistant makes of an entity's, its device's and that one's parent's."""
        if entry.get("name"):
            return str(entry["name"])
        parts = [entry["name"] if entry.get("name") is not None else entry.get("original_name")]
        device = self.devices.get(entry.get("device_id") or "")
        if device is not None and entry.get("next_name_part") == "device":
            parts.insert(0, _device_name(device))
            parent = self.devices.get(device.get("parent_device_id") or "")
            if parent is not None and device.get("next_name_part") == "parent_device":
                parts.insert(0, _device_name(parent))
        return " ".join(str(part) for part in parts if part)


def home_file(
    states: Collection[Row], exposed: Collection[str], registries: Registries
) -> dict[str, Any]:
    """The data of a home file: the entities in `exposed` that some home function is for.

    `states` are rows of `get_states`.
    """
    listed = [
        _entity(state, registries)
        for state in sorted(states, key=lambda row: str(row["entity_id"]))
        if state["entity_id"] in exposed and state["entity_id"].partition(".")[0] in DOMAINS
    ]
    used = {row["area"] for row in listed if "area" in row}
    areas = [
        _area(area_id, row, registries) for area_id, row in registries.areas.items()
        if area_id in used
    ]  # fmt: skip
    return {"areas": areas, "entities": listed}


def to_yaml(data: Mapping[str, Any]) -> str:
    """A home file's text: an area or an entity a line."""
    lines = ["# A home as Home Assistant exposes it to Assist. Written by training.fetch."]
    for key, rows in data.items():
        lines.append(f"{key}:" if rows else f"{key}: []")
        for row in rows:
            text = yaml.safe_dump(
                row, default_flow_style=True, allow_unicode=True, sort_keys=False,
                width=float("inf"),
            )  # fmt: skip
            lines.append(f"- {text.strip()}")
    return "\n".join(lines) + "\n"


def _area(area_id: str, row: Row, registries: Registries) -> dict[str, Any]:
    found: dict[str, Any] = {"id": area_id, "name": row["name"]}
    if floor := registries.floors.get(row.get("floor_id") or ""):
        found["floor"] = floor["name"]
    if aliases := sorted(row.get("aliases") or ()):
        found["aliases"] = aliases
    return found


def _entity(state: Row, registries: Registries) -> dict[str, Any]:
    entity_id: str = state["entity_id"]
    domain, _, object_id = entity_id.partition(".")
    name = str(state["attributes"].get("friendly_name") or object_id.replace("_", " "))
    found: dict[str, Any] = {"id": entity_id, "name": name}
    entry = registries.entities.get(entity_id)
    if entry is not None:
        if (area := registries.area_of(entry)) in registries.areas:
            found["area"] = area
        # None stands for the name that Home Assistant computes.
        aliases = [
            (registries.computed_name(entry) if alias is None else str(alias)).strip()
            for alias in entry.get("aliases") or ()
        ]
        if aliases := [a for a in dict.fromkeys(aliases) if a and a != name]:
            found["aliases"] = aliases
    if domain not in _STATELESS and state["state"] not in ("unavailable", "unknown"):
        found["state"] = state["state"]
    attributes = _attributes(domain, state["attributes"])
    if domain == "vacuum":
        if rooms := _rooms(entry, registries):
            attributes["area_list"] = rooms
        else:
            # Nobody has told it yet where the rooms are.
            attributes["supported_features"] &= ~_CLEAN_AREA
    if attributes:
        found["attributes"] = attributes
    return found


def _rooms(entry: Row | None, registries: Registries) -> list[str]:
    """Names of the areas a vacuum can be sent to: those mapped to rooms of its map."""
    options = (entry or {}).get("options") or {}
    mapped = (options.get("vacuum") or {}).get("area_mapping") or {}
    areas = [registries.areas[area_id] for area_id in mapped if area_id in registries.areas]
    names = (name for area in areas for name in (area["name"], *sorted(area.get("aliases") or ())))
    return list(dict.fromkeys(names))


def _attributes(domain: str, given: Row) -> dict[str, Any]:
    """What decides which functions an entity is for, and which values they take."""
    found: dict[str, Any] = {}
    if device_class := given.get("device_class"):
        found["device_class"] = str(device_class)
    if domain == "light":
        modes = given.get("supported_color_modes")
        listed = modes if isinstance(modes, list) else []
        found["supported_color_modes"] = [mode for mode in listed if isinstance(mode, str)]
    elif features.from_bits(domain, 0) is not None:
        # Zero is written too: that nothing is supported is not the same as not knowing.
        bits = given.get("supported_features")
        found["supported_features"] = int(bits) if isinstance(bits, (int, float)) else 0
    if domain == "sensor" and not device_class and (unit := given.get("unit_of_measurement")):
        found["unit_of_measurement"] = str(unit)
    if domain == "climate" and "current_humidity" in given:
        # That it is measured matters, not how humid it is.
        found["current_humidity"] = None
    for option in OPTIONS:
        if isinstance(values := given.get(option), list):
            found[option] = [str(value) for value in values]
    return found


def _device_name(device: Row) -> str | None:
    name: str | None = device.get("name_by_user") or device.get("name")
    return name
